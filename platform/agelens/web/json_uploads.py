"""What a JSON file of people says beside its rows, found without keeping a row in memory."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import ijson
from ijson.common import ObjectBuilder

from agelens.domain.errors import InvalidInput
from agelens.tables.formats.json_events import (
    MOST_DIGITS,
    as_float,
    has_long_numbers,
    until_endless_number,
)

ROWS = "rows"
BOM = b"\xef\xbb\xbf"
BLANKS = b" \t\r\n"
CHUNK_BYTES = 64 * 1024
LONGEST_TEXT_BYTES = 1024 * 1024  # the parser keeps a text until it ends
MOST_EVENTS = 10_000  # of one option: a mapping of every column is far less
_DEEPER = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}

Event = tuple[str, Any]


def said_beside_rows(content: BinaryIO) -> dict[str, Any]:
    """The options of `{"rows": [...], options}`; none of a bare array, nor of what is not JSON: whoever
    reads the rows says near which of them it is none. Reads to the end and returns to the start.

    Raises
    ------
    InvalidInput
        For a text that would fill the memory, and for a name said twice.
    """
    found: dict[str, Any] = {}
    if _is_array(content):
        return found
    try:
        events = _events(content)
        if next(events)[0] == "start_map":
            for name, value in _members(events):
                if name in found:
                    raise InvalidInput.at(name, "is there more than once")
                found[name] = value
        for _ in events:
            pass  # what is wrong further down is said before anything is kept
    except (ijson.JSONError, ArithmeticError):  # of a power of ten that no Decimal has
        found = {}
    content.seek(0)
    return found


def _is_array(content: BinaryIO) -> bool:
    """Whether it begins as an array does; then nothing stands beside the rows."""
    opening = content.read(CHUNK_BYTES).removeprefix(BOM).lstrip(BLANKS)
    content.seek(0)
    return opening.startswith(b"[")


def _events(content: BinaryIO) -> Iterator[Event]:
    """The parser's events; a piece is read when those of the last one are used up."""
    events: list[Event] = ijson.sendable_list()
    parser = ijson.basic_parse_coro(events, use_float=not has_long_numbers(content))
    silent_bytes, bom, before = 0, BOM, b""
    while piece := content.read(CHUNK_BYTES):
        if until_endless_number(before, piece) != piece:
            raise ijson.JSONError
        before = piece[-MOST_DIGITS:]
        parser.send(piece.removeprefix(bom))
        bom = b""
        silent_bytes = 0 if events else silent_bytes + len(piece)
        if silent_bytes > LONGEST_TEXT_BYTES:
            raise InvalidInput.at("file", "has a text of more than a mebibyte")
        yield from events
        events.clear()
    parser.close()  # raises IncompleteJSONError
    yield from events


def _members(events: Iterator[Event]) -> Iterator[tuple[str, Any]]:
    for kind, name in events:
        if kind == "end_map":
            return
        if name == ROWS:
            _pass_by(events)
        else:
            yield name, _value(name, events)


def _pass_by(events: Iterator[Event]) -> None:
    depth = 0
    for kind, _ in events:
        depth += _DEEPER.get(kind, 0)
        if depth == 0:
            return


def _value(name: str, events: Iterator[Event]) -> Any:
    builder, depth = ObjectBuilder(), 0
    for number, (kind, value) in enumerate(events):
        if number > MOST_EVENTS:
            raise InvalidInput.at(name, "is too long")
        builder.event(kind, as_float(value) if isinstance(value, Decimal) else value)
        depth += _DEEPER.get(kind, 0)
        if depth == 0:
            break
    return builder.value
