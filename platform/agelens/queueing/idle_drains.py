"""Drains without tasks wait a moment for one: waking such a drain costs far less than a job of RQ."""

import time
import uuid
from collections.abc import Sequence

import structlog
from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError, ResponseError

log = structlog.get_logger()
IDLE_DRAINS_KEY = "agelens:idle-drains"  # who waits, by until when (milliseconds of Redis' clock)
WAKE_CHANNEL = "agelens:wake-drain:"
_NOW = "local time = redis.call('TIME'); local now = time[1] * 1000 + math.floor(time[2] / 1000)"
# The newest registration is the one that is valid for longest.
_WAKE = f"""
local idle = redis.call('ZPOPMAX', KEYS[1])
if idle[1] then
    {_NOW}
    if tonumber(idle[2]) > now then
        local drain, turn = idle[1]:match('^(.*)/(%d+)$')
        redis.call('PUBLISH', ARGV[1] .. drain, turn)
        return 1
    end
end
return redis.call('LLEN', KEYS[2]) > 0 and 1 or 0
"""
_REGISTER = f"""
{_NOW}
for place = 2, #KEYS do
    if redis.call('LLEN', KEYS[place]) > 0 then return 0 end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return 1
"""


class IdleDrains:
    """A registry in Redis of drains that wait for a task, and a channel to wake each.

    A registration expires when its drain means to stop waiting, and is used up by one wake-up. So a
    drain that dies or hangs while it waits can miss one wake-up at most, and only until then.
    """

    def __init__(self, redis: Redis) -> None:
        """Nothing is opened yet."""
        self._redis = redis
        self._wake = redis.register_script(_WAKE)
        self._register = redis.register_script(_REGISTER)
        self._name = uuid.uuid4().hex
        self._turn = 0
        self._subscription: PubSub | None = None

    def wake_one(self, queue_key: str) -> bool:
        """Whether somebody will look at the table after this call: a drain is woken, or a job waits.

        What is not ours under the name of the registry would stop all predictions, so it is deleted.
        """
        try:
            return bool(self._wake(keys=[IDLE_DRAINS_KEY, queue_key], args=[WAKE_CHANNEL]))
        except ResponseError as error:
            log.error("garbage in the registry of idle drains deleted", error=str(error)[:200])
            self._redis.delete(IDLE_DRAINS_KEY)
            return False

    def wait(self, seconds: float, queue_keys: Sequence[str]) -> bool:
        """Wait to be woken; whether there is reason to look at the table.

        Where a job waits in one of the worker's queues there is no waiting. When Redis goes away there
        is reason to look, since a wake-up may be lost.
        """
        self._turn += 1
        registration = f"{self._name}/{self._turn}"
        try:
            subscription = self._subscribed()
            milliseconds = round(seconds * 1000)
            if not self._register(
                keys=[IDLE_DRAINS_KEY, *queue_keys], args=[registration, milliseconds]
            ):
                return False
            return self._is_woken(subscription, seconds) or not self._redis.zrem(
                IDLE_DRAINS_KEY, registration
            )
        except RedisError as error:
            log.warning("redis is away, a drain does not wait", error=str(error))
            self._subscription = None
            return True

    def _subscribed(self) -> PubSub:
        if self._subscription is None:
            # redis-py leaves pubsub() without types
            subscription = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            subscription.subscribe(WAKE_CHANNEL + self._name)
            self._subscription = subscription
        return self._subscription

    def _is_woken(self, subscription: PubSub, seconds: float) -> bool:
        """Wait on this side: Redis looks at the time-outs of blocked clients ten times a second only."""
        ends = time.monotonic() + seconds
        while (seconds_left := ends - time.monotonic()) > 0:
            message = subscription.get_message(timeout=seconds_left)
            if message is not None and message["data"] == str(self._turn).encode():
                return True
        return False
