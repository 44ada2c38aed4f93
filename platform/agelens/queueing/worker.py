"""RQ workers, configured: JSON serializer, fast reconnect."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker, Worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from agelens.queueing.heartbeat import Heartbeat, process_name
from agelens.queueing.job_allow_list import AllowedJob
from agelens.queueing.queue import open_redis

log = structlog.get_logger()

WORKER_TTL_SECONDS = 60
MOST_SECONDS_BETWEEN_RECONNECTS = 2.0
LATER_QUEUES_TURN = 2  # every so many jobs the queues named last come first
SECONDS_BETWEEN_LOOPS = 0.5
STOP_NOW = signal.SIGQUIT  # SIGTERM and SIGINT wait for the job under way


def work(redis_url: str, queues: Sequence[str]) -> None:
    """Take jobs until stopped. Jobs run in this process: see docs/decisions/worker.md."""
    _listen(lambda: SimpleWorker(**_options(redis_url, queues)), redis_url, queues)


def work_in_forks(redis_url: str, queues: Sequence[str], *, killed: Callable[[], None]) -> None:
    """Take jobs until stopped, each in a process of its own: it may crash, or be killed.

    `killed` is called after that. At STOP_NOW the job is asked to end (SIGTERM), not waited for.
    """

    def make() -> Worker:
        worker = Worker(
            **_options(redis_url, queues), work_horse_killed_handler=lambda *_: killed()
        )

        def stop_now(*_: object) -> None:
            if worker.horse_pid:
                os.kill(worker.horse_pid, signal.SIGTERM)
            worker.request_stop(signal.SIGTERM, None)  # type: ignore[no-untyped-call]  # RQ's own

        signal.signal(STOP_NOW, stop_now)
        return worker

    _listen(make, redis_url, queues)


def _options(redis_url: str, names: Sequence[str]) -> dict[str, Any]:
    connection = Redis.from_url(redis_url)  # RQ sets the timeouts that its blocking calls need
    queues = [
        Queue(name, connection=connection, job_class=AllowedJob, serializer=JSONSerializer)
        for name in names
    ]
    return {
        "queues": queues,
        "connection": connection,
        "job_class": AllowedJob,
        "serializer": JSONSerializer,
        "worker_ttl": WORKER_TTL_SECONDS,
        "log_job_description": False,
    }


def _listen(
    make: Callable[[], SimpleWorker | Worker], redis_url: str, queues: Sequence[str]
) -> None:
    """Work until asked to stop. RQ's own loop also ends at what it cannot read, and without Redis."""
    stop_requested = threading.Event()
    with (
        Heartbeat(open_redis(redis_url), process_name(), queues),
        suppress(StopRequested),  # while it waits here, too
    ):
        while not stop_requested.is_set():
            try:
                worker = make()
                worker.max_connection_wait_time = MOST_SECONDS_BETWEEN_RECONNECTS
                worker.log_result_lifespan = False
                # RQ's hook for a stop that was asked for, on the way out of `work`
                worker.handle_warm_shutdown_request = stop_requested.set  # type: ignore[method-assign]
                _take_turns(worker)
                worker.work(logging_level="WARNING")
            except RedisError as error:
                log.warning("redis is away, the worker waits for it", error=str(error))
            else:
                if not stop_requested.is_set():
                    log.error("worker loop ended by garbage in a queue, starting it again")
            time.sleep(SECONDS_BETWEEN_LOOPS)


def _take_turns(worker: SimpleWorker | Worker) -> None:
    """Give the queues named last every nth turn, so that a stream of predictions starves no cohort.

    RQ calls `reorder_queues` after each job that it takes; its own strategies know no weights.
    """
    turns = count(1)

    def reorder(reference_queue: Queue) -> None:
        first_last = next(turns) % LATER_QUEUES_TURN == 0
        worker._ordered_queues = worker.queues[::-1] if first_last else worker.queues[:]

    worker.reorder_queues = reorder  # type: ignore[method-assign]
