"""Waiting for a cohort, with a bar that shows how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agelens.client.errors import (
    CohortCanceled,
    CohortFailed,
    CohortTimeout,
    RateLimited,
    Unavailable,
    Unreachable,
)

if TYPE_CHECKING:
    from agelens.client.cohort import Cohort

LOOK_SECONDS = 1.0  # between two looks of a bar
LONGEST_WAIT_SECONDS = 25.0  # the service waits up to 30; proxies between may be less patient
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 1.0


def follow(cohort: Cohort, timeout_seconds: float | None, progress: bool) -> None:
    """Refresh the cohort until it is finished, `timeout_seconds` are over or it turns out a draft.

    Whatever ends the waiting early, the cohort goes on.
    """
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    with findable(cohort), _bar(cohort, progress) as bar:
        for asked_seconds in looks(deadline, LOOK_SECONDS if progress else None):
            cohort.refresh(wait=asked_seconds)
            bar(cohort.rows_done)
            if cohort.is_finished or cohort.status == "draft":
                return


@contextmanager
def findable(cohort: Cohort) -> Iterator[None]:
    """Whoever is interrupted, or cut off, is told how to find the cohort again."""
    words = f'The cohort goes on: client.cohorts["{cohort.id}"].wait() waits further'
    try:
        yield
    except (KeyboardInterrupt, RateLimited, Unavailable, Unreachable) as error:
        if words not in getattr(error, "__notes__", ()):
            error.add_note(words)
        raise


def outcome_of(cohort: Cohort) -> Cohort:
    """The cohort if it has succeeded; see `Cohort.wait` for what is raised otherwise."""
    if cohort.status == "succeeded":
        return cohort
    if cohort.status == "canceled":
        raise CohortCanceled(cohort, "was canceled")
    if cohort.status == "failed":
        reason = cohort.error.message if cohort.error else "for an unknown reason"
        raise CohortFailed(cohort, f"failed: {reason}")
    later = ": run() starts it" if cohort.status == "draft" else ""
    raise CohortTimeout(cohort, f"is still {cohort.status}{later}")


def looks(deadline: float | None, every_seconds: float | None) -> Iterator[float]:
    """How long to ask the service to wait, each time; a pause after an answer that came too early,
    as those of a busy service do."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        left = LONGEST_WAIT_SECONDS if deadline is None else max(0.0, deadline - time.monotonic())
        asked_seconds = min(left, every_seconds or LONGEST_WAIT_SECONDS)
        before = time.monotonic()
        yield asked_seconds
        if deadline is not None and time.monotonic() >= deadline:
            return
        if time.monotonic() - before < asked_seconds / 2:
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


@contextmanager
def _bar(cohort: Cohort, progress: bool) -> Iterator[Any]:
    """What to tell how many rows are done."""
    if not progress or cohort.is_finished:
        yield lambda rows_done: None
        return
    from tqdm.auto import tqdm  # in Jupyter it loads widgets

    with tqdm(total=cohort.rows, initial=cohort.rows_done, unit=" rows", desc=cohort.name) as bar:
        yield lambda rows_done: bar.update(rows_done - bar.n)
