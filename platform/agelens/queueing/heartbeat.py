"""Heartbeats of workers and scheduler in Redis: every few seconds, so that a killed one is missed soon.

RQ's own registration outlives a killed worker by minutes and does not survive an emptied Redis.
"""

import os
import re
import socket
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

BEAT_SECONDS = 3.0
ALIVE_FOR_SECONDS = 12.0
SCHEDULER = "scheduler"  # beside the names of queues

log = structlog.get_logger()


def key_of(queue: str) -> str:
    """The Redis key of a queue's heartbeats."""
    return f"agelens:workers:{queue}"


def process_name() -> str:
    """This process among those of all hosts, and of all times."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


def pids_here(names: Sequence[str]) -> set[int]:
    """The numbers of those processes that run on this host; anybody may have written names."""
    host = re.escape(socket.gethostname())
    matches = (re.fullmatch(rf"{host}-(\d{{1,10}})-[0-9a-f]+", name) for name in names)
    return {int(name[1]) for name in matches if name}


def alive(redis: Redis, queue: str) -> list[str]:
    """Names of the workers of a queue, or of schedulers, whose last heartbeat is recent."""
    names: Any = redis.zrangebyscore(key_of(queue), _now(redis) - ALIVE_FOR_SECONDS, "+inf")
    return sorted(name.decode(errors="replace") for name in names)


def _now(redis: Redis) -> float:
    """Seconds by the clock of Redis: the clocks of workers' hosts may be off by hours."""
    seconds, microseconds = redis.time()
    return seconds + microseconds / 1e6


class Heartbeat:
    """A daemon thread that sends a process's heartbeat until it stops.

    `is_well` lets a process whose main thread is stuck fall silent.
    """

    def __init__(
        self,
        redis: Redis,
        name: str,
        queues: Sequence[str],
        *,
        is_well: Callable[[], bool] = lambda: True,
    ) -> None:
        self._redis = redis
        self._name = name
        self._is_well = is_well
        self._keys = [key_of(queue) for queue in queues]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(BEAT_SECONDS)
        try:
            for key in self._keys:
                self._redis.zrem(key, self._name)
        except (RedisError, OSError) as error:
            log.warning("redis is away", error=str(error))

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._is_well():
                    self._beat()
            except (RedisError, OSError) as error:
                log.warning("redis is away", error=str(error))
            self._stopped.wait(BEAT_SECONDS)

    def _beat(self) -> None:
        now = _now(self._redis)
        for key in self._keys:
            self._redis.zadd(key, {self._name: now})
            self._redis.zremrangebyscore(key, "-inf", now - 10 * ALIVE_FOR_SECONDS)
