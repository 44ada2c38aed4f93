"""Long polling for a cohort, with a progress bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agelens.client.errors import RateLimited, Unavailable, Unreachable

POLL_SECONDS = 1.0  # between two looks of a bar
LONGEST_WAIT_SECONDS = 25.0  # the service waits up to 30; proxies between may be less patient
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 1.0


@contextmanager
def cohort_note(cohort_id: str) -> Iterator[None]:
    """Whoever is interrupted, or cut off, is told how to find the cohort again."""
    note = f'The cohort goes on: client.cohorts["{cohort_id}"].wait() waits further'
    try:
        yield
    except (KeyboardInterrupt, RateLimited, Unavailable, Unreachable) as error:
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)
        raise


def poll_waits(deadline: float | None, every_seconds: float | None) -> Iterator[float]:
    """How long to ask the service to wait, each time; a pause after an answer that came too early,
    as those of a busy service do."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        seconds_left = (
            LONGEST_WAIT_SECONDS if deadline is None else max(0.0, deadline - time.monotonic())
        )
        wait_seconds = min(seconds_left, every_seconds or LONGEST_WAIT_SECONDS)
        started = time.monotonic()
        yield wait_seconds
        if deadline is not None and time.monotonic() >= deadline:
            return
        if time.monotonic() - started < wait_seconds / 2:
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


@contextmanager
def progress_bar(name: str, rows: int, rows_done: int) -> Iterator[Callable[[int], object]]:
    """A bar of rows; what is yielded is told how many are done."""
    from tqdm.auto import tqdm  # in Jupyter it loads widgets

    with tqdm(total=rows, initial=rows_done, unit=" rows", desc=name) as bar:
        yield lambda done: bar.update(done - bar.n)


@contextmanager
def no_bar() -> Iterator[Callable[[int], object]]:
    """`progress_bar` for those who want none."""
    yield lambda _: None
