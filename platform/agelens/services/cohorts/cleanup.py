"""Delete files that cohorts no longer need, including what a crash left behind."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.services.cohorts import file_locations
from agelens.storage import Cohort
from agelens.storage.files import Files

BATCH = 500
WORKBOOK = "excel"
DRAFTS_ARE_KEPT = timedelta(days=1)
WORKERS_ARE_GONE_AFTER = timedelta(hours=1)
QUARANTINE = "quarantine"
QUARANTINED_FOR = timedelta(days=7)
MANY_STRAYS, MANY_STRAYS_SHARE = 20, 0.05

log = structlog.get_logger()


@contextmanager
def new_folder(session: Session, files: Files, cohort_id: uuid.UUID) -> Iterator[None]:
    """A folder for a new cohort, locked against the clean-up and deleted on failure.

    The advisory lock ends with the transaction: then there is a row, or nobody who writes.
    """
    session.execute(select(func.pg_advisory_xact_lock(_lock_of(cohort_id))))
    try:
        yield
    except BaseException:
        remove(files, file_locations.folder(cohort_id))
        raise


def delete_after_commit(session: Session, files: Files, name: str) -> None:
    """Note a folder on the session, to be deleted once it is committed that nobody needs it."""
    session.info.setdefault("unneeded_files", []).append((files, name))


@event.listens_for(Session, "after_commit")
def _delete_unneeded(session: Session) -> None:
    if not session.in_nested_transaction():
        for files, name in session.info.pop("unneeded_files", ()):
            remove(files, name)


@event.listens_for(Session, "after_rollback")
def _keep_after_all(session: Session) -> None:
    session.info.pop("unneeded_files", None)


def remove(files: Files, name: str) -> None:
    """Delete files now; when the storage is away, the clean-up does it later."""
    try:
        files.delete(name)
    except AgeLensError as error:
        log.warning("files not deleted yet", folder=name, error=error.detail)


def forget(session: Session, files: Files, cohort: Cohort) -> None:
    """Delete a locked cohort, and its files after the commit."""
    session.execute(delete(Cohort).where(Cohort.id == cohort.id))
    delete_after_commit(session, files, file_locations.folder(cohort.id))


def drop_old_drafts(session: Session, files: Files) -> int:
    """Delete drafts that nobody ran within a day: they are people's measurements."""
    old = Cohort.created_at < func.clock_timestamp() - DRAFTS_ARE_KEPT
    query = select(Cohort).where(Cohort.status == "draft", old).limit(BATCH)
    drafts = session.scalars(query.with_for_update(of=Cohort, skip_locked=True)).all()
    for draft in drafts:
        forget(session, files, draft)
    return len(drafts)


def clear_ended(session: Session, files: Files) -> int:
    """Delete once more what ended cohorts do not need, when no worker can be at it any more."""
    long_ago = Cohort.finished_at < func.clock_timestamp() - WORKERS_ARE_GONE_AFTER
    query = select(Cohort).where(Cohort.cleared_at.is_(None), long_ago).limit(BATCH)
    cohorts = session.scalars(query.with_for_update(of=Cohort, skip_locked=True)).all()
    for cohort in cohorts:
        if name := unneeded(cohort.id, cohort.status, cohort.format):
            files.delete(name)
        files.delete(file_locations.original(cohort.id))
        cohort.cleared_at = func.clock_timestamp()
    session.flush()
    return len(cohorts)


def unneeded(cohort_id: uuid.UUID, status: str, format: str) -> str | None:
    """The files that an ended cohort does not need: all of them, if it has no results.

    A workbook's rows stay with the results, which are given back beside them.
    """
    if status != "succeeded":
        return file_locations.folder(cohort_id)
    return None if format == WORKBOOK else file_locations.inputs(cohort_id)


def orphans(session: Session, files: Files) -> list[uuid.UUID]:
    """Cohort folders that the database does not know: made or deleted halfway, or newer than a dump."""
    cohort_ids = [_as_id(name) for name in files.folders(file_locations.COHORTS)]
    return [key for key in cohort_ids if key is not None and _is_stray(session, key)]


def quarantine_orphans(session: Session, files: Files) -> int:
    """Note folders without a cohort, and delete those that were noted, and not touched, for days.

    A note does not move anything, so a newer dump that knows the cohort finds its files. Many orphans
    at once mean a wrong or older database: then nothing is deleted, and an operator is asked.
    """
    stray_ids = orphans(session, files)
    names = {str(key) for key in stray_ids}
    noted = set(files.names(QUARANTINE))
    for name in noted - names:  # a row came back, or the folder is gone
        files.delete(f"{QUARANTINE}/{name}")
    for name in names - noted:
        files.write_bytes(f"{QUARANTINE}/{name}", b"stray")
    expired_ids = [key for key in stray_ids if str(key) in noted and _is_due(files, key)]
    n_cohorts = session.scalar(select(func.count()).select_from(Cohort)) or 0
    if len(stray_ids) > max(MANY_STRAYS, n_cohorts * MANY_STRAYS_SHARE):
        log.error(
            "many folders of cohorts that the database does not know; none is deleted",
            orphans=len(stray_ids),
            known=n_cohorts,
            see="agelens audit --files",
        )
        return 0
    for key in expired_ids:
        files.delete(file_locations.folder(key))
        files.delete(f"{QUARANTINE}/{key}")
        log.warning("stray cohort folder deleted", cohort_id=str(key))
    return len(expired_ids)


def _is_due(files: Files, cohort_id: uuid.UUID) -> bool:
    """Whether a stray was noted, and last written to, more than the days of quarantine ago."""
    before = datetime.now(UTC) - QUARANTINED_FOR
    moments = (
        files.touched(f"{QUARANTINE}/{cohort_id}"),
        files.touched(file_locations.folder(cohort_id)),
    )
    return all(moment is None or moment < before for moment in moments)


def _is_stray(session: Session, cohort_id: uuid.UUID) -> bool:
    """The row is looked for after the lock: its making may end between the two."""
    row = select(Cohort.id).where(Cohort.id == cohort_id)
    if session.scalar(row) is not None:
        return False
    free = session.scalar(select(func.pg_try_advisory_xact_lock(_lock_of(cohort_id))))
    return bool(free) and session.scalar(row) is None


def _as_id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None


def _lock_of(cohort_id: uuid.UUID) -> int:
    return int.from_bytes(cohort_id.bytes[:8], signed=True)
