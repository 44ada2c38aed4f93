"""Which workers are alive: each says so every few seconds, so a killed one is missed soon.

RQ's own registration outlives a killed worker by minutes and does not survive an emptied Redis.
"""

import threading
import time
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

KEY = "agelens:workers"
SAID_EVERY_SECONDS = 3.0
ALIVE_FOR_SECONDS = 12.0

log = structlog.get_logger()


def alive(redis: Redis) -> list[str]:
    """Names of the workers that were heard of lately."""
    names: Any = redis.zrangebyscore(KEY, time.time() - ALIVE_FOR_SECONDS, "+inf")
    return sorted(name.decode() for name in names)


class Presence:
    """A daemon thread that says that a worker is alive until it stops."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._name = name
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(SAID_EVERY_SECONDS)
        try:
            self._redis.zrem(KEY, self._name)
        except RedisError as error:
            log.warning("redis is away", error=str(error))

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._redis.zadd(KEY, {self._name: time.time()})
                self._redis.zremrangebyscore(KEY, "-inf", time.time() - 10 * ALIVE_FOR_SECONDS)
            except RedisError as error:
                log.warning("redis is away", error=str(error))
            self._stopped.wait(SAID_EVERY_SECONDS)
