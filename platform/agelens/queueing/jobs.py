"""Job kinds, job ids, and the transactional outbox: jobs are enqueued after the commit.

A cohort's part and a retraining have a job each. Prediction tasks have none of their own: a job drains
whatever is queued, and a new task enqueues one where none is waiting.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its name in ids, its queue, and the dotted path that a worker imports."""

    name: str
    queue: str
    path: str
    per_row: bool = True

    @property
    def module(self) -> str:
        """Where the function is that a worker calls."""
        return self.path.rpartition(".")[0]


PREDICT = JobKind("predict", "predictions", "agelens.jobs.predict.predict_queued", per_row=False)
COHORT = JobKind("cohort", "cohorts", "agelens.jobs.cohorts.score_part")
RETRAIN = JobKind("retrain", "training", "agelens.jobs.retrain.retrain")
KINDS = (PREDICT, COHORT, RETRAIN)


@dataclass(frozen=True)
class PendingJob:
    """One job to enqueue for the row `row_id`; `nth` counts how often that row was enqueued.

    Of a kind that has no rows the id is only a name.
    """

    kind: JobKind
    row_id: uuid.UUID
    nth: int

    @property
    def id(self) -> str:
        return job_id(self.kind, self.row_id, self.nth)

    @property
    def arguments(self) -> tuple[str, ...]:
        return (str(self.row_id),) if self.kind.per_row else ()


def job_id(kind: JobKind, row_id: uuid.UUID, nth: int) -> str:
    """The RQ id of a row's nth job: only letters, digits, `_` and `-` are allowed in one."""
    return f"{kind.name}-{row_id}-{nth}"


def enqueue_after_commit(session: Session, kind: JobKind, row_id: uuid.UUID, nth: int) -> None:
    """Note a job on the session; `JobQueue.commit` enqueues it once the row is safe."""
    session.info.setdefault("pending_jobs", []).append(PendingJob(kind, row_id, nth))


def enqueue_drain_after_commit(session: Session) -> None:
    """Note that tasks are queued; `JobQueue.commit` enqueues a drain once they are safe."""
    session.info["needs_drain"] = True
