"""Supervise child processes: jobs in forks and what they start never outlive their worker.

Uses prctl (parent-death signal, child subreaper) on Linux; elsewhere nothing is done.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agelens.queueing.worker import STOP_NOW

_worker: int | None = None
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def die_with(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel for a signal when the parent thread ends; exit if it already has."""
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the subreaper of all descendants, so that none escapes."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_orphans() -> None:
    """Kill every child, and the descendants that are re-parented to us by it."""
    while children := _children():
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(child, 0)


def _children() -> list[int]:
    pids = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            # "pid (name, which may hold anything) state ppid ..."
            fields = status.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                pids.append(int(status.parent.name))
    return pids


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def expect_forks() -> None:
    """Mark this process as the worker, before it forks its jobs."""
    global _worker
    _worker = os.getpid()
    adopt_orphans()


@contextmanager
def in_fork() -> Iterator[None]:
    """Around a job: in a fork it is asked to end (SIGTERM) when its worker dies, and what it started
    ends with it.

    Outside of one (a test) there are other children, which are none of ours.
    """
    if _worker is None or _worker == os.getpid():
        yield
        return
    signal.signal(STOP_NOW, signal.SIG_DFL)
    adopt_orphans()
    die_with(_worker, signal.SIGTERM)
    try:
        yield
    finally:
        end_orphans()


def worker_is_gone() -> bool:
    """Whether we are a fork whose worker has died."""
    return _worker is not None and os.getpid() != _worker != os.getppid()
