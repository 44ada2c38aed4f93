"""Worker heartbeats in Redis: every few seconds, so that a killed worker is missed soon.

RQ's own registration outlives a killed worker by minutes and does not survive an emptied Redis.
"""

import threading
from collections.abc import Sequence
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

BEAT_SECONDS = 3.0
ALIVE_FOR_SECONDS = 12.0

log = structlog.get_logger()


def key_of(queue: str) -> str:
    """The Redis key of a queue's heartbeats."""
    return f"agelens:workers:{queue}"


def alive(redis: Redis, queue: str) -> list[str]:
    """Names of the workers of a queue whose last heartbeat is recent."""
    names: Any = redis.zrangebyscore(key_of(queue), _now(redis) - ALIVE_FOR_SECONDS, "+inf")
    return sorted(name.decode() for name in names)


def _now(redis: Redis) -> float:
    """Seconds by the clock of Redis: the clocks of workers' hosts may be off by hours."""
    seconds, microseconds = redis.time()
    return seconds + microseconds / 1e6


class Heartbeat:
    """A daemon thread that sends a worker's heartbeat until it stops."""

    def __init__(self, redis: Redis, name: str, queues: Sequence[str]) -> None:
        self._redis = redis
        self._name = name
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
        except RedisError as error:
            log.warning("redis is away", error=str(error))

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                now = _now(self._redis)
                for key in self._keys:
                    self._redis.zadd(key, {self._name: now})
                    self._redis.zremrangebyscore(key, "-inf", now - 10 * ALIVE_FOR_SECONDS)
            except RedisError as error:
                log.warning("redis is away", error=str(error))
            self._stopped.wait(BEAT_SECONDS)
