"""A log that cannot be written stops nobody, and says afterwards that lines are missing."""

import errno
import io
import sys

import pytest
import structlog
from agelens.logs import LossyLogger, configure_logs


class Disk(io.StringIO):
    """Standard output on a disk that is full for a while."""

    full = False

    def flush(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_lines_that_cannot_be_written_are_dropped_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = Disk()
    monkeypatch.setattr(sys, "stdout", disk)
    log = LossyLogger()
    disk.full = True
    log.warning("one")
    log.error("two")
    disk.full = False
    log.info("three")
    log.info("four")
    assert disk.getvalue().splitlines()[-3:] == [
        "2 log lines may be missing here: they could not be written",
        "three",
        "four",
    ]


def test_the_services_log_survives_a_full_device(monkeypatch: pytest.MonkeyPatch) -> None:
    before = structlog.get_config()
    try:
        configure_logs("console")
        with open("/dev/full", "w") as full, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", full)
            structlog.get_logger().warning("disk full", step="anything")
            with pytest.raises(OSError, match="No space left"):
                print("what an unguarded print does", flush=True)
            patch.undo()
            with pytest.raises(OSError, match="No space left"):
                full.close()
    finally:
        structlog.configure(**before)
