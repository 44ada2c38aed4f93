"""Which workers are alive: each says so every few seconds, so a killed one is missed soon.

RQ's own registration outlives a killed worker by minutes and does not survive an emptied Redis.
"""

import threading
import time
from collections.abc import Sequence
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

SAID_EVERY_SECONDS = 3.0
ALIVE_FOR_SECONDS = 12.0

log = structlog.get_logger()


def key_of(queue: str) -> str:
    """Where the workers of a queue say that they are alive."""
    return f"agelens:workers:{queue}"


def alive(redis: Redis, queue: str) -> list[str]:
    """Names of the workers that take jobs from a queue and were heard of lately."""
    names: Any = redis.zrangebyscore(key_of(queue), time.time() - ALIVE_FOR_SECONDS, "+inf")
    return sorted(name.decode() for name in names)


class Presence:
    """A daemon thread that says that a worker is alive until it stops."""

    def __init__(self, redis: Redis, name: str, queues: Sequence[str]) -> None:
        self._redis = redis
        self._name = name
        self._keys = [key_of(queue) for queue in queues]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(SAID_EVERY_SECONDS)
        try:
            for key in self._keys:
                self._redis.zrem(key, self._name)
        except RedisError as error:
            log.warning("redis is away", error=str(error))

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                for key in self._keys:
                    self._redis.zadd(key, {self._name: time.time()})
                    self._redis.zremrangebyscore(key, "-inf", time.time() - 10 * ALIVE_FOR_SECONDS)
            except RedisError as error:
                log.warning("redis is away", error=str(error))
            self._stopped.wait(SAID_EVERY_SECONDS)
