"""Queue depths and ages: how much waits, for how long, and which workers take it."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from agelens.queueing import PREDICT, JobQueue
from agelens.queueing.heartbeat import alive
from agelens.queueing.queue import COHORTS, QUEUES, TRAINING
from agelens.storage import ACTIVE, Cohort, CohortPart, LedgerEntry, Retraining, Task
from agelens.storage.tasks import has_status


def queues(session: Session, queue: JobQueue) -> dict[str, Any]:
    """How much waits, which workers are alive, and how much is under way."""
    workers = workers_by_queue(queue)
    trainers = workers.pop(TRAINING)
    return {
        "queues": [{"name": name, "waiting": n} for name, n in depths(session, queue).items()],
        "workers": sorted({name for names in workers.values() for name in names}),
        "trainers": trainers,
        "tasks": active(session, Task),
        "cohorts": active(session, Cohort),
        "retrainings": active(session, Retraining),
    }


def depths(session: Session, queue: JobQueue) -> dict[str, int]:
    """How much waits for a worker: predictions by their tasks, of which one job drains many."""
    return queue.depths() | {PREDICT.queue: active(session, Task)["queued"]}


def workers_by_queue(queue: JobQueue) -> dict[str, list[str]]:
    """The names of the workers that are alive, by the queues that they take jobs from."""
    return {name: alive(queue.redis, name) for name in QUEUES}


def active(session: Session, table: type[Task | Cohort | Retraining]) -> dict[str, int]:
    """How many tasks, cohorts or retrainings are queued and running."""
    counts = session.execute(
        select(table.status, func.count()).where(table.status.in_(ACTIVE)).group_by(table.status)
    )
    return dict.fromkeys(ACTIVE, 0) | {row[0]: row[1] for row in counts}


def oldest_queued_seconds(session: Session) -> dict[str, float | None]:
    """How long the oldest prediction and the oldest cohort with a queued part have waited.

    From the hold of their price on: a draft may be much older than its run, and `enqueued_at` is
    renewed by sweeps.
    """
    has_queued_part = exists().where(
        CohortPart.cohort_id == Cohort.id, CohortPart.status == "queued"
    )
    return {
        PREDICT.queue: _waited(session, Task, LedgerEntry.task_id, has_status("queued")),
        COHORTS: _waited(session, Cohort, LedgerEntry.cohort_id, has_queued_part),
    }


def _waited(
    session: Session,
    table: type[Task | Cohort],
    billed: InstrumentedAttribute[Any],
    waits: ColumnElement[bool],
) -> float | None:
    since = func.min(func.coalesce(LedgerEntry.created_at, table.created_at))
    holds = (billed == table.id) & (LedgerEntry.kind == "hold")
    seconds = session.scalar(
        select(func.extract("epoch", func.clock_timestamp() - since))
        .select_from(table)
        .outerjoin(LedgerEntry, holds)
        .where(table.status.in_(ACTIVE), waits)
    )
    return None if seconds is None else max(0.0, round(float(seconds), 1))


def parts_handed_back(session: Session) -> dict[str, int]:
    """How many unfinished parts were given back because the storage was away, by status."""
    counts = session.execute(
        select(CohortPart.status, func.count())
        .where(CohortPart.status.in_(ACTIVE), CohortPart.handed_back > 0)
        .group_by(CohortPart.status)
    )
    return dict.fromkeys(ACTIVE, 0) | {row[0]: row[1] for row in counts}
