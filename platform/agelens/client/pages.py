"""Cursor pagination: lists that are iterated, and single pages of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from agelens.client.cards import HtmlCard, LiveHtmlCard
from agelens.client.connection import Connection, Items, Params
from agelens.client.decoding import decode

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Page(HtmlCard, Generic[T_co]):
    """Some items of a list; `next_cursor` asks for those after them and is None at the end."""

    items: tuple[T_co, ...]
    next_cursor: str | None


class Listing(LiveHtmlCard, Iterator[T]):
    """All items of a list, fetched a page at a time while it is iterated.

    In a notebook it shows the first ones, asked for anew each time.
    """

    def __init__(
        self,
        connection: Connection,
        path: str,
        params: Params,
        read: Callable[[object], T],
    ) -> None:
        self._address = f"{path} of {connection.base_url}"
        self._items = (read(item) for item in connection.pages(path, params))
        self._page = partial(page_of, connection, path, read=read)
        self._params = params

    def __next__(self) -> T:
        return next(self._items)

    def first_page(self, limit: int) -> Page[T]:
        """The first items, asked for anew; `limit` where the list has pages."""
        limit_param = {"limit": limit} if "limit" in self._params else {}
        return self._page(params={**self._params, **limit_param})

    def __repr__(self) -> str:
        return f"<Listing of {self._address}>"


def page_of(
    connection: Connection,
    path: str,
    params: Params,
    read: Callable[[object], T],
) -> Page[T]:
    """One page of a list, its items read."""
    page = decode(Items, connection.get(path, params))
    return Page(tuple(read(item) for item in page.items), page.next_cursor)
