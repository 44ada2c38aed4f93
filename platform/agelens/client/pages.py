"""Lists a page at a time, for those who show pages; iterating a list needs none of this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from agelens.client.connection import Connection

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list; `next_cursor` asks for those after them and is None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None

    def _repr_html_(self) -> str:
        from agelens.client.cards.pages import page_card

        return page_card(self)


def page_of(
    connection: Connection,
    path: str,
    params: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], T],
) -> Page[T]:
    """One page of a list, its items read."""
    wire = connection.get(path, params)
    return Page(tuple(read(item) for item in wire["items"]), wire["next_cursor"])
