"""Lists a page at a time, for those who show pages; iterating a list needs none of this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from agelens.client.connection import Connection
from agelens.client.errors import ClientError

SHOWN_ITEMS = 10
MORE = "There are more: iterate over it."
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list; `next_cursor` asks for those after them and is None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None

    def _repr_html_(self) -> str:
        from agelens.client.cards.pages import page_card

        return page_card(self)


class Listing(Iterator[T]):
    """All items of a list, fetched a page at a time while it is iterated.

    In a notebook it shows the first ones, asked for anew each time.
    """

    def __init__(
        self,
        connection: Connection,
        path: str,
        params: Mapping[str, Any],
        read: Callable[[Mapping[str, Any]], T],
    ) -> None:
        self._place = f"{path} of {connection.base_url}"
        self._items = (read(item) for item in connection.pages(path, params))
        few = {**params, **({"limit": SHOWN_ITEMS} if "limit" in params else {})}
        self._first = partial(page_of, connection, path, few, read)

    def __next__(self) -> T:
        return next(self._items)

    def __repr__(self) -> str:
        return f"<Listing of {self._place}>"

    def _repr_html_(self) -> str | None:
        from agelens.client.cards.pages import page_card

        try:
            return page_card(self._first(), MORE)
        except ClientError:
            return None


def page_of(
    connection: Connection,
    path: str,
    params: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], T],
) -> Page[T]:
    """One page of a list, its items read."""
    wire = connection.get(path, params)
    return Page(tuple(read(item) for item in wire["items"]), wire["next_cursor"])
