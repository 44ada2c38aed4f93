"""The most memory that some processes, with their children, take together while something runs."""

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import psutil

LOOK_SECONDS = 0.01
MIB = 1024 * 1024


class PeakMemory:
    """Looks at the processes every hundredth of a second; `mib` is the sum of each one's peak."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._processes = [psutil.Process(pid) for pid in pids]
        self._peaks: dict[int, int] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def mib(self) -> float:
        """So far."""
        return sum(self._peaks.values()) / MIB

    def _look(self) -> None:
        while True:
            for process in self._processes:
                self._look_at(process)
            if self._ended.wait(LOOK_SECONDS):
                return

    def _look_at(self, process: psutil.Process) -> None:
        try:
            family = [process, *process.children(recursive=True)]
            rss_bytes = sum(each.memory_info().rss for each in family)
        except psutil.NoSuchProcess:  # one that ended while it was looked at
            return
        self._peaks[process.pid] = max(rss_bytes, self._peaks.get(process.pid, 0))
