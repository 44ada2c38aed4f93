"""Recover lost work: jobs that Redis forgot, and rows whose lease expired."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.queueing import (
    COHORT,
    PREDICT,
    RETRAIN,
    JobKind,
    announce_after_commit,
    enqueue_after_commit,
    enqueue_drain_after_commit,
    job_id,
)
from agelens.services import billing, task_claims
from agelens.services.cohorts import retries
from agelens.services.retraining import runs
from agelens.storage import CohortPart, IdempotencyRecord, Retraining, Task
from agelens.storage.tasks import has_status

BATCH = 500
ENQUEUED_FOR_LONG = timedelta(seconds=5)
ANSWERS_ARE_KEPT = timedelta(hours=24)


class WorkerLostError(AgeLensError):
    """Every attempt ended with its worker."""

    code = "worker_lost"
    title = "The worker died"


@dataclass(frozen=True)
class Swept:
    """A table whose rows are jobs.

    `give_up` ends a row that `tried_enough` says no worker shall have again, in an order of rows in
    which two sweeps cannot deadlock.
    """

    kind: JobKind
    table: type[Any]
    tried_enough: Callable[[Any], bool]
    order: Callable[[Any], Any]
    give_up: Callable[[Session, Any], None]


def enqueue_forgotten(session: Session, swept: Swept, waiting: Collection[str]) -> int:
    """Enqueue queued rows again whose job is not in `waiting`, the ids that Redis knows.

    A job that a worker has just taken may be enqueued twice; the claim makes that harmless. Tasks
    have no jobs of their own: for them a drain is enough, which is not enqueued where one waits.
    """
    table = swept.table
    if not swept.kind.per_row:
        _enqueue_drain_if_any_waits(session, table)
        return 0
    rows: Sequence[Any] = session.scalars(
        select(table)
        .where(
            has_status("queued", table),
            table.enqueued_at < func.clock_timestamp() - ENQUEUED_FOR_LONG,
        )
        .order_by(table.enqueued_at)
        .limit(BATCH)
        .with_for_update(of=table, skip_locked=True)
    ).all()
    forgotten = [row for row in rows if job_id(swept.kind, row.id, row.enqueues) not in waiting]
    for row in rows:
        row.enqueued_at = func.clock_timestamp()
    for row in forgotten:
        _enqueue_again(session, swept, row)
    session.flush()
    return len(forgotten)


def end_expired_leases(session: Session, swept: Swept) -> int:
    """Queue rows again whose worker let the lease run out; fail those that were tried enough."""
    table = swept.table
    rows: Sequence[Any] = session.scalars(
        select(table)
        .where(has_status("running", table), table.lease_expires_at < func.clock_timestamp())
        .order_by(table.lease_expires_at)
        .limit(BATCH)
        .with_for_update(of=table, skip_locked=True)
    ).all()
    for row in sorted(rows, key=swept.order):
        if swept.tried_enough(row):
            swept.give_up(session, row)
            continue
        row.status = "queued"
        row.lease_expires_at = None
        row.enqueued_at = func.clock_timestamp()
        _enqueue_again(session, swept, row)
    session.flush()
    return len(rows)


def forget_old_answers(session: Session) -> None:
    """Drop kept answers to idempotent requests after a day."""
    session.execute(
        delete(IdempotencyRecord).where(
            IdempotencyRecord.created_at < func.clock_timestamp() - ANSWERS_ARE_KEPT
        )
    )


def _enqueue_drain_if_any_waits(session: Session, table: type[Any]) -> None:
    long_ago = func.clock_timestamp() - ENQUEUED_FOR_LONG
    waits = exists().where(has_status("queued", table), table.enqueued_at < long_ago)
    if session.scalar(select(waits)):
        enqueue_drain_after_commit(session)


def _enqueue_again(session: Session, swept: Swept, row: Any) -> None:
    if not swept.kind.per_row:
        enqueue_drain_after_commit(session)
        return
    row.enqueues += 1
    enqueue_after_commit(session, swept.kind, row.id, row.enqueues)


def _give_task_up(session: Session, task: Task) -> None:
    task.status = "failed"
    task.finished_at = func.clock_timestamp()
    task.lease_expires_at = None
    task.error_code = WorkerLostError.code
    task.error_message = f"The prediction was tried {task.attempts} times and never finished."
    session.flush()
    billing.release(session, task)
    announce_after_commit(session, task.id)


TASKS = Swept(
    PREDICT,
    Task,
    tried_enough=lambda task: task.attempts >= task_claims.MAX_ATTEMPTS,
    order=lambda task: task.wallet_id,
    give_up=_give_task_up,
)
# a part is given up by a worker long before, which writes a reason for every row
PARTS = Swept(
    COHORT,
    CohortPart,
    tried_enough=retries.is_hopeless,
    order=lambda part: (part.cohort_id, part.number),
    give_up=retries.give_up,
)
RETRAININGS = Swept(
    RETRAIN,
    Retraining,
    tried_enough=lambda retraining: retraining.attempts >= runs.MAX_ATTEMPTS,
    order=lambda retraining: retraining.id,
    give_up=runs.give_up,
)
SWEPT = (TASKS, PARTS, RETRAININGS)
