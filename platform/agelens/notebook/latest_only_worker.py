"""A background worker that runs only the latest request."""

import time
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestOnlyWorker(Generic[T]):
    """Does its work in a thread that is there only while something is asked for.

    Whatever was asked while it worked is passed over but for the last: a slider that moves on never
    leaves a queue behind, and where it stops is always what was asked last. `failed` is told
    whatever the work raises; `pause_seconds` lie between two beginnings at least.
    """

    def __init__(
        self,
        work: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        pause_seconds: float = 0.0,
    ) -> None:
        self._work = work
        self._failed = failed
        self._pause_seconds = pause_seconds
        self._changed = Condition()
        self._next: list[T] = []
        self._working = False
        self._has_ended = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way or waiting."""
        with self._changed:
            return not self._working

    def submit(self, task: T) -> None:
        """Have this done as soon as what is under way has ended; returns at once."""
        with self._changed:
            if self._has_ended:
                return
            self._next = [task]
            if self._working:
                return
            self._working = True
        Thread(target=self._run, name="agelens-notebook", daemon=True).start()

    def drop(self) -> None:
        """Forget what waits; what is under way ends by itself."""
        with self._changed:
            self._next = []

    def end(self) -> None:
        """Do nothing more than what is under way; work that takes long asks `has_ended`."""
        with self._changed:
            self._has_ended = True
            self._next = []

    @property
    def has_ended(self) -> bool:
        """Whether nobody waits for what is under way any more."""
        return self._has_ended

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is under way; whether that came within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._working, timeout_seconds)

    def _run(self) -> None:
        while (task := self._take_next()) is not None:
            began = time.monotonic()
            try:
                self._work(task[0])
            except Exception as error:  # a thread has nobody else to tell
                self._failed(error)
            time.sleep(max(0.0, self._pause_seconds - (time.monotonic() - began)))

    def _take_next(self) -> list[T] | None:
        with self._changed:
            if self._next:
                taken, self._next = self._next, []
                return taken
            self._working = False
            self._changed.notify_all()
            return None
