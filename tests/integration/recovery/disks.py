"""Small disks to fill: file systems in memory, which only those who may mount can have."""

import errno
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from servers import short_home

Disk = Callable[[int], Path]
MEBIBYTE = 1024 * 1024
FILLER = "filler"


class MountRefusedError(Exception):
    """Why there is no disk."""


def mount(mebibytes: int, cleanup: ExitStack) -> Path:
    """A new disk of that size, gone when `cleanup` closes.

    Raises
    ------
    MountRefusedError
        If this process may not mount.
    """
    place = cleanup.enter_context(short_home())
    options = ["-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", str(place)]
    try:
        done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise MountRefusedError("there is no mount command") from error
    if done.returncode != 0:
        raise MountRefusedError(f"mounting a tmpfs is not permitted here: {done.stderr.strip()}")
    cleanup.callback(subprocess.run, ["umount", "--lazy", str(place)], check=True)
    return place


def mount_or_skip(mebibytes: int, cleanup: ExitStack) -> Path:
    """As `mount`, where a test makes no sense without."""
    try:
        return mount(mebibytes, cleanup)
    except MountRefusedError as error:
        pytest.skip(str(error))


def fill(place: Path) -> None:
    """Take what is free, to the last byte."""
    with (place / FILLER).open("ab", buffering=0) as filler:
        for size in (MEBIBYTE, 4096, 1):
            try:
                while filler.write(bytes(size)):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def free(place: Path) -> None:
    """Give it back."""
    os.unlink(place / FILLER)
