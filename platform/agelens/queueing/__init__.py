"""The only module that knows RQ: jobs are dotted paths and ids, serialised as JSON."""

from rq.timeouts import JobTimeoutException

from agelens.queueing.jobs import (
    COHORT,
    PREDICT,
    RETRAIN,
    JobKind,
    PendingJob,
    enqueue_after_commit,
    enqueue_drain_after_commit,
    job_id,
)
from agelens.queueing.notifications import Listener, Waiter, announce, announce_after_commit
from agelens.queueing.queue import JobQueue, open_redis

__all__ = [
    "COHORT",
    "PREDICT",
    "RETRAIN",
    "JobKind",
    "JobQueue",
    "JobTimeoutException",
    "Listener",
    "PendingJob",
    "Waiter",
    "announce",
    "announce_after_commit",
    "enqueue_after_commit",
    "enqueue_drain_after_commit",
    "job_id",
    "open_redis",
]
