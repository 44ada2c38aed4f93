"""Finding what was lost: jobs that Redis forgot, and tasks whose worker died."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.queueing import PREDICT, announce_after_commit, enqueue_after_commit, job_id
from agelens.services import billing
from agelens.services.scoring import MAX_ATTEMPTS
from agelens.storage import IdempotencyRecord, Task

BATCH = 500
ENQUEUED_FOR_LONG = timedelta(seconds=5)
ANSWERS_ARE_KEPT = timedelta(hours=24)


class WorkerLostError(AgeLensError):
    """Every attempt ended with its worker."""

    code = "worker_lost"
    title = "The worker died"


def enqueue_forgotten(session: Session, waiting: Collection[str]) -> int:
    """Enqueue queued tasks again whose job is not in `waiting`, the ids that Redis knows.

    A job that a worker has just taken may be enqueued twice; the claim makes that harmless.
    """
    tasks = session.scalars(
        select(Task)
        .where(
            Task.status == "queued",
            Task.enqueued_at < func.clock_timestamp() - ENQUEUED_FOR_LONG,
        )
        .order_by(Task.enqueued_at)
        .limit(BATCH)
        .with_for_update(of=Task, skip_locked=True)
    ).all()
    forgotten = [task for task in tasks if job_id(PREDICT, task.id, task.enqueues) not in waiting]
    for task in tasks:
        task.enqueued_at = func.clock_timestamp()
    for task in forgotten:
        _enqueue_again(session, task)
    session.flush()
    return len(forgotten)


def end_expired_leases(session: Session) -> int:
    """Queue tasks again whose worker let the lease run out; fail those that were tried enough."""
    tasks = session.scalars(
        select(Task)
        .where(Task.status == "running", Task.lease_expires_at < func.clock_timestamp())
        .order_by(Task.lease_expires_at)
        .limit(BATCH)
        .with_for_update(of=Task, skip_locked=True)
    ).all()
    for task in sorted(tasks, key=lambda task: task.wallet_id):  # two sweeps must not deadlock
        if task.attempts < MAX_ATTEMPTS:
            task.status = "queued"
            task.lease_expires_at = None
            task.enqueued_at = func.clock_timestamp()
            _enqueue_again(session, task)
        else:
            _give_up(session, task)
    session.flush()
    return len(tasks)


def forget_old_answers(session: Session) -> None:
    """Drop kept answers to idempotent requests after a day."""
    session.execute(
        delete(IdempotencyRecord).where(
            IdempotencyRecord.created_at < func.clock_timestamp() - ANSWERS_ARE_KEPT
        )
    )


def _enqueue_again(session: Session, task: Task) -> None:
    task.enqueues += 1
    enqueue_after_commit(session, PREDICT, task.id, task.enqueues)


def _give_up(session: Session, task: Task) -> None:
    task.status = "failed"
    task.finished_at = func.clock_timestamp()
    task.lease_expires_at = None
    task.error_code = WorkerLostError.code
    task.error_message = f"The prediction was tried {task.attempts} times and never finished."
    session.flush()
    billing.release(session, task)
    announce_after_commit(session, task.id)
