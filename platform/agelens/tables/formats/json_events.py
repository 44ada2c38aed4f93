"""Streaming JSON parser with a size limit for each row."""

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import ijson

from agelens.tables.formats.file_header import unreadable
from agelens.tables.formats.parts import LONGEST_ROW

PIECE_BYTES = 64 * 1024
BOM = b"\xef\xbb\xbf"

LONG_NUMBER = 19  # digits of the shortest that may not fit into 64 bits
MOST_DIGITS = 4_000  # Python makes no int of a few more
_DIGITS_AS_ZEROS = bytes(ord("0" if chr(code) in "0123456789" else " ") for code in range(256))

Event = tuple[str, Any]


class Source:
    """Counts what was read of a file since marks that its reader sets."""

    def __init__(self, content: BinaryIO) -> None:
        self.content = content
        self.n_rows = 0
        self.row_bytes = 0
        self.table_bytes = 0
        self.all_bytes = 0
        self._beside_rows = False

    def count(self, n_bytes: int) -> None:
        """Note that bytes were read; InvalidInput when they are too many for one row."""
        self.row_bytes += n_bytes
        self.table_bytes += n_bytes
        self.all_bytes += n_bytes
        if self.row_bytes > LONGEST_ROW + PIECE_BYTES:
            what = (
                "what stands beside its rows" if self._beside_rows else f"row {self.n_rows + 1:,}"
            )
            raise unreadable(f"{what} is longer than a mebibyte")

    def pass_to(self, *, beside_rows: bool) -> None:
        """Note that the rows begin or end: what stands beside them has a limit of its own."""
        self._beside_rows = beside_rows
        self.row_bytes = 0

    def end_row(self) -> None:
        """Note that a row is complete."""
        self.n_rows += 1
        self.row_bytes = 0


class Events(Source):
    """The parser's events, piece by piece of the file; it never builds anything nested.

    Whole numbers have every digit, others are floats or Decimals.
    """

    def __iter__(self) -> Iterator[Event]:
        events: list[Event] = ijson.sendable_list()
        parser = ijson.basic_parse_coro(events, use_float=not has_long_numbers(self.content))
        wrong: ijson.JSONError | None = None
        bom, before = BOM, b""
        while wrong is None:
            piece = self.content.read(PIECE_BYTES).removeprefix(bom)
            bom = b""
            self.count(len(piece))
            fit = until_endless_number(before, piece)
            before = piece[-MOST_DIGITS:]
            try:
                parser.send(fit) if piece else parser.close()
                wrong = (
                    None
                    if fit == piece
                    else ijson.JSONError(f"{MOST_DIGITS:,} digits side by side")
                )
            except ijson.JSONError as error:
                wrong = error  # after what came before it
            except ArithmeticError:  # of a power of ten that no Decimal has
                wrong = ijson.JSONError("a number is too large")
            except UnicodeError:  # half of a pair, such as \\udfff
                wrong = ijson.JSONError("a text has characters that are none")
            yield from events
            events.clear()
            if not piece:
                break
        if wrong is not None:
            raise wrong


def has_digits(text: bytes, n_digits: int) -> bool:
    """Whether so many stand side by side; some fifty times as quick as a pattern."""
    return b"0" * n_digits in text.translate(_DIGITS_AS_ZEROS)


def has_long_numbers(content: BinaryIO) -> bool:
    """Whether a file may have whole numbers that do not fit into 64 bits.

    With `use_float` the parser takes them for errors of the whole file; without, it gives Decimals
    and takes half as long again.
    """
    before = b""
    try:
        while piece := content.read(PIECE_BYTES):
            if has_digits(before + piece, LONG_NUMBER):
                return True
            before = piece[-LONG_NUMBER:]
    finally:
        content.seek(0)
    return False


def until_endless_number(before: bytes, piece: bytes) -> bytes:
    """The part of a piece that can be given to the parser, which breaks down over a number without end."""
    if not has_digits(before + piece, MOST_DIGITS):
        return piece
    value = (before + piece).translate(_DIGITS_AS_ZEROS).find(b"0" * MOST_DIGITS)
    return piece[: max(0, value - len(before))]


def as_float(number: Decimal) -> float:
    """As the parser makes it with `use_float`."""
    value = float(number)
    if math.isinf(value):
        raise ijson.JSONError("a number is too large")
    return value


class Lines(Source):
    """Line by line."""

    def __iter__(self) -> Iterator[bytes]:
        while line := self.content.readline(LONGEST_ROW + 2 * PIECE_BYTES):
            self.count(len(line))
            yield line.removeprefix(BOM) if self.n_rows == 0 else line
