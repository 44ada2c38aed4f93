"""Make the next piece of a file in a thread while the last one is sent or written."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def prefetch(pieces: Iterator[T]) -> Generator[T, None, None]:
    """The same pieces, of which none is None; no more than one is made before it is asked for.

    Whoever stops early waits for the one under way. Then nobody uses `pieces` any more.
    """
    context = copy_context()  # in which the log knows the request

    def make() -> T | None:
        return context.run(lambda: next(pieces, None))

    with ThreadPoolExecutor(1, "ahead") as pool:
        following = pool.submit(make)
        while (piece := following.result()) is not None:
            following = pool.submit(make)
            yield piece
