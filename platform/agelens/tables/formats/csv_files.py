"""Read CSV in parts: every cell is text, and every line keeps its row number."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from agelens.tables.formats.csv_blocks import BLOCK_BYTES, BrokenRow, RowEnds, whole_rows
from agelens.tables.formats.csv_header import find_header, not_utf8
from agelens.tables.formats.csv_lines import IntArray, lines_of
from agelens.tables.formats.file_header import FileHeader, unreadable
from agelens.tables.formats.parts import FAULT, PART_ROWS, Tables, column_names, fault_message

BOM = b"\xef\xbb\xbf"
_BLANK_LINES = (b"\n\r", b"\r\r")


def read_csv(content: BinaryIO, header: FileHeader) -> Tables:
    """The rows as tables of a part's columns; lines that are none have a `fault`.

    Blank lines at the end of the file are nothing.

    Raises
    ------
    InvalidInput
        If it is not text in UTF-8, its quotes do not match, or its header names no columns.
    """
    opening = content.read(BLOCK_BYTES).removeprefix(BOM)
    if not opening.strip():
        raise unreadable("holds nothing but blank lines")
    if len(opening) < BLOCK_BYTES - len(BOM) and not opening.endswith(b"\n"):
        opening += b"\n"
    found = find_header(opening, header.layout.header_row)
    header.notes += found.notes
    header.add(found.names)
    ends, rest = found.ends, opening[found.end :]
    reader = _BlockReader(ends, len(header))
    try:
        for block in whole_rows(content, ends, rest):
            yield from reader.read(block)
    except BrokenRow as error:
        raise unreadable(f"row {reader.next_row:,}: {error}") from error


class _BlockReader:
    """Reads one block after the other, and counts rows."""

    def __init__(self, ends: RowEnds, n_columns: int) -> None:
        self._n_rows = 0
        self._ends = ends
        self._n_columns = n_columns
        self._n_blank = 0  # lines that are rows only if something follows
        self._names = column_names(n_columns)
        self._no_rows = pa.table([pa.nulls(0, pa.string())] * n_columns, names=self._names)

    @property
    def next_row(self) -> int:
        """The number of the row that follows, as people count."""
        return self._n_rows + self._n_blank + 1

    def read(self, block: bytes) -> Iterator[pa.Table]:
        """The rows of a block; blank lines at its end come with the next one, if there is one."""
        if not block.strip(b"\r\n"):
            # a \r\n is one line end
            self._n_blank += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            return
        text = self._checked(block)
        rows = None if _has_blank_lines(block) else self._read_plain(block)
        if rows is not None:
            yield from self._blank_rows()
            self._n_rows += len(rows)
            yield rows.append_column(FAULT, pa.nulls(len(rows), pa.string()))
            return
        for n_cells, some in self._read_any(block, text):
            yield from self._in_places(n_cells, some)

    def _read_plain(self, block: bytes) -> pa.Table | None:
        """The rows, if all are as long as the header."""
        quoted = b'"' in block
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(block),
                pyarrow.csv.ReadOptions(
                    use_threads=False, block_size=len(block) + 1, column_names=self._names
                ),
                pyarrow.csv.ParseOptions(delimiter=self._ends.delimiter, newlines_in_values=quoted),
                pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(self._names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        except pa.ArrowInvalid:
            return None
        return table

    def _read_any(self, block: bytes, text: str) -> Iterator[tuple[IntArray, pa.Table]]:
        """How many cells each line has, and the rows among them."""
        lines = lines_of(block, self._ends)
        if lines is None:
            yield from self._read_one_by_one(text)
            return
        is_row = lines.n_cells == self._n_columns
        rows = self._read_plain(lines.chosen(is_row)) if is_row.any() else self._no_rows
        if rows is not None and len(rows) == np.count_nonzero(is_row):
            yield lines.n_cells, rows
        else:
            yield from self._read_one_by_one(text)

    def _read_one_by_one(self, text: str) -> Iterator[tuple[IntArray, pa.Table]]:
        """As `_read_any`, of any quoting; some at a time, so that who has seen enough can stop."""
        reader = self._ends.reader(text)
        try:
            while lines := list(islice(reader, PART_ROWS)):
                n_cells = np.fromiter(map(len, lines), np.int64, len(lines))
                yield n_cells, self._table([c for c in lines if len(c) == self._n_columns])
        except csv.Error as error:
            raise unreadable(f"near row {self.next_row:,}: {error}") from error

    def _table(self, rows: Sequence[list[str]]) -> pa.Table:
        if not rows:
            return self._no_rows
        columns = [
            pa.array([cell or None for cell in column], pa.string())
            for column in zip(*rows, strict=True)
        ]
        return pa.table(columns, names=self._names)

    def _in_places(self, n_cells: IntArray, rows: pa.Table) -> Iterator[pa.Table]:
        """All lines, some at a time: the rows, and those of another length, which are blank and at fault."""
        filled = np.flatnonzero(n_cells)
        n_lines = int(filled[-1]) + 1 if filled.size else 0
        if n_lines:
            yield from self._blank_rows()
        first_row = 0
        for first in range(0, n_lines, PART_ROWS):
            some = n_cells[first : min(first + PART_ROWS, n_lines)]
            length = int(np.count_nonzero(some == self._n_columns))
            self._n_rows += len(some)
            yield self._placed(some, rows.slice(first_row, length))
            first_row += length
        self._n_blank += len(n_cells) - n_lines

    def _placed(self, n_cells: IntArray, rows: pa.Table) -> pa.Table:
        is_row = n_cells == self._n_columns
        if len(rows) == len(n_cells):
            columns = rows.columns
        elif len(rows):
            columns = rows.take(pa.array(np.cumsum(is_row) - 1, mask=~is_row)).columns
        else:  # of no type, they take no room, however many columns there are
            columns = [pa.nulls(len(n_cells))] * self._n_columns
        faults = _faults(n_cells, self._n_columns)
        return pa.table([*columns, faults], names=[*self._names, FAULT])

    def _blank_rows(self) -> Iterator[pa.Table]:
        """The blank lines before this row are rows after all."""
        while self._n_blank:
            length = min(self._n_blank, PART_ROWS)
            self._n_blank -= length
            self._n_rows += length
            yield self._placed(np.zeros(length, np.int64), self._no_rows)

    def _checked(self, block: bytes) -> str:
        row = self.next_row
        if b"\0" in block:
            raise unreadable(f"near row {row:,}: holds NUL bytes, so it is no text")
        try:
            return block.decode()
        except UnicodeDecodeError as error:
            before = block[: error.start].decode() + "?"  # stands for what cannot be read
            lines = csv.reader(io.StringIO(before, newline=""), delimiter=self._ends.delimiter)
            raise not_utf8(f"row {row - 1 + sum(1 for _ in lines):,}") from error


def _has_blank_lines(block: bytes) -> bool:
    """Whether there may be some; inside quotes, too."""
    if block[:1] in b"\r\n" or b"\n\n" in block:
        return True
    # to look for one byte is much faster than for two, and most files have none
    return b"\r" in block and any(each in block for each in _BLANK_LINES)


def _faults(n_cells: IntArray, n_columns: int) -> pa.Array:
    """Of lines with so many cells, why they are no rows; each message is made once."""
    lengths, which = np.unique(n_cells, return_inverse=True)
    messages = [None if n == n_columns else fault_message(n, n_columns) for n in lengths.tolist()]
    return pa.array(messages, pa.string()).take(pa.array(which))
