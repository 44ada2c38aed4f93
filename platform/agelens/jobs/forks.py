"""Jobs that run in a fork of their worker: they die with it, and leave no process behind."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from agelens.jobs import process_supervision
from agelens.queueing.worker import STOP_NOW

_worker: int | None = None


def expect_forks() -> None:
    """Called by a worker before it forks; what a killed job leaves running becomes its child."""
    global _worker
    _worker = os.getpid()
    process_supervision.adopt_orphans()


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
    process_supervision.adopt_orphans()
    process_supervision.die_with(_worker, signal.SIGTERM)
    try:
        yield
    finally:
        process_supervision.end_orphans()


def worker_is_gone() -> bool:
    """Whether we are a fork whose worker has died."""
    return _worker is not None and os.getpid() != _worker != os.getppid()
