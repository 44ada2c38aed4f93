"""The RQ worker, configured: JSON only, quick to notice that Redis is back."""

from collections.abc import Sequence

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from agelens.queueing.presence import Presence
from agelens.queueing.queue import open_redis

WORKER_TTL_SECONDS = 60
MOST_SECONDS_BETWEEN_RECONNECTS = 2.0


def work(redis_url: str, queues: Sequence[str]) -> None:
    """Take jobs until told to stop. A job runs in this process: see docs/decisions/worker.md."""
    connection = Redis.from_url(redis_url)  # RQ sets the timeouts that its blocking calls need
    worker = SimpleWorker(
        [Queue(name, connection=connection, serializer=JSONSerializer) for name in queues],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        log_job_description=False,
    )
    worker.max_connection_wait_time = MOST_SECONDS_BETWEEN_RECONNECTS
    worker.log_result_lifespan = False
    with Presence(open_redis(redis_url), worker.name):
        worker.work(logging_level="WARNING")
