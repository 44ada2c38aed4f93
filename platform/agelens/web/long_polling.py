"""Answering as soon as a task is finished, without letting those who wait crowd out the others."""

import threading
import time
from collections.abc import Callable

FIRST_LOOK_SECONDS, LATER_LOOKS_SECONDS = 0.25, 1.0  # when nobody tells


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
        finished: Callable[[], bool],
        seconds: float,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Return when `finished` says so, or the time is over, or there is no slot.

        `pause` may return early, when there is reason to look.
        """
        if seconds <= 0 or not self._slots.acquire(blocking=False):
            return
        try:
            deadline = time.monotonic() + seconds
            look = FIRST_LOOK_SECONDS
            while self._open and not finished() and (left := deadline - time.monotonic()) > 0:
                pause(min(look, left))
                look = min(look * 1.5, LATER_LOOKS_SECONDS)
        finally:
            self._slots.release()
