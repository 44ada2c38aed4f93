"""Set the clock of a single process while it runs, by libfaketime (a package of Debian)."""

from glob import glob
from pathlib import Path

# Debian keeps it off the linker's path
LIBRARY = next(iter(glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
SEEN_WITHIN_SECONDS = 2.5  # it looks into its file once a second
# Its clock_nanosleep (0.9.10) refuses what Python's `time.sleep` asks for when only the clock on the
# wall is false; waiting with a time-out is left alone.
SLEEP = """\
import threading
import time

time.sleep = lambda seconds: threading.Event().wait(seconds) and None
"""


class FalseClock:
    """A clock that is right until it is set; what a process measures by the monotonic clock stays true."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(SLEEP)
        self._folder, self._said = folder, folder / "offset"
        self.set(0)

    def set(self, seconds: int) -> None:
        """How far it is from the right time, from now on."""
        unfinished = self._said.with_suffix(".new")
        unfinished.write_text(f"{seconds:+d}\n")
        unfinished.replace(self._said)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a process that has this clock."""
        return {
            "LD_PRELOAD": str(LIBRARY),
            "PYTHONPATH": str(self._folder),
            "FAKETIME_TIMESTAMP_FILE": str(self._said),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }
