"""Limit how many requests wait for the API at once, so that others always find a free thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dash import ctx, set_props
from dash.exceptions import MissingCallbackContextException

UNHURRIED_MS = 3000


class ConcurrencyLimit:
    """At most so many requests of a process wait at a time; when it stops, none any more."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)
        self._open = True

    def close(self) -> None:
        """Let nobody wait any more. Called by a signal handler, so it takes no lock."""
        self._open = False

    @contextmanager
    def slot(self) -> Iterator[bool]:
        """Whether there was a seat; it is free again afterwards."""
        acquired = self._open and self._free.acquire(blocking=False)
        try:
            yield acquired
        finally:
            if acquired:
                self._free.release()


def poll_less_often() -> None:
    """Have the page whose clock asked ask in seconds: without a seat it is answered at once."""
    try:
        triggers = [entry["prop_id"] for entry in ctx.triggered]
    except MissingCallbackContextException:  # not a callback of a page
        return
    if any(name.endswith(".n_intervals") for name in triggers):
        set_props(ctx.triggered_id, {"interval": UNHURRIED_MS})
