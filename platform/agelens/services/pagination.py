"""Keyset (cursor) pagination: the cost of a page does not grow with the list."""

import base64
import binascii
import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from agelens.domain.errors import InvalidInput
from agelens.services.json_sizes import json_bytes, within_bytes
from agelens.storage.base import Base

ROWS_AT_A_TIME = 50  # in memory before their size is known


@dataclass(frozen=True)
class Page:
    """Some rows, newest first, and where the next page starts."""

    items: list[Any]
    next_cursor: str | None


@dataclass(frozen=True)
class Among:
    """Rows of which `columns` have one of these `values`; an index begins with the columns.

    Each of the values has its top rows looked up by itself. With plain conditions PostgreSQL takes
    columns for independent, and may walk everybody's rows by time to find a few of one person.
    `plain` conditions do where the rest of the query has an index that leaves few rows.
    """

    columns: Sequence[InstrumentedAttribute[Any]]
    values: Sequence[tuple[Any, ...]]
    plain: bool = False


def paginate(
    session: Session,
    query: Select[Any],
    order: Sequence[InstrumentedAttribute[Any]],
    cursor: str | None,
    limit: int,
    *,
    among: Among | None = None,
) -> Page:
    """One page of `query`, descending by the columns of `order`, which are unique together.

    It ends before `limit` when its rows are large, see `json_sizes.MOST_PAGE_BYTES`; the cursor goes on from there.
    With `among`, the last column of `order` is unique by itself.
    """
    after = position_of(cursor, order) if cursor else []
    items: list[Any] = []
    while True:
        n_rows = min(limit - len(items), ROWS_AT_A_TIME)
        rows = _rows(session, query, order, after, n_rows + 1, among)
        candidates = [*items, *rows[:n_rows]]
        items = within_bytes(candidates, size_of=_estimated_json_bytes)
        all_fit = len(items) == len(candidates)
        if all_fit and len(rows) <= n_rows:
            return Page(items, None)
        if not all_fit or len(items) == limit:
            return Page(items, cursor_after(items[-1], order))
        after = [getattr(items[-1], column.key) for column in order]


def _estimated_json_bytes(row: Base) -> int:
    """About how long a row is in an answer: its texts and documents, as far as they were loaded."""
    return sum(json_bytes(v) for v in vars(row).values() if isinstance(v, str | list | dict))


def _rows(
    session: Session,
    query: Select[Any],
    order: Sequence[InstrumentedAttribute[Any]],
    after: Sequence[Any],
    limit: int,
    among: Among | None,
) -> list[Any]:
    if among is not None:
        if not among.values:
            return []
        top = _plain_top if among.plain else _top
        tops = [top(query, order, after, among.columns, v, limit) for v in among.values]
        if len(tops) == 1:
            return list(session.scalars(tops[0]))
        ids = [each.with_only_columns(order[-1]) for each in tops]
        query, after = query.where(order[-1].in_(union_all(*ids))), ()
    return list(session.scalars(_first(query, order, after, limit)))


def _first(
    query: Select[Any],
    order: Sequence[InstrumentedAttribute[Any]],
    after: Sequence[Any],
    limit: int,
) -> Select[Any]:
    """The first rows behind a position."""
    if after:
        query = query.where(tuple_(*order) < tuple_(*after))
    return query.order_by(*(column.desc() for column in order)).limit(limit)


def _top(
    query: Select[Any],
    order: Sequence[InstrumentedAttribute[Any]],
    after: Sequence[Any],
    columns: Sequence[InstrumentedAttribute[Any]],
    values: tuple[Any, ...],
    limit: int,
) -> Select[Any]:
    """The first rows with these values.

    It is a range of one value in the order of the index, which no other index has: an equation
    would let PostgreSQL forget the column when it looks for that order.
    """
    whole = (*columns, *order)
    last = tuple_(*columns) <= tuple_(*values)
    upper = tuple_(*whole) < tuple_(*values, *after) if after else last
    query = query.where(tuple_(*columns) >= tuple_(*values), upper)
    return query.order_by(*(column.desc() for column in whole)).limit(limit)


def _plain_top(
    query: Select[Any],
    order: Sequence[InstrumentedAttribute[Any]],
    after: Sequence[Any],
    columns: Sequence[InstrumentedAttribute[Any]],
    values: tuple[Any, ...],
    limit: int,
) -> Select[Any]:
    """The first rows with these values, where any index that leaves few rows will do."""
    query = query.where(*(c == value for c, value in zip(columns, values, strict=True)))
    return _first(query, order, after, limit)


def cursor_after(row: Any, order: Sequence[InstrumentedAttribute[Any]]) -> str:
    """Where a list of this order goes on behind a row."""
    values = [getattr(row, column.key) for column in order]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def position_of(cursor: str, order: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    """The values of `order` that a list goes on behind; InvalidInput for what is no cursor of it."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(order):
            raise ValueError
        return [_as(c.type.python_type, v) for c, v in zip(order, values, strict=True)]
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidInput.at("cursor", "is not a cursor of this list") from error


def _as(kind: type, value: Any) -> Any:
    if kind is uuid.UUID and isinstance(value, str):
        return uuid.UUID(value)
    if kind is datetime.datetime:
        moment = datetime.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if kind is datetime.date and isinstance(value, str):
        return datetime.date.fromisoformat(value)
    if kind is int and type(value) is int and abs(value) < 2**63:
        return value
    raise ValueError
