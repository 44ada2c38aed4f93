"""Retry with backoff: what is tried again, when, and for how long."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from agelens.client.errors import ApiError, RateLimited, Unavailable, Unreachable

if TYPE_CHECKING:
    from tenacity import RetryCallState, Retrying

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 8.0
RESTART_SECONDS = 10.0  # how long a service may be gone; longer, and the address is wrong
TRANSIENT = (RateLimited, Unavailable, Unreachable)


def attempts(patience_seconds: float, *, is_long: bool = False) -> "Retrying":
    """Attempts until one goes well, the error is not worth another one, or patience ends.

    `is_long` is for files: only the pauses count then, for the first attempt alone may take longer
    than all patience.
    """
    # when first asked: it brings asyncio, a third of what importing the client would take
    from tenacity import Retrying, retry_if_exception_type

    def patience_ends(state: "RetryCallState") -> bool:
        error = state.outcome.exception() if state.outcome else None
        is_unreachable = isinstance(error, Unreachable)
        patience = min(patience_seconds, RESTART_SECONDS) if is_unreachable else patience_seconds
        elapsed: float = (state.idle_for if is_long else state.seconds_since_start) or 0.0
        return elapsed + state.upcoming_sleep >= patience

    return Retrying(
        retry=retry_if_exception_type(TRANSIENT),
        wait=_pause_seconds,
        stop=patience_ends,
        reraise=True,
    )


def _pause_seconds(state: "RetryCallState") -> float:
    """As long as the service asks for, else longer each time; also when it asks for no pause."""
    error = state.outcome.exception() if state.outcome else None
    asked_seconds = error.retry_after_seconds if isinstance(error, ApiError) else None
    if asked_seconds is not None and asked_seconds >= FIRST_PAUSE_SECONDS:
        return asked_seconds
    pause: float = FIRST_PAUSE_SECONDS * 2.0 ** (state.attempt_number - 1)
    return min(pause, LONGEST_PAUSE_SECONDS)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by Retry-After (RFC 9110, section 10.2.3), a number or a date; None without one.

    A date counts from the answer's own, for our clock may be wrong.
    """
    value = headers.get("Retry-After", "")
    if value.isascii() and value.isdigit():
        return float(value)
    moment = _moment(value)
    if moment is None:
        return None
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
