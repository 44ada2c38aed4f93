"""Answering as soon as a task is finished, without letting those who wait crowd out the others."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from agelens.queueing import Waiter

T = TypeVar("T")
FIRST_LOOK_SECONDS, LATER_LOOKS_SECONDS = 0.25, 1.0  # when nobody tells
ALSO_LOOK_SECONDS = 10.0  # though endings are heard: one may have been lost
STOPS_WITHIN_SECONDS = 1.0


class LongPollLimit:
    """At most `slots` requests of a process wait at a time; further ones are answered at once.

    When the process is told to stop it is closed: who waits is answered soon, who comes at once.
    """

    def __init__(self, slots: int) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._open = True

    def close(self) -> None:
        """Let nobody wait any more. Called by a signal handler, so it takes no lock."""
        self._open = False

    def wait(
        self,
        look: Callable[[], T],
        is_over: Callable[[T], bool],
        seconds: float,
        waiter: Waiter,
        latest: T | None = None,
    ) -> T:
        """What `look` finds, once `is_over` says so, or the time is over, or there is no slot.

        Where endings are heard it looks twice, at first, unless what it would find is given as
        `found`, and when `waiter` is woken.
        """
        if latest is None:
            latest = look()
        if is_over(latest) or not self._slots.acquire(blocking=False):
            return latest
        try:
            ends = time.monotonic() + seconds
            pause = FIRST_LOOK_SECONDS
            while self._open and not is_over(latest) and time.monotonic() < ends:
                self._pause(waiter, ends, pause)
                pause = min(pause * 1.5, LATER_LOOKS_SECONDS)
                latest = look()
            return latest
        finally:
            self._slots.release()

    def _pause(self, waiter: Waiter, ends: float, unheard_seconds: float) -> None:
        """Return when there is reason to look."""
        started = time.monotonic()
        while self._open:
            longest = ALSO_LOOK_SECONDS if waiter.hears else unheard_seconds
            seconds_left = min(started + longest, ends) - time.monotonic()
            if seconds_left <= 0 or waiter.pause(min(seconds_left, STOPS_WITHIN_SECONDS)):
                return
