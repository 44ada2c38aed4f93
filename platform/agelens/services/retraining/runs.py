"""Lifecycle of a retraining in a trainer: claim, lease, finish."""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.services import model_registry, publishing
from agelens.services.publishing import Candidate
from agelens.services.retraining import files
from agelens.services.version_comparison import compare
from agelens.storage import Retraining

MAX_ATTEMPTS = 3

log = structlog.get_logger()


class RetrainingFailed(AgeLensError):
    """The retraining cannot succeed, however often it is tried."""

    title = "The retraining failed"

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class RetrainingClaim:
    """What a trainer needs of a claimed retraining."""

    id: uuid.UUID
    model: str
    notebook: str
    version: str
    data_source: str
    data_name: str
    validation_name: str | None
    attempts: int


def claim(
    session: Session, retraining_id: uuid.UUID, lease_seconds: float
) -> RetrainingClaim | None:
    """Take a queued retraining for as long as the lease runs; None when there is nothing to do."""
    now = func.clock_timestamp()
    expired = (Retraining.status == "running") & (Retraining.lease_expires_at < now)
    columns = [getattr(Retraining, name) for name in RetrainingClaim.__dataclass_fields__]
    row = session.execute(
        update(Retraining)
        .where(
            Retraining.id == retraining_id,
            or_(Retraining.status == "queued", expired),
            Retraining.attempts < MAX_ATTEMPTS,
        )
        .values(
            status="running",
            attempts=Retraining.attempts + 1,
            started_at=now,
            lease_expires_at=now + timedelta(seconds=lease_seconds),
        )
        .returning(*columns)
    ).one_or_none()
    return RetrainingClaim(**row._mapping) if row is not None else None


def renew(session: Session, claimed: RetrainingClaim, lease_seconds: float) -> bool:
    """Hold it for longer; False when it is not this trainer's any more: canceled, or lost."""
    until = func.clock_timestamp() + timedelta(seconds=lease_seconds)
    renewed = update(Retraining).where(*_held(claimed)).values(lease_expires_at=until)
    return session.scalar(renewed.returning(Retraining.id)) is not None


def note_files(session: Session, claimed: RetrainingClaim, **sha256: str) -> None:
    """Keep the hashes of configured files: what they hold may change later."""
    hashes = {f"{role}_sha256": value for role, value in sha256.items()}
    session.execute(update(Retraining).where(*_held(claimed)).values(**hashes))


def succeed(
    session: Session, claimed: RetrainingClaim, candidate: Candidate, notebook: bytes | None
) -> bool:
    """Publish the candidate, and keep how it stands, unless somebody else ended it meanwhile."""
    retraining = _locked(session, claimed)
    if retraining is None:
        return False
    version, _ = publishing.keep(session, candidate, by_id=retraining.requested_by)
    comparison = compare(version, model_registry.active(session, version.name))
    retraining.model_version_id = version.id
    retraining.candidate = {
        "name": version.name,
        "version": version.version,
        "sha256": version.sha256,
        **asdict(comparison),
    }
    _end(session, retraining, "succeeded", notebook)
    return True


def fail(
    session: Session, claimed: RetrainingClaim, error: AgeLensError, notebook: bytes | None = None
) -> bool:
    """Keep the reason and the notebook, unless somebody else ended it meanwhile."""
    retraining = _locked(session, claimed)
    if retraining is None:
        return False
    retraining.error_code = error.code
    retraining.error_message = error.detail[:2000]
    _end(session, retraining, "failed", notebook)
    return True


def requeue(session: Session, claimed: RetrainingClaim) -> bool:
    """Queue it again as if this attempt had never been: its trainer was told to stop.

    The sweep enqueues it, for then its row is committed.
    """
    values: dict[str, Any] = {
        "status": "queued",
        "attempts": Retraining.attempts - 1,
        "started_at": None,
        "lease_expires_at": None,
    }
    requeued = update(Retraining).where(*_held(claimed)).values(**values).returning(Retraining.id)
    return session.scalar(requeued) is not None


def give_up(session: Session, retraining: Retraining) -> None:
    """Fail one whose trainers died each time."""
    retraining.error_code = "worker_lost"
    retraining.error_message = (
        f"The retraining was tried {retraining.attempts} times, and its worker died each time."
    )
    _end(session, retraining, "failed", None)


def _held(claimed: RetrainingClaim) -> tuple[ColumnElement[bool], ...]:
    return (
        Retraining.id == claimed.id,
        Retraining.status == "running",
        Retraining.attempts == claimed.attempts,
    )


def _locked(session: Session, claimed: RetrainingClaim) -> Retraining | None:
    query = select(Retraining).where(*_held(claimed)).with_for_update()
    return session.scalars(query).one_or_none()


def _end(session: Session, retraining: Retraining, status: str, notebook: bytes | None) -> None:
    retraining.status = status
    retraining.finished_at = func.clock_timestamp()
    retraining.lease_expires_at = None
    if notebook is not None:
        retraining.notebook_run = notebook
        retraining.notebook_run_sha256 = hashlib.sha256(notebook).hexdigest()
    session.flush()
    files.forget(session, retraining.id)
    log.info(
        "retraining ended",
        retraining_id=str(retraining.id),
        model=retraining.model,
        version=retraining.version,
        status=status,
        code=retraining.error_code,
    )
