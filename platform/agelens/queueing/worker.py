"""RQ workers, configured: JSON serializer, fast reconnect."""

import os
import signal
from collections.abc import Callable, Sequence

from redis import Redis
from rq import Queue, SimpleWorker, Worker
from rq.serializers import JSONSerializer

from agelens.queueing.heartbeat import Heartbeat
from agelens.queueing.queue import open_redis

WORKER_TTL_SECONDS = 60
MOST_SECONDS_BETWEEN_RECONNECTS = 2.0
STOP_NOW = signal.SIGQUIT  # SIGTERM and SIGINT wait for the job under way


def work(redis_url: str, queues: Sequence[str]) -> None:
    """Take jobs until stopped. Jobs run in this process: see docs/decisions/worker.md."""
    connection, listed = _queues(redis_url, queues)
    worker = SimpleWorker(
        listed,
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        log_job_description=False,
    )
    _listen(worker, redis_url, queues)


def work_in_forks(redis_url: str, queues: Sequence[str], *, killed: Callable[[], None]) -> None:
    """Take jobs until told to stop, each in a process of its own: it may crash, or be killed.

    `killed` is called after that. At STOP_NOW the job is asked to end (SIGTERM), not waited for.
    """
    connection, listed = _queues(redis_url, queues)
    worker = Worker(
        listed,
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        log_job_description=False,
        work_horse_killed_handler=lambda *_: killed(),
    )

    def stop_now(*_: object) -> None:
        if worker.horse_pid:
            os.kill(worker.horse_pid, signal.SIGTERM)
        worker.request_stop(signal.SIGTERM, None)  # type: ignore[no-untyped-call]  # RQ's own

    signal.signal(STOP_NOW, stop_now)
    _listen(worker, redis_url, queues)


def _queues(redis_url: str, names: Sequence[str]) -> tuple[Redis, list[Queue]]:
    connection = Redis.from_url(redis_url)  # RQ sets the timeouts that its blocking calls need
    return connection, [
        Queue(name, connection=connection, serializer=JSONSerializer) for name in names
    ]


def _listen(worker: SimpleWorker | Worker, redis_url: str, queues: Sequence[str]) -> None:
    worker.max_connection_wait_time = MOST_SECONDS_BETWEEN_RECONNECTS
    worker.log_result_lifespan = False
    with Heartbeat(open_redis(redis_url), worker.name, queues):
        worker.work(logging_level="WARNING")
