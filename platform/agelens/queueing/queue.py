"""RQ queues: enqueue, list and count jobs. No row is lost while Redis is unreachable."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

from agelens.queueing.idle_drains import IdleDrains
from agelens.queueing.jobs import PREDICT, PendingJob
from agelens.queueing.notifications import Listener, announce

QUEUES = ("predictions", "cohorts", "training")
IN_PROCESS = ("predictions", "cohorts")  # what workers take that run jobs in their own process
COHORTS = "cohorts"
COHORT_SECONDS = 3600  # of a part; much sooner its lease decides whether it is lost
TRAINING = "training"  # a queue of its own: its jobs run for long, in forks that may be killed
TRAINING_GRACE_SECONDS = 60  # the job itself ends what takes too long; RQ only if it cannot
FAILED_JOBS_ARE_KEPT_SECONDS = 3600

log = structlog.get_logger()


def open_redis(url: str) -> Redis:
    """A client that fails fast: redis-py would retry a refused connection for seconds."""
    return Redis.from_url(
        url, socket_connect_timeout=1.0, socket_timeout=2.0, retry=Retry(NoBackoff(), 0)
    )


class JobQueue:
    """The queues as the API and the scheduler use them; connects when first used."""

    def __init__(
        self, redis_url: str, *, job_timeout_seconds: float, training_seconds: float = 3600.0
    ) -> None:
        self.redis = open_redis(redis_url)
        self.listener = Listener(self.redis)
        self._idle_drains = IdleDrains(self.redis)
        self._timeouts = dict.fromkeys(QUEUES, max(1, int(job_timeout_seconds)))
        self._timeouts[COHORTS] = COHORT_SECONDS
        self._timeouts[TRAINING] = int(training_seconds) + TRAINING_GRACE_SECONDS
        self._queues = {
            name: Queue(name, connection=self.redis, serializer=JSONSerializer) for name in QUEUES
        }

    def commit(self, session: Session) -> None:
        """Commit, then enqueue the noted jobs; the sweep finds those that could not be enqueued."""
        pending = session.info.pop("pending_jobs", [])
        ended_rows = session.info.pop("endings", [])
        needs_drain = session.info.pop("needs_drain", False)
        session.commit()
        announce(self.redis, *ended_rows)
        if needs_drain:
            self.enqueue_drain()
        try:
            for _, jobs in groupby(pending, key=lambda job: job.kind):
                self._enqueue_all(list(jobs))
        except RedisError as error:
            log.warning(
                "redis is away, the sweep will enqueue", jobs=len(pending), error=str(error)
            )

    def enqueue_drain(self) -> None:
        """Have the queued tasks scored; without Redis the sweep will.

        A drain that waits for tasks is woken. A job that waits will look at the table after this call,
        so one is enough. One that a worker has taken may have had its last look: the list of the
        waiting ones has lost it already, whereas RQ's own check of unique ids would still find it.
        """
        try:
            if not self._idle_drains.wake_one(self._queues[PREDICT.queue].key):
                self.enqueue(PendingJob(PREDICT, uuid.uuid4(), 1))
        except RedisError as error:
            log.warning("redis is away, the sweep will enqueue a drain", error=str(error))

    def wait_to_be_woken(self, seconds: float) -> bool:
        """In a drain without tasks: wait to be woken, unless a job waits; whether to look again."""
        keys = [self._queues[name].key for name in IN_PROCESS]
        return self._idle_drains.wait(seconds, keys)

    def waits(self, name: str) -> bool:
        """Whether a job waits in a queue; said of all when Redis is away."""
        try:
            return bool(self.redis.llen(self._queues[name].key))
        except RedisError:
            return True

    def waiting(self, name: str) -> frozenset[str]:
        """Ids of the jobs that no worker has taken yet.

        What is no list under the name of a queue would stop it for good, so it is deleted.
        """
        try:
            return frozenset(self._queues[name].get_job_ids())
        except (ResponseError, UnicodeDecodeError) as error:
            key = self._queues[name].key
            log.error("garbage in a queue deleted", queue=name, error=str(error)[:200])
            self.redis.delete(key)
            return frozenset()

    def depths(self) -> dict[str, int]:
        """How many jobs wait in each queue."""
        return {name: queue.count for name, queue in self._queues.items()}

    def enqueue(self, job: PendingJob) -> None:
        """Enqueue at once; raises RedisError when Redis is away."""
        self._queues[job.kind.queue].enqueue_call(**self._call(job))

    def forget(self, jobs: Sequence[PendingJob]) -> None:
        """Take jobs of one kind away that no worker has taken yet; without Redis they will do nothing."""
        if not jobs:
            return
        queue = self._queues[jobs[0].kind.queue]
        with suppress(RedisError), self.redis.pipeline(transaction=False) as pipeline:
            for job in jobs:
                queue.remove(job.id, pipeline)
            waited = [job for job, n in zip(jobs, pipeline.execute(), strict=True) if n]
            if waited:  # a worker may be about to write what became of another
                self.redis.delete(*(Job.key_for(job.id) for job in waited))

    def _enqueue_all(self, jobs: Sequence[PendingJob]) -> None:
        """Enqueue jobs of one kind in one round trip: a large cohort has hundreds."""
        if len(jobs) == 1:
            self.enqueue(jobs[0])
            return
        queue = self._queues[jobs[0].kind.queue]
        queue.enqueue_many([Queue.prepare_data(**self._call(job)) for job in jobs])

    def _call(self, job: PendingJob) -> dict[str, Any]:
        return {
            "func": job.kind.path,
            "args": job.arguments,
            "job_id": job.id,
            "timeout": self._timeouts[job.kind.queue],
            "result_ttl": 0,
            "failure_ttl": FAILED_JOBS_ARE_KEPT_SECONDS,
            "description": job.id,
        }
