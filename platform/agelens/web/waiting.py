"""Answering as soon as a task is finished, without letting those who wait crowd out the others."""

import threading
import time
from collections.abc import Callable

FIRST_PAUSE_SECONDS = 0.005
LONGEST_PAUSE_SECONDS = 0.25


class WaitingRoom:
    """At most `seats` requests of a process wait at a time; further ones are answered at once."""

    def __init__(self, seats: int) -> None:
        self._seats = threading.BoundedSemaphore(seats)

    def wait(self, finished: Callable[[], bool], seconds: float) -> None:
        """Return when `finished` says so, or the time is over, or there is no seat."""
        if seconds <= 0 or not self._seats.acquire(blocking=False):
            return
        try:
            deadline = time.monotonic() + seconds
            pause = FIRST_PAUSE_SECONDS
            while not finished() and (left := deadline - time.monotonic()) > 0:
                time.sleep(min(pause, left))
                pause = min(pause * 1.4, LONGEST_PAUSE_SECONDS)
        finally:
            self._seats.release()
