"""How long values are as JSON, and how many of them a page of an answer takes."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TypeVar

import orjson

T = TypeVar("T")
MOST_PAGE_BYTES = 2 * 1024**2  # of a page's items as JSON; one is sent however large it is


def within_bytes(items: Sequence[T], *, size_of: Callable[[T], int]) -> list[T]:
    """The first items that take at most `MOST_PAGE_BYTES` together, and one at least."""
    totals = accumulate(map(size_of, items))
    n_fitting = sum(total <= MOST_PAGE_BYTES for total in totals)
    return list(items[: max(n_fitting, 1)])


def json_bytes(value: object) -> int:
    """How long a value is as JSON."""
    return len(orjson.dumps(value))
