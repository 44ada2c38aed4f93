"""Read CSV in parts: cells are text, but for asked columns of plain numbers; lines keep their row numbers."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from agelens.tables.formats.csv_blocks import BLOCK_BYTES, BrokenRow, RowEnds, whole_rows
from agelens.tables.formats.csv_header import find_header, not_utf8
from agelens.tables.formats.csv_lines import IntArray, lines_of
from agelens.tables.formats.encoding import changed
from agelens.tables.formats.file_header import FileHeader, unreadable
from agelens.tables.formats.number_parts import RowBlock, number_parts
from agelens.tables.formats.parts import (
    PART_ROWS,
    ROW_ERROR_COLUMN,
    Tables,
    no_row_errors,
    part_column_names,
    part_table,
    row_error_message,
)
from agelens.tables.typed_cells import MISSING

BOM = b"\xef\xbb\xbf"
_MISSING = MISSING.to_pylist()
_BLANK_LINES = (b"\n\n", b"\n\r", b"\r\r")


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
    csv_header = find_header(opening, header.layout.header_row)
    header.notes += csv_header.notes
    header.opening = csv_header.opening
    header.add(csv_header.names)
    ends, after_header = csv_header.ends, opening[csv_header.end :]
    numbers = header.numbers
    reader = _BlockReader(ends, len(header), numbers.indices(header.names) if numbers else ())
    try:
        row_blocks = (
            rows for block in whole_rows(content, ends, after_header) for rows in reader.read(block)
        )
        if numbers is None:
            yield from (rows.table for rows in row_blocks)
        else:
            yield from number_parts(row_blocks, len(header), numbers.part_rows)
    except BrokenRow as error:
        raise unreadable(f"row {reader.next_row:,}: {error}") from error


class _BlockReader:
    """Reads one block after the other, and counts rows."""

    def __init__(self, ends: RowEnds, n_columns: int, numbers: Collection[int] = ()) -> None:
        self._n_rows = 0
        self._ends = ends
        self._n_columns = n_columns
        self._n_blank = 0  # lines that are rows only if something follows
        self._names = part_column_names(n_columns)
        self._numbers = [self._names[index] for index in sorted(numbers)]
        self._no_rows = pa.table([pa.nulls(0, pa.string())] * n_columns, names=self._names)

    @property
    def next_row(self) -> int:
        """The number of the row that follows, as people count."""
        return self._n_rows + self._n_blank + 1

    def read(self, block: bytes) -> Iterator[RowBlock]:
        """The rows of a block; blank lines at its end come with the next one, if there is one."""
        if block[:1] in (b"\r", b"\n") and not block.strip(b"\r\n"):
            # a \r\n is one line end
            self._n_blank += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            return
        self._check(block)
        rows = None if _has_blank_lines(block) else self._read_whole(block)
        if rows is not None:
            yield from map(RowBlock, self._blank_rows())
            self._n_rows += len(rows.table)
            yield rows
            return
        for n_cells, table in self._read_any(block):
            yield from map(RowBlock, self._with_row_errors(n_cells, table))

    def _read_whole(self, block: bytes) -> RowBlock | None:
        """The rows, if all are as long as the header; with numbers where all cells of them are some."""
        if self._numbers and (rows := self._read_numbers(block)) is not None:
            return RowBlock(_with_no_row_errors(rows), partial(self._read_again, block), len(block))
        rows = self._read_plain(block)
        return None if rows is None else RowBlock(_with_no_row_errors(rows))

    def _read_again(self, block: bytes) -> pa.Table:
        rows = self._read_plain(block)
        if rows is None:
            raise ValueError("a block of numbers is a block of text")
        return _with_no_row_errors(rows)

    def _read_plain(self, block: bytes) -> pa.Table | None:
        """The rows as text, if all are as long as the header."""
        types = dict.fromkeys(self._names, pa.string())
        return self._converted(block, types, strings_can_be_null=True, null_values=[""])

    def _read_numbers(self, block: bytes) -> pa.Table | None:
        """As `_read_plain`, with all columns of numbers as such; None if a cell of them is no plain one."""
        types = dict.fromkeys(self._names, pa.string()) | dict.fromkeys(self._numbers, pa.float64())
        # words for a missing number may be somebody's name in a column of text
        rows = self._converted(block, types, strings_can_be_null=False, null_values=_MISSING)
        if rows is None or not all(_are_finite(rows.column(name)) for name in self._numbers):
            return None
        return changed(rows, pa.types.is_string, _without_blanks)

    def _converted(
        self,
        block: bytes,
        types: dict[str, pa.DataType],
        *,
        strings_can_be_null: bool,
        null_values: list[str],
    ) -> pa.Table | None:
        try:
            return pyarrow.csv.read_csv(
                pa.BufferReader(block),
                pyarrow.csv.ReadOptions(
                    use_threads=False, block_size=len(block) + 1, column_names=self._names
                ),
                # in a single block line ends inside quotes need no second look for where it ends
                pyarrow.csv.ParseOptions(delimiter=self._ends.delimiter, newlines_in_values=False),
                pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=types,
                    strings_can_be_null=strings_can_be_null,
                    null_values=null_values,
                ),
            )
        except pa.ArrowInvalid:
            return None

    def _read_any(self, block: bytes) -> Iterator[tuple[IntArray, pa.Table]]:
        """How many cells each line has, and the rows among them."""
        lines = lines_of(block, self._ends)
        if lines is None:
            yield from self._read_one_by_one(block)
            return
        is_row = lines.n_cells == self._n_columns
        rows = self._read_plain(lines.chosen(is_row)) if is_row.any() else self._no_rows
        if rows is not None and len(rows) == np.count_nonzero(is_row):
            yield lines.n_cells, rows
        else:
            yield from self._read_one_by_one(block)

    def _read_one_by_one(self, block: bytes) -> Iterator[tuple[IntArray, pa.Table]]:
        """As `_read_any`, of any quoting; some at a time, so that who has seen enough can stop."""
        reader = self._ends.reader(block.decode())
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

    def _with_row_errors(self, n_cells: IntArray, rows: pa.Table) -> Iterator[pa.Table]:
        """All lines, some at a time: the rows, and those of another length, which are blank and at fault."""
        filled = np.flatnonzero(n_cells)
        n_lines = int(filled[-1]) + 1 if filled.size else 0
        if n_lines:
            yield from self._blank_rows()
        first_row = 0
        for first in range(0, n_lines, PART_ROWS):
            part_cells = n_cells[first : min(first + PART_ROWS, n_lines)]
            length = int(np.count_nonzero(part_cells == self._n_columns))
            self._n_rows += len(part_cells)
            yield self._part(part_cells, rows.slice(first_row, length))
            first_row += length
        self._n_blank += len(n_cells) - n_lines

    def _part(self, n_cells: IntArray, rows: pa.Table) -> pa.Table:
        is_row = n_cells == self._n_columns
        if len(rows) == len(n_cells):
            columns = rows.columns
        elif len(rows):
            columns = rows.take(pa.array(np.cumsum(is_row) - 1, mask=~is_row)).columns
        else:  # of no type, they take no room, however many columns there are
            columns = [pa.nulls(len(n_cells))] * self._n_columns
        return part_table(columns, _row_errors(n_cells, self._n_columns))

    def _blank_rows(self) -> Iterator[pa.Table]:
        """The blank lines before this row are rows after all."""
        while self._n_blank:
            length = min(self._n_blank, PART_ROWS)
            self._n_blank -= length
            self._n_rows += length
            yield self._part(np.zeros(length, np.int64), self._no_rows)

    def _check(self, block: bytes) -> None:
        row = self.next_row
        if b"\0" in block:
            raise unreadable(f"near row {row:,}: holds NUL bytes, so it is no text")
        if block.isascii():  # a quarter of the time that decoding takes
            return
        try:
            block.decode()
        except UnicodeDecodeError as error:
            before = block[: error.start].decode() + "?"  # stands for what cannot be read
            lines = csv.reader(io.StringIO(before, newline=""), delimiter=self._ends.delimiter)
            raise not_utf8(f"row {row - 1 + sum(1 for _ in lines):,}") from error


def _with_no_row_errors(rows: pa.Table) -> pa.Table:
    return rows.append_column(ROW_ERROR_COLUMN, no_row_errors(len(rows)))


def _are_finite(numbers: pa.ChunkedArray) -> bool:
    return pc.all(pc.is_finite(numbers)).as_py() is not False


def _without_blanks(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _has_blank_lines(block: bytes) -> bool:
    """Whether there may be some; inside quotes, too."""
    if block[:1] in b"\r\n":
        return True
    # to look for one byte is much faster than for two, and most files have no \r
    if b"\r" in block:
        return any(ends in block for ends in _BLANK_LINES)
    feeds = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    return bool((np.diff(feeds) == 1).any())


def _row_errors(n_cells: IntArray, n_columns: int) -> pa.Array:
    """Of lines with so many cells, why they are no rows; each message is made once."""
    lengths, which = np.unique(n_cells, return_inverse=True)
    messages = [
        None if n == n_columns else row_error_message(n, n_columns) for n in lengths.tolist()
    ]
    return pa.array(messages, pa.string()).take(pa.array(which))
