"""The baseline: RQ jobs that do nothing, on the same workers, serializer and settings as ours.

Usage: python -m benchmarks.noop    (a worker that takes them: ours drops what is not AgeLens' own)
"""

import uuid
from collections.abc import Sequence

from agelens.jobs import worker
from agelens.queueing import JobKind, JobQueue, PendingJob, job_allow_list
from rq.job import Job

NAME = "RQ no-op"
QUEUE = "cohorts"  # its workers are started for it alone, so ours never see these jobs
# The standard library's: no worker has anything to import for it, not even one that forks.
NOOP = JobKind("noop", QUEUE, "operator.truth")


def enqueue(queue: JobQueue) -> str:
    """Enqueue one; its id."""
    job = PendingJob(NOOP, uuid.uuid4(), 1)
    queue.enqueue(job)
    return job.id


def unfinished(queue: JobQueue, job_ids: Sequence[str]) -> int:
    """How many are not finished. A job that succeeded is dropped, since nobody reads its result."""
    if not job_ids:
        return 0
    return int(queue.redis.exists(*(Job.key_for(job_id) for job_id in job_ids)))


if __name__ == "__main__":
    job_allow_list._BY_NAME[NOOP.name] = NOOP
    worker.main([QUEUE])
