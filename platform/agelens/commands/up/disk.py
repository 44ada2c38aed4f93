"""Whether the home can be written: full disks, read-only ones, and those that are too small to start on."""

import shutil
import time
from pathlib import Path

PROBE_BYTES = 64 * 1024
LOOK_EVERY_SECONDS = 2.0
MEBIBYTE = 1024 * 1024
NEW_HOME_BYTES = 128 * MEBIBYTE  # a new database with our tables takes about 50
USED_HOME_BYTES = 32 * MEBIBYTE  # PostgreSQL writes 16 at a time ahead of its changes


class DiskTooSmallError(Exception):
    """There is not enough space to start; the message says how much is needed."""


def check_space(home: Path, *, has_servers: bool) -> None:
    """Refuse to start where PostgreSQL would fail halfway; `has_servers` if it keeps its data here.

    Raises
    ------
    DiskTooSmallError
        If there is too little space.
    """
    if not has_servers:
        return
    needed = USED_HOME_BYTES if (home / "postgres" / "PG_VERSION").exists() else NEW_HOME_BYTES
    free = shutil.disk_usage(home).free
    if free < needed:
        raise DiskTooSmallError(
            f"{home} has {free // MEBIBYTE} MiB of free space, AgeLens needs {needed // MEBIBYTE} "
            "MiB to start. Free some, or set AGELENS_HOME to a folder on another disk."
        )


class DiskMonitor:
    """Looks every few seconds whether a folder can be written."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written before the first look."""
        self._probe = folder / "disk-probe"
        self._looked_at = float("-inf")
        self.error: OSError | None = None  # of the last look

    def changed(self) -> bool:
        """Look, if it is time to; whether the disk has become full, or has space again."""
        if time.monotonic() - self._looked_at < LOOK_EVERY_SECONDS:
            return False
        self._looked_at = time.monotonic()
        before, self.error = self.error, self._write()
        return (before is None) != (self.error is None)

    def _write(self) -> OSError | None:
        """More than a last free block or two would take, so that children do not start in vain."""
        try:
            try:
                self._probe.write_bytes(bytes(PROBE_BYTES))
            finally:
                self._probe.unlink(missing_ok=True)
        except OSError as error:
            return error
        return None
