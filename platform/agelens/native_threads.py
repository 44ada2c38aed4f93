"""How many threads native libraries compute on; they are told by the environment, before they are loaded."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")
}


def one_thread() -> None:
    """Have libraries that are loaded from here on compute on one thread, unless told otherwise.

    For a process whose neighbours have the other processors: threads that wait for each other's few
    microseconds of work spin, and take twice the time for the same.
    """
    for name, threads in ONE_THREAD.items():
        os.environ.setdefault(name, threads)


@contextmanager
def loading_on_one_thread() -> Iterator[None]:
    """As `one_thread`, for libraries that are loaded meanwhile; whoever is started later is told nothing."""
    names = [name for name in ONE_THREAD if name not in os.environ]
    one_thread()
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]
