"""Temporary folder of one retraining, removed when it ends: it holds personal data."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEAST_ROOM = 4 * 1024**2  # bytes: with less, a notebook cannot write its results


@contextmanager
def folder(home: Path, name: str) -> Iterator[Path]:
    """An empty folder with a file lock that tells `remove_abandoned` it is in use."""
    parent = _retrainings_folder(home)
    parent.mkdir(parents=True, exist_ok=True)
    path, lock = parent / name, parent / f"{name}.lock"
    with lock.open("a") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o700)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            lock.unlink(missing_ok=True)


def is_full(home: Path) -> bool:
    """Whether the disk of these folders has no room left."""
    parent = _retrainings_folder(home)
    return shutil.disk_usage(parent if parent.exists() else home.expanduser()).free < LEAST_ROOM


def remove_abandoned(home: Path) -> None:
    """Remove the folders of killed jobs, whose locks the kernel has released."""
    for lock_path in _retrainings_folder(home).glob("*.lock"):
        with lock_path.open("a") as lock_file:
            try:
                fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(lock_path.with_suffix(""), ignore_errors=True)
            lock_path.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> Path:
    """Write a file for its owner alone."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path


def _retrainings_folder(home: Path) -> Path:
    return home.expanduser().resolve() / "retrainings"
