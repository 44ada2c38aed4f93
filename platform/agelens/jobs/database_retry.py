"""Waiting for a database that is away for a moment, instead of losing the work done so far."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from redis import Redis
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from agelens.queueing import open_redis
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.files import Files

T = TypeVar("T")


@lru_cache
def settings() -> Settings:
    """The process's settings, read when the first job needs them."""
    return Settings()


@lru_cache
def sessions() -> sessionmaker[Session]:
    """Sessions on the process's one engine, which connects when first used."""
    url = settings().database_url
    if url is None:
        raise RuntimeError("DATABASE_URL is not set; `agelens up` starts a database of its own")
    return session_factory(open_engine(url, pre_ping=False))


@lru_cache
def redis() -> Redis:
    """The process's Redis, which connects when first used."""
    url = settings().redis_url
    if url is None:
        raise RuntimeError("REDIS_URL is not set; `agelens up` starts a Redis of its own")
    return open_redis(url)


@lru_cache
def files() -> Files:
    """The process's storage of files, which connects when first used."""
    return Files(settings().storage_url)


def in_transaction(step: Callable[[Session], T], *, patience_seconds: float) -> T:
    """Run `step` in a transaction of its own, and again while the database is away.

    A step may thus run after an earlier run of it was committed without our hearing of it; steps
    check the state they find.
    """
    for attempt in Retrying(
        retry=retry_if_exception(database_is_away),
        stop=stop_after_delay(patience_seconds),
        wait=wait_exponential(multiplier=0.1, max=1.0) + wait_random(0, 0.1),
        reraise=True,
    ):
        with attempt, sessions().begin() as session:
            return step(session)
    raise AssertionError("unreachable: Retrying returns or raises")


def database_is_away(error: BaseException) -> bool:
    """Whether waiting can help: no connection, rather than a wrong statement."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError)
