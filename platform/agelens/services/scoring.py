"""What happens to a task in a worker: claimed, scored, and settled together with its money."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, update
from sqlalchemy.orm import Session, load_only

from agelens.clocks.base import Clock
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import AgeLensError
from agelens.domain.prediction import Result
from agelens.services import billing, registry
from agelens.storage import Task

MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Claim:
    """What scoring needs of a claimed task, read before the claim was committed."""

    clock: Clock
    answers: dict[str, Any]
    units: dict[str, Any]
    chronological_age: Any
    attempt: int


def claim(session: Session, task_id: uuid.UUID, lease_seconds: float) -> Claim | None:
    """Take a queued task for as long as the lease runs; None when there is nothing to do."""
    now = func.clock_timestamp()
    task = session.execute(
        update(Task)
        .where(
            Task.id == task_id,
            or_(
                Task.status == "queued",
                (Task.status == "running") & (Task.lease_expires_at < now),
            ),
            Task.attempts < MAX_ATTEMPTS,
        )
        .values(
            status="running",
            attempts=Task.attempts + 1,
            started_at=now,
            lease_expires_at=now + timedelta(seconds=lease_seconds),
        )
        .returning(
            Task.model_version_id,
            Task.answers,
            Task.units,
            Task.chronological_age,
            Task.attempts,
        )
    ).one_or_none()
    if task is None:
        return None
    try:
        clock = registry.clock_by_id(session, task.model_version_id)
    except AgeLensError as error:  # a bundle of another release: trying again cannot help
        fail(session, task_id, task.attempts, error)
        return None
    return Claim(clock, task.answers, task.units, task.chronological_age, task.attempts)


def score(claim: Claim) -> Result:
    """The explained prediction of a claimed task, by the version that was pinned for it."""
    panel = read_panel_for(claim.clock, claim.answers, claim.units, claim.chronological_age)
    return predict(claim.clock, panel)


def succeed(session: Session, task_id: uuid.UUID, attempt: int, result: Result) -> bool:
    """Keep the result and charge for it, unless somebody else ended the task meanwhile."""
    return _finish(session, task_id, attempt, status="succeeded", result=result, charged=Task.price)


def fail(session: Session, task_id: uuid.UUID, attempt: int, error: AgeLensError) -> bool:
    """Keep the reason and release the hold, unless somebody else ended the task meanwhile."""
    return _finish(
        session,
        task_id,
        attempt,
        status="failed",
        error_code=error.code,
        error_message=error.detail[:2000],
    )


def _finish(session: Session, task_id: uuid.UUID, attempt: int, **values: Any) -> bool:
    """The UPDATE locks the task before the wallet is touched, and finds nothing when it was ended."""
    finished = session.scalars(
        update(Task)
        .where(Task.id == task_id, Task.status == "running", Task.attempts == attempt)
        .values(finished_at=func.clock_timestamp(), lease_expires_at=None, **values)
        .returning(Task)
        .options(load_only(Task.status, Task.price, Task.wallet_id))
    ).one_or_none()
    if finished is None:
        return False
    settle = billing.capture if finished.status == "succeeded" else billing.release
    settle(session, finished)
    return True
