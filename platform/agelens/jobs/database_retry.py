"""Retry a transaction with exponential backoff while the database is unreachable."""

from collections.abc import Callable
from typing import TypeVar

from psycopg.errors import DiskFull
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from agelens.jobs.connections import autocommit_sessions, sessions, settings

T = TypeVar("T")


def in_transaction(
    step: Callable[[Session], T], *, give_up_after_seconds: float | None = None
) -> T:
    """Run `step` in a transaction of its own; retry it while the database is unreachable.

    By default it gives up after half a lease, so that the job still holds its row. A commit whose
    answer was lost is retried as well, so steps check the state that they find.
    """
    return _retried(step, sessions(), give_up_after_seconds)


def in_statement(step: Callable[[Session], T]) -> T:
    """As `in_transaction`, for a step of a single statement, which is a transaction by itself.

    It spares the round trips of BEGIN and COMMIT.
    """
    return _retried(step, autocommit_sessions())


def _retried(
    step: Callable[[Session], T],
    made_by: sessionmaker[Session],
    give_up_after_seconds: float | None = None,
) -> T:
    if give_up_after_seconds is None:
        give_up_after_seconds = settings().lease_seconds / 2
    for attempt in Retrying(
        retry=retry_if_exception(is_connection_error),
        stop=stop_after_delay(give_up_after_seconds),
        wait=wait_exponential(multiplier=0.1, max=1.0) + wait_random(0, 0.1),
        reraise=True,
    ):
        with attempt, made_by.begin() as session:
            return step(session)
    raise AssertionError("unreachable: Retrying returns or raises")


def is_connection_error(error: BaseException) -> bool:
    """Whether a retry can help: the connection failed, rather than the statement."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError)


def is_disk_full(error: DBAPIError) -> bool:
    """Whether PostgreSQL had no room for what was to be written: `disk_full` (53100)."""
    return isinstance(error.orig, DiskFull)
