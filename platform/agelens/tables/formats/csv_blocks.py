"""Split the bytes of a CSV file at row ends, for any quoting and line endings."""

import csv
import io
import re
from collections.abc import Iterator
from functools import cached_property
from typing import BinaryIO

import numpy as np

BLOCK_BYTES = 1024 * 1024
LONGEST_ROW = 1024 * 1024


class BrokenRow(Exception):
    """The next row has no end; the text says why."""


class RowEnds:
    """Where rows end in bytes of this delimiter, as csv.reader with strict=True sees it."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        d = re.escape(delimiter.encode())
        # a quote opens at the start of a cell only, and only a delimiter or a line end follows it
        cell = rb'(?:"(?:[^"]++|"")*+"|[^"\r\n%b][^\r\n%b]*+|)' % (d, d)
        # at the very end \r may be half of \r\n
        end = rb"(?:\r\n|\n|\r(?!\Z))"
        self._pattern = rb'(?:[^"\r\n]*+%b|%b(?:%b%b)*+%b)' % (end, cell, d, cell, end)
        self._row = re.compile(self._pattern)

    @cached_property  # of the delimiters that are tried, one or none needs it
    def _rows(self) -> re.Pattern[bytes]:
        # atomic: before Python 3.11.5 `*+` went on from where a row broke off (CPython gh-106052)
        return re.compile(rb"(?:(?>%b))*+" % self._pattern)

    def first(self, block: bytes, start: int = 0) -> int:
        """Where the first row from `start` on ends; 0 when it does not."""
        match = self._row.match(block, start)
        return match.end() if match else 0

    def last(self, block: bytes) -> int:
        """Where the last whole row ends; 0 when there is none."""
        quotes = np.flatnonzero(np.frombuffer(block, np.uint8) == ord('"'))
        if not quotes.size:
            return _last_line_end(block, len(block))
        if self.stand_about_cells(block, quotes):
            return _last_outside(block, quotes)
        match = self._rows.match(block)
        return match.end() if match else 0

    def stand_about_cells(self, block: bytes, quotes: np.ndarray) -> bool:
        """Whether every other quote opens a cell or is written twice, and the next ends either.

        Then a byte is inside quotes where the number of quotes before it is odd.
        """
        codes = np.frombuffer(block, np.uint8)
        outside = np.zeros(256, bool)
        outside[list(b"\r\n" + self.delimiter.encode())] = True
        opens, closes = quotes[::2], quotes[1::2]
        doubled = np.zeros(opens.size, bool)
        doubled[1:] = opens[1:] == closes[: opens.size - 1] + 1
        # the block begins and ends outside
        before = outside[codes[opens - 1]] | doubled
        before[:1] |= opens[:1] == 0
        after = outside[codes[np.minimum(closes + 1, len(block) - 1)]]
        after[-1:] |= closes[-1:] == len(block) - 1
        after[: opens.size - 1] |= doubled[1:]
        return bool(before.all() and after.all())

    def complaint(self, block: bytes) -> str:
        """What is wrong with the row that begins here."""
        reader = self.reader(block.decode("utf-8", "replace"))
        try:
            next(reader)
        except csv.Error as error:
            if "expected after" in str(error):
                return "text follows a closing quote; inside quotes, a quote is written twice"
            if len(block) < LONGEST_ROW:
                return "a quote is opened and never closed"
        return "a quote is opened and never closed, or the row is longer than a mebibyte"

    def reader(self, text: str) -> Iterator[list[str]]:
        """The rows of a text."""
        return csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True)


def _last_outside(block: bytes, quotes: np.ndarray) -> int:
    """Where the last line end outside quotes ends; 0 when there is none."""
    limit = len(block)
    while end := _last_line_end(block, limit):
        n_before = int(np.searchsorted(quotes, end))
        if n_before % 2 == 0:
            return end
        limit = int(quotes[n_before - 1])
    return 0


def _last_line_end(block: bytes, limit: int) -> int:
    # a \r at the very end may be half of \r\n
    return max(block.rfind(b"\n", 0, limit), block.rfind(b"\r", 0, min(limit, len(block) - 1))) + 1


def whole_rows(content: BinaryIO, ends: RowEnds, unread_bytes: bytes) -> Iterator[bytes]:
    """Blocks of whole rows: of `unread_bytes`, which was read already, and of what follows it.

    Raises
    ------
    BrokenRow
        When the rows so far were handed out and the next has no end.
    """
    while True:
        piece = content.read(BLOCK_BYTES)
        block = unread_bytes + piece if piece else _with_end(unread_bytes)
        end = ends.last(block)
        if end:
            yield block[:end]
        unread_bytes = block[end:]
        if unread_bytes and (not piece or (not end and len(unread_bytes) > LONGEST_ROW)):
            raise BrokenRow(ends.complaint(unread_bytes))
        if not piece:
            return


def _with_end(last_bytes: bytes) -> bytes:
    """The last rows of a file, with the line end that the last of them may lack."""
    if not last_bytes or last_bytes.endswith(b"\n"):
        return last_bytes
    return last_bytes + b"\n"
