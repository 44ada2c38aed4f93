"""Publish that a task or cohort has ended, over Redis pub/sub. Best effort: waiters also poll."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import structlog
from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

log = structlog.get_logger()


def announce_after_commit(session: Session, row_id: uuid.UUID) -> None:
    """Note a finished row on the session; `JobQueue.commit` announces it after the commit."""
    session.info.setdefault("endings", []).append(row_id)


def announce(redis: Redis, row_id: uuid.UUID) -> None:
    """Wake whoever waits for this row."""
    try:
        redis.publish(_channel(row_id), "")
    except RedisError as error:
        log.warning("redis is away, who waits will look", error=str(error))


@contextmanager
def listening(redis: Redis, *row_ids: uuid.UUID) -> Iterator[Callable[[float], None]]:
    """A sleep that ends early when one of the rows is announced; a plain sleep without Redis."""
    with ExitStack() as cleanup:
        # redis-py leaves pubsub() without types
        pubsub: PubSub = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        subscription = cleanup.enter_context(pubsub)
        try:
            subscription.subscribe(*map(_channel, row_ids))
            for _ in row_ids:
                subscription.get_message(timeout=1.0)  # the confirmation: from here on we hear
        except RedisError:
            yield time.sleep
        else:
            yield lambda seconds: _pause(subscription, seconds)


def _pause(subscription: PubSub, seconds: float) -> None:
    started = time.monotonic()
    try:
        subscription.get_message(timeout=seconds)
    except RedisError:
        time.sleep(max(0.0, seconds - (time.monotonic() - started)))


def _channel(row_id: uuid.UUID) -> str:
    return f"agelens:ended:{row_id}"
