"""The only module that knows RQ: jobs are dotted paths and ids, serialised as JSON."""

from agelens.queueing.jobs import (
    COHORT,
    PREDICT,
    RETRAIN,
    JobKind,
    PendingJob,
    enqueue_after_commit,
    job_id,
)
from agelens.queueing.notifications import announce, announce_after_commit, listening
from agelens.queueing.queue import JobQueue, open_redis

__all__ = [
    "COHORT",
    "PREDICT",
    "RETRAIN",
    "JobKind",
    "JobQueue",
    "PendingJob",
    "announce",
    "announce_after_commit",
    "enqueue_after_commit",
    "job_id",
    "listening",
    "open_redis",
]
