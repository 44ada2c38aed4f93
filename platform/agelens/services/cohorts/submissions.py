"""Submit cohorts: draft, run, cancel, delete."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agelens.domain.errors import Conflict, InvalidInput, Unauthenticated
from agelens.domain.registry import DATA_SETS
from agelens.queueing import announce_after_commit
from agelens.services import billing, model_registry, storage_binding
from agelens.services.cohorts import (
    cleanup,
    file_locations,
    ingestion,
    lookups,
    original_files,
    parts,
    previews,
)
from agelens.services.cohorts.column_readings import (
    HeaderOptions,
    column_reading,
    unit_suggestions_of,
)
from agelens.storage import ACTIVE, Cohort, ModelVersion, User, Wallet
from agelens.storage.files import Files
from agelens.tables.formats.file_header import AS_FOUND, Layout
from agelens.tables.reader import check_readable, guess, reader_of
from agelens.wire import FileLayout

CANCELED_FOR_OWNER = "An administrator canceled this cohort; nothing was charged."
MOST_DRAFTS = 10

log = structlog.get_logger()


@dataclass(frozen=True)
class Options:
    """Which clock reads a file, and how. What is None is as it was said before, or the default."""

    model: str | None = None
    columns: str | None = None
    mapping: Mapping[str, str] | None = None
    units: Mapping[str, str] | None = None
    id_column: str | None = None
    values: Mapping[str, Mapping[str, str]] | None = None
    censored: str | None = None
    accept_suggestions: bool = False  # read columns in the units that their medians suggest

    def header(self, names: Sequence[str]) -> HeaderOptions:
        """Columns of these names, read so."""
        return HeaderOptions(
            names,
            self.columns,
            self.mapping or {},
            self.units or {},
            self.id_column,
            self.values or {},
            self.censored,
        )


@dataclass(frozen=True)
class Submission:
    """What is said of a file that comes in."""

    name: str
    draft: bool = False
    options: Options = Options()
    layout: Layout = AS_FOUND
    instead_of: uuid.UUID | None = None  # the draft whose place it takes


def create(
    session: Session,
    files: Files,
    user: User,
    *,
    submission: Submission,
    whole_submission: Callable[[], Submission] | None = None,
    format: str,
    content: BinaryIO,
    most_rows: int,
) -> Cohort:
    """Keep a file of people; unless it is a draft, hold the price of all rows and queue it.

    A file may itself say how it is to be read, behind its rows: `whole_submission` is asked once they were
    read, and counts instead of `submission`. Nothing is kept when any of these fails.
    """
    _check_before_reading(session, user, submission)
    storage_binding.ensure(session, files)
    cohort_id = uuid.uuid4()
    with cleanup.new_folder(session, files, cohort_id):
        stored = ingestion.store_upload(
            files,
            cohort_id,
            content,
            format,
            most_rows=most_rows,
            layout=submission.layout,
            numbers=_number_columns(session, submission),
        )
        submission = whole_submission() if whole_submission else submission
        cohort = Cohort(
            id=cohort_id,
            user_id=user.id,
            wallet_id=_lock_owner(session, user.id),
            status="draft",
            name=submission.name,
            format="json" if stored.format == "ndjson" else stored.format,
            header=list(stored.header),
            mapping={},
            units={},
            values={},
            sheet=submission.layout.sheet,
            header_row=submission.layout.header_row,
            notes=list(stored.notes),
            n_rows=stored.n_rows,
            part_rows=stored.part_rows,
            n_parts=stored.n_parts,
            created_at=datetime.now(UTC),
        )
        _set_options(session, cohort, submission.options)
        session.add(cohort)
        if submission.draft:
            _check_number_of_drafts(session, user, submission.instead_of)
            original_files.keep(files, cohort_id, content, format, stored.opening)
            if submission.instead_of is not None:
                _replace(session, files, user.id, submission.instead_of)
            if submission.options.accept_suggestions:
                _accept_suggestions(session, files, cohort)
            session.flush()
        else:
            cohort.columns = cohort.columns or DATA_SETS[0]
            _queue(session, files, cohort, accept=submission.options.accept_suggestions)
    return cohort


def _number_columns(
    session: Session, submission: Submission
) -> Callable[[Sequence[str]], Collection[int]] | None:
    """What tells the columns of numbers of a file of which nothing can be said any more once it was read."""
    if submission.draft or submission.options.accept_suggestions:
        return None
    clock = model_registry.clock_of(
        session, model_registry.resolve(session, submission.options.model)
    )

    def column_indexes(names: Sequence[str]) -> Collection[int]:
        try:
            return reader_of(clock, submission.options.header(names)).number_indices
        except InvalidInput:  # which is said once the whole file was read
            return ()

    return column_indexes


def _check_before_reading(session: Session, user: User, submission: Submission) -> None:
    """What is known to be refused is refused before a long file is read."""
    if submission.draft:
        _check_number_of_drafts(session, user, submission.instead_of)
    if submission.options.model is not None:
        model_registry.resolve(session, submission.options.model)


def read_again(
    session: Session,
    files: Files,
    user: User,
    cohort_id: uuid.UUID,
    layout: Layout,
    *,
    most_rows: int,
) -> Cohort:
    """Read a draft's file with another sheet or header row; what comes of it takes the draft's place.

    It is a draft of its own, with the same clock; the columns are matched anew.

    Raises
    ------
    Conflict
        If it is no draft any more, or its file was not kept.
    """
    draft = _draft(session, user.id, cohort_id)
    model = draft.model
    clock_name = f"{model.name}@{model.version}" if model and draft.version_pinned else None
    options = Options(model=clock_name or (model.name if model else None))
    submission = Submission(draft.name, True, options, layout, instead_of=draft.id)
    with original_files.opened(files, draft.id) as (content, format):
        return create(
            session,
            files,
            user,
            submission=submission,
            format=format,
            content=content,
            most_rows=most_rows,
        )


def _replace(session: Session, files: Files, owner_id: uuid.UUID, cohort_id: uuid.UUID) -> None:
    """Take a draft away, unless somebody has run it meanwhile."""
    old = lookups.owned(session, owner_id, cohort_id, lock=True)
    if old.status != "draft":
        raise Conflict(f"This cohort is {old.status}; only a draft can be read again.")
    cleanup.forget(session, files, old)


def run(
    session: Session, files: Files, owner_id: uuid.UUID, cohort_id: uuid.UUID, options: Options
) -> Cohort:
    """Queue a draft with today's clock and price; one that runs or succeeded already is left alone.

    Columns of which nobody said whose they are count as those that the preview shows.
    """
    _lock_owner(session, owner_id)
    cohort = lookups.owned(session, owner_id, cohort_id, lock=True)
    if cohort.status in ("queued", "running", "succeeded"):
        return cohort
    if cohort.status != "draft":
        raise Conflict(f"This cohort is {cohort.status}; submit its file again as a new one.")
    _set_options(session, cohort, options)
    _queue(session, files, cohort, accept=options.accept_suggestions)
    return cohort


def preview(
    session: Session, files: Files, owner_id: uuid.UUID, cohort_id: uuid.UUID, options: Options
) -> dict[str, Any]:
    """How a draft would be read, what is wrong with its first rows, and its price; nothing is kept."""
    cohort = _draft(session, owner_id, cohort_id)
    with session.no_autoflush:
        _set_options(session, cohort, options)
        version = _version(session, cohort)
        if options.accept_suggestions:
            _accept_suggestions(session, files, cohort)
    session.expunge(cohort)
    reading = column_reading(model_registry.clock_of(session, version), cohort)
    return previews.preview(files, cohort, reading, version.price)


def sample(
    session: Session, files: Files, owner_id: uuid.UUID, cohort_id: uuid.UUID
) -> list[list[str]]:
    """The first rows of a draft, also of one that cannot be read yet."""
    cohort = _draft(session, owner_id, cohort_id)
    return previews.sample(files, cohort.id, len(cohort.header))


def layout(session: Session, files: Files, owner_id: uuid.UUID, cohort_id: uuid.UUID) -> FileLayout:
    """How a draft's file begins, and where its table was found."""
    return original_files.layout(files, _draft(session, owner_id, cohort_id).id)


def _draft(session: Session, owner_id: uuid.UUID, cohort_id: uuid.UUID) -> Cohort:
    cohort = lookups.owned(session, owner_id, cohort_id)
    if cohort.status != "draft":
        raise Conflict(f"This cohort is {cohort.status}; only a draft has a preview.")
    return cohort


def cancel(
    session: Session,
    files: Files,
    owner_id: uuid.UUID,
    cohort_id: uuid.UUID,
    *,
    message: str | None = None,
) -> Cohort:
    """End a queued or running cohort without results or a charge; canceling twice is harmless.

    `message` is what its owner reads, when somebody else cancels it.
    """
    cohort = lookups.owned(session, owner_id, cohort_id, lock=True)
    if cohort.status in ACTIVE:
        if message is not None:
            cohort.error_code, cohort.error_message = "canceled_by_administrator", message
        end_canceled(session, files, cohort)
    elif cohort.status != "canceled":
        raise Conflict(
            f"Only a queued or running cohort can be canceled; this one is {cohort.status}."
        )
    return cohort


def cancel_for_owner(
    session: Session, files: Files, cohort_id: uuid.UUID, *, admin: User
) -> Cohort:
    """Cancel anybody's cohort as its owner would, and leave word for the owner of who did."""
    owner_id = lookups.owner_of(session, cohort_id)
    log.info("an administrator cancels a cohort", cohort_id=str(cohort_id), admin=str(admin.id))
    return cancel(session, files, owner_id, cohort_id, message=CANCELED_FOR_OWNER)


def end_canceled(session: Session, files: Files, cohort: Cohort) -> None:
    """Cancel an active cohort that is locked already."""
    cohort.status = "canceled"
    cohort.finished_at = datetime.now(UTC)
    session.flush()
    parts.cancel_unfinished(session, cohort.id)
    billing.release_cohort(session, cohort)
    announce_after_commit(session, cohort.id)
    cleanup.delete_after_commit(session, files, file_locations.folder(cohort.id))


def delete(session: Session, files: Files, owner_id: uuid.UUID, cohort_id: uuid.UUID) -> None:
    """Take a draft or finished cohort away with its files; what it cost stays in the ledger."""
    parts.lock_unfinished(session, Cohort.id == cohort_id, Cohort.user_id == owner_id)
    cohort = lookups.owned(session, owner_id, cohort_id, lock=True)
    if cohort.status in ACTIVE:
        raise Conflict(f"This cohort is {cohort.status}; cancel it first.")
    cleanup.forget(session, files, cohort)


def _queue(session: Session, files: Files, cohort: Cohort, *, accept: bool) -> None:
    """Hold the price of all rows and have them scored once the transaction is committed."""
    version = _version(session, cohort)
    clock = model_registry.clock_of(session, version)
    cohort.model, cohort.model_version_id = version, version.id
    if accept:
        _accept_suggestions(session, files, cohort)
    cohort.columns, reader = guess(clock, cohort)
    check_readable(clock, cohort.columns, reader)
    cohort.price_per_row = version.price
    cohort.price = version.price * cohort.n_rows
    cohort.status = "queued"
    cleanup.delete_after_commit(session, files, file_locations.original(cohort.id))
    session.flush()
    billing.hold_cohort(session, cohort)
    parts.plan(session, cohort)


def _accept_suggestions(session: Session, files: Files, cohort: Cohort) -> None:
    """Say of columns that look as if they were in another unit that they are."""
    reading = column_reading(model_registry.clock_of(session, _version(session, cohort)), cohort)
    first = previews.first_rows(files, cohort.id)
    units = {s["column"]: s for s in unit_suggestions_of(reading, first) if s["suggested_unit"]}
    if units:
        cohort.columns = reading.columns
        mapped = set(cohort.mapping.values())
        new_mapping = {c: s["feature"] for c, s in units.items() if s["feature"] not in mapped}
        cohort.mapping = {**cohort.mapping, **new_mapping}
        new_units = {s["feature"]: s["suggested_unit"] for s in units.values()}
        cohort.units = {**cohort.units, **new_units}


def _version(session: Session, cohort: Cohort) -> ModelVersion:
    """The version that was named, else today's of the clock that was, or the default clock."""
    if cohort.model and cohort.version_pinned:
        return cohort.model
    return model_registry.resolve(session, cohort.model.name if cohort.model else None)


def _set_options(session: Session, cohort: Cohort, options: Options) -> None:
    if options.model is not None:
        cohort.model = model_registry.resolve(session, options.model)
        cohort.model_version_id = cohort.model.id
        cohort.version_pinned = model_registry.names_version(options.model)
    for name in ("columns", "id_column", "censored"):
        if getattr(options, name) is not None:
            setattr(cohort, name, getattr(options, name))
    for name in ("mapping", "units", "values"):
        if getattr(options, name) is not None:
            setattr(cohort, name, dict(getattr(options, name)))


def _check_number_of_drafts(session: Session, user: User, but: uuid.UUID | None) -> None:
    drafts = select(func.count()).where(Cohort.user_id == user.id, Cohort.status == "draft")
    if but is not None:
        drafts = drafts.where(Cohort.id != but)
    with session.no_autoflush:
        if (session.scalar(drafts) or 0) >= MOST_DRAFTS:
            raise Conflict(f"You have {MOST_DRAFTS} drafts of cohorts; run or delete one first.")


def _lock_owner(session: Session, owner_id: uuid.UUID) -> uuid.UUID:
    """The wallet of a person, who can neither be erased nor keep something else meanwhile."""
    wallet_id = session.scalar(
        select(Wallet.id)
        .join(User, User.id == Wallet.user_id)
        .where(User.id == owner_id, User.erased_at.is_(None))
        .with_for_update(of=User, key_share=True)
    )
    if wallet_id is None:
        raise Unauthenticated
    return wallet_id
