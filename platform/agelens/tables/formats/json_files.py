"""Read JSON and NDJSON in parts: an array of objects, alone or as `rows`, or one a line."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

import ijson
import numpy as np
import orjson
import pyarrow as pa

from agelens.domain.duplicate_json_keys import repeated_key
from agelens.domain.single_answer import printable
from agelens.tables.formats.cell_text import NESTED, numbers_or_text
from agelens.tables.formats.file_header import RECORDS, FileHeader, unreadable
from agelens.tables.formats.json_events import (
    LONG_NUMBER,
    Event,
    Events,
    Lines,
    Source,
    as_float,
    has_digits,
)
from agelens.tables.formats.json_members import JsonFile, pass_by
from agelens.tables.formats.parts import (
    MOST_FAULTS,
    PART_ROWS,
    Tables,
    part_table,
    row_error_message,
)

LARGEST_TABLE = 8 * 1024 * 1024  # bytes of the file: objects in memory take several times as many
# of a file whose rows have few of its columns: each cell takes a moment, also an absent one
CELLS_ANYWAY, CELLS_PER_BYTE = 20_000_000, 25
SPARSE = 4  # cells for each member, from which on only those that there are are looked at
_BLANK = row_error_message(0, 0)
_EMPTY = "is an object without members"
_NO_OBJECT = "is not an object"
_NOT_ROWS = f"must be an array of row objects, or an object with such an array as rows{RECORDS}"
_OPEN, _CLOSE = ("start_map", "start_array"), ("end_map", "end_array")

Row = dict[str, Any] | str  # of a line that is no row: why


def read_json(content: BinaryIO, header: FileHeader) -> Tables:
    """The rows as tables of a part's columns; `header` grows with every new key.

    A `JsonFile` gets the members beside the rows; of any other file they are passed by.

    Raises
    ------
    InvalidInput
        If it is not JSON, or not rows; of a `JsonFile` also for what is wrong with a member.
    """
    events = Events(content)
    try:
        yield from _tables(_rows(events), events, header)
    except ijson.JSONError as error:
        raise unreadable(f"near row {events.n_rows + 1:,}: {_message(error)}") from error


def read_ndjson(content: BinaryIO, header: FileHeader) -> Tables:
    """As `read_json`, of a file with one object a line; other lines have a `fault`."""
    lines = Lines(content)
    yield from _tables(_objects(lines), lines, header)


def _tables(rows: Iterator[Row], source: Source, header: FileHeader) -> Iterator[pa.Table]:
    held: list[Row] = []
    for row in rows:
        held.append(row)
        source.end_row()
        if len(held) == PART_ROWS or source.table_bytes > LARGEST_TABLE:
            yield _checked(_table(held, header), source, header)
            held, source.table_bytes = [], 0
    if held:
        yield _checked(_table(held, header), source, header)


def _checked(table: pa.Table, source: Source, header: FileHeader) -> pa.Table:
    """The table; InvalidInput when rows that name few of very many columns would fill the time."""
    most = CELLS_ANYWAY + CELLS_PER_BYTE * source.all_bytes
    if source.n_rows * len(header) > most:
        raise unreadable(
            f"near row {source.n_rows:,}: its rows have few of its {len(header):,} columns, which makes "
            f"more than {most:,} cells; leave out columns that no clock needs"
        )
    return table


def _table(rows: Sequence[Row], header: FileHeader) -> pa.Table:
    objects = [{} if isinstance(row, str) else row for row in rows]
    for row_object in objects:
        header.add_new(row_object)
    n_members = sum(map(len, objects))
    sparse = n_members * SPARSE < len(rows) * len(header)
    columns = (_sparse_columns if sparse else _columns)(objects, header.names)
    row_errors = pa.array([row if isinstance(row, str) else None for row in rows], pa.string())
    return part_table(columns, row_errors)


def _columns(objects: Sequence[dict[str, Any]], names: Sequence[str]) -> list[pa.Array]:
    return [numbers_or_text([row_object.get(name) for row_object in objects]) for name in names]


def _sparse_columns(objects: Sequence[dict[str, Any]], names: Sequence[str]) -> list[pa.Array]:
    """As `_columns`, in a time that goes by the members that there are."""
    members: dict[str, dict[int, Any]] = {}
    for row, row_object in enumerate(objects):
        for name, value in row_object.items():
            members.setdefault(name, {})[row] = value
    absent = pa.nulls(len(objects))
    return [_spread(members[n], len(objects)) if n in members else absent for n in names]


def _spread(values: dict[int, Any], n_rows: int) -> pa.Array:
    indices = np.zeros(n_rows, np.int64)
    is_absent = np.ones(n_rows, bool)
    rows = list(values)
    indices[rows] = np.arange(len(rows))
    is_absent[rows] = False
    return numbers_or_text(list(values.values())).take(pa.array(indices, mask=is_absent))


def _rows(events: Events) -> Iterator[Row]:
    """The elements of the array at the top, or of the member `rows` of the object there."""
    stream = iter(events)
    kind, _ = next(stream)
    if kind == "start_array":
        yield from _elements(stream)
    elif kind == "start_map":
        yield from _rows_member(events, stream)
    else:
        raise unreadable(_NOT_ROWS)
    for _ in stream:
        pass  # what is wrong behind them makes a file wrong, too


def _rows_member(events: Events, stream: Iterator[Event]) -> Iterator[Row]:
    has_rows = False
    events.pass_to(beside_rows=True)
    for kind, name in stream:
        if kind == "end_map":
            break
        if name == "rows":
            kind, _ = next(stream)
            if has_rows or kind != "start_array":
                raise unreadable("has rows more than once" if has_rows else _NOT_ROWS)
            has_rows = True
            events.pass_to(beside_rows=False)
            yield from _elements(stream)
            events.pass_to(beside_rows=True)
        elif isinstance(events.content, JsonFile):
            events.content.keep(name, stream)
        else:
            pass_by(stream)
    if not has_rows:
        raise unreadable(_NOT_ROWS)


def _elements(stream: Iterator[Event]) -> Iterator[Row]:
    for kind, _ in stream:
        if kind == "start_map":
            yield _object(stream) or _EMPTY
        elif kind == "end_array":
            return
        else:
            if kind == "start_array":
                _skip(stream)
            yield _NO_OBJECT


def _object(stream: Iterator[Event]) -> Row:
    row: dict[str, Any] = {}
    name, row_error = "", ""
    for kind, value in stream:
        if kind == "map_key":
            name = value
            if name in row:
                row_error = row_error or _has_twice(name)
        elif kind == "end_map":
            break
        elif kind in _OPEN:
            _skip(stream)
            row[name] = NESTED
        else:
            row[name] = as_float(value) if type(value) is Decimal else value
    return row_error or row


def _skip(stream: Iterator[Event]) -> None:
    """Pass by the rest of a list or an object that was entered."""
    depth = 1
    for kind, _ in stream:
        if kind in _OPEN:
            depth += 1
        elif kind in _CLOSE:
            depth -= 1
            if depth == 0:
                return


def _objects(lines: Lines) -> Iterator[Row]:
    n_blank = 0
    for line in lines:
        if not line.strip():
            n_blank += 1
            if n_blank > MOST_FAULTS:
                raise unreadable(
                    f"more than {MOST_FAULTS:,} blank lines follow row {lines.n_rows:,}"
                )
            lines.row_bytes = 0
            continue
        for _ in range(n_blank):
            yield _BLANK
        n_blank = 0
        yield _parsed(line, lines.n_rows + 1)


def _parsed(line: bytes, number: int) -> Row:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        if number == 1:
            raise unreadable(f"line 1 is not JSON: {error}") from error
        return f"is not JSON: {error}"
    if not isinstance(row, dict):
        return _NO_OBJECT
    # a colon in a text only costs a second look
    if line.count(b":") > len(row) and (repeated := repeated_key(line)):
        return _has_twice(repeated[-1])
    return (_with_every_digit(line) if has_digits(line, LONG_NUMBER) else row) or _EMPTY


def _has_twice(name: str) -> str:
    return f'has "{printable(name)}" more than once'


def _with_every_digit(line: bytes) -> Row:
    """As orjson reads it, but for long whole numbers, which it makes floats: they may be names."""
    try:
        row: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError):
        return "has a number that is too long; write long identifiers as text"
    return row


def _message(error: ijson.JSONError) -> str:
    """The parser's first line; what follows shows the place."""
    cause = error.args[0] if error.args else ""
    text = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
    message = (text.strip() or "it ends too early").splitlines()[0].strip()
    hint = " A missing number is null, not NaN." if "invalid char" in message else ""
    return f"is not JSON: {message}{hint}"
