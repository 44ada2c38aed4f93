"""The bytes of a CSV file, cut where a row ends, however quotes and line ends are written."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

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
        row = rb'(?:[^"\r\n]*+%b|%b(?:%b%b)*+%b)' % (end, cell, d, cell, end)
        self._row = re.compile(row)
        self._rows = re.compile(rb"(?:%b)*+" % row)

    def first(self, block: bytes) -> int:
        """Where the first row ends; 0 when it does not."""
        found = self._row.match(block)
        return found.end() if found else 0

    def last(self, block: bytes) -> int:
        """Where the last whole row ends; 0 when there is none."""
        if b'"' not in block:
            return max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
        found = self._rows.match(block)
        return found.end() if found else 0

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


def whole_rows(content: BinaryIO, ends: RowEnds, rest: bytes) -> Iterator[bytes]:
    """Blocks of whole rows: of `rest`, which was read already, and of what follows it.

    Raises
    ------
    BrokenRow
        When the rows so far were handed out and the next has no end.
    """
    while True:
        piece = content.read(BLOCK_BYTES)
        block = rest + piece if piece else _with_end(rest)
        end = ends.last(block)
        if end:
            yield block[:end]
        rest = block[end:]
        if rest and (not piece or (not end and len(rest) > LONGEST_ROW)):
            raise BrokenRow(ends.complaint(rest))
        if not piece:
            return


def _with_end(rest: bytes) -> bytes:
    """The last rows of a file, with the line end that the last of them may lack."""
    if not rest or rest.endswith(b"\n"):
        return rest
    return rest + b"\n"
