"""Lifecycle of a task in a worker: claim, score, settle together with its money."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Interval, Table, bindparam, func, or_, update
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from agelens.clocks.base import Clock
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import AgeLensError
from agelens.domain.panel import Panel
from agelens.services import billing, registry
from agelens.storage import ACTIVE, Task
from agelens.wire import Result

MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Claim:
    """What scoring needs of a claimed task."""

    model_version_id: uuid.UUID
    answers: dict[str, Any]
    units: dict[str, Any]
    chronological_age: Any
    context: list[str]
    baseline: str | None
    attempts: int


def claim(session: Session, task_id: uuid.UUID, lease_seconds: float) -> Claim | None:
    """Take a queued task for as long as the lease runs; None when there is nothing to do."""
    lease = {"task": task_id, "lease": timedelta(seconds=lease_seconds)}
    task = session.connection().execute(_CLAIM, lease).one_or_none()
    return Claim(**task._mapping) if task is not None else None


def clock_of(session: Session, claim: Claim) -> Clock:
    """The version that was pinned for the task."""
    return registry.clock_by_id(session, claim.model_version_id)


def panel_of(clock: Clock, task: Task | Claim) -> Panel:
    """What a task asks of its clock; InvalidAnswers, field by field, when it cannot be scored."""
    return read_panel_for(
        clock,
        task.answers,
        task.units,
        task.chronological_age,
        baseline=task.baseline,
        context=task.context,
    )


def score(clock: Clock, claim: Claim) -> Result:
    """The explained prediction of a claimed task."""
    return predict(clock, panel_of(clock, claim))


def succeed(session: Session, task_id: uuid.UUID, attempt: int, result: Result) -> bool:
    """Keep the result and charge for it, unless somebody else ended the task meanwhile."""
    values = {"task": task_id, "attempt": attempt, "result": result}
    return _finish(session, _SUCCEED, values, settle=billing.capture)


def fail(session: Session, task_id: uuid.UUID, attempt: int, error: AgeLensError) -> bool:
    """Keep the reason and release the hold, unless somebody else ended the task meanwhile."""
    values = {
        "task": task_id,
        "attempt": attempt,
        "error_code": error.code,
        "error_message": error.detail[:2000],
    }
    return _finish(session, _FAIL, values, settle=billing.release)


def requeue(session: Session, task_id: uuid.UUID, attempt: int) -> bool:
    """Hand a task back unfinished; the attempt does not count. The sweep finds it in the queue.

    False when somebody else has claimed or ended it meanwhile. A sweep that was quicker, after the
    lease, has queued it with the attempt, which is taken back all the same.
    """
    values = {"task": task_id, "attempt": attempt}
    return session.connection().execute(_REQUEUE, values).one_or_none() is not None


def _finish(
    session: Session,
    statement: ReturningUpdate[tuple[uuid.UUID, uuid.UUID, int]],
    values: dict[str, Any],
    *,
    settle: Callable[[Session, billing.Billed], None],
) -> bool:
    """The UPDATE locks the task before the wallet is touched, and finds nothing when it was ended."""
    finished = session.connection().execute(statement, values).one_or_none()
    if finished is None:
        return False
    settle(session, finished)
    return True


def _claim_statement() -> ReturningUpdate[Any]:
    now = func.clock_timestamp()
    expired = (_TASKS.c.status == "running") & (_TASKS.c.lease_expires_at < now)
    return (
        update(_TASKS)
        .where(
            _TASKS.c.id == bindparam("task"),
            or_(_TASKS.c.status == "queued", expired),
            _TASKS.c.attempts < MAX_ATTEMPTS,
        )
        .values(
            status="running",
            attempts=_TASKS.c.attempts + 1,
            started_at=now,
            lease_expires_at=now + bindparam("lease", type_=Interval),
        )
        .returning(
            *(_TASKS.c[name] for name in ("model_version_id", "answers", "units")),
            *(_TASKS.c[name] for name in ("chronological_age", "context", "baseline", "attempts")),
        )
    )


def _finish_statement(**values: Any) -> ReturningUpdate[Any]:
    return (
        update(_TASKS)
        .where(
            _TASKS.c.id == bindparam("task"),
            _TASKS.c.status == "running",
            _TASKS.c.attempts == bindparam("attempt"),
        )
        .values(finished_at=func.clock_timestamp(), lease_expires_at=None, **values)
        .returning(_TASKS.c.id, _TASKS.c.wallet_id, _TASKS.c.price)
    )


def _requeue_statement() -> ReturningUpdate[Any]:
    return (
        update(_TASKS)
        .where(
            _TASKS.c.id == bindparam("task"),
            _TASKS.c.status.in_(ACTIVE),
            _TASKS.c.attempts == bindparam("attempt"),
        )
        .values(
            status="queued",
            attempts=_TASKS.c.attempts - 1,
            started_at=None,
            lease_expires_at=None,
            enqueued_at=func.clock_timestamp(),
        )
        .returning(_TASKS.c.id)
    )


# A worker runs these for every task, so they are built once.
_TASKS = cast(Table, Task.__table__)
_CLAIM = _claim_statement()
_REQUEUE = _requeue_statement()
_SUCCEED = _finish_statement(
    status="succeeded", charged=_TASKS.c.price, result=bindparam("result", type_=JSON)
)
_FAIL = _finish_statement(
    status="failed", error_code=bindparam("error_code"), error_message=bindparam("error_message")
)
