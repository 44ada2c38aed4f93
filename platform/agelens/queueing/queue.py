"""RQ queues: enqueue, list and count jobs. No row is lost while Redis is unreachable."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

from agelens.queueing.jobs import PendingJob
from agelens.queueing.notifications import announce

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
        self._timeouts = dict.fromkeys(QUEUES, max(1, int(job_timeout_seconds)))
        self._timeouts[COHORTS] = COHORT_SECONDS
        self._timeouts[TRAINING] = int(training_seconds) + TRAINING_GRACE_SECONDS
        self._queues = {
            name: Queue(name, connection=self.redis, serializer=JSONSerializer) for name in QUEUES
        }

    def commit(self, session: Session) -> None:
        """Commit, then enqueue the noted jobs; the sweep finds those that could not be enqueued."""
        pending = session.info.pop("pending_jobs", [])
        ended = session.info.pop("endings", [])
        session.commit()
        for row_id in ended:
            announce(self.redis, row_id)
        try:
            for _, jobs in groupby(pending, key=lambda job: job.kind):
                self._enqueue_all(list(jobs))
        except RedisError as error:
            log.warning(
                "redis is away, the sweep will enqueue", jobs=len(pending), error=str(error)
            )

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
            "args": (str(job.row_id),),
            "job_id": job.id,
            "timeout": self._timeouts[job.kind.queue],
            "result_ttl": 0,
            "failure_ttl": FAILED_JOBS_ARE_KEPT_SECONDS,
            "description": job.id,
        }
