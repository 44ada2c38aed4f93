"""Tables of any length go in, files of equal length come out."""

from typing import BinaryIO

import pyarrow as pa

from agelens.services.cohorts.cells import as_text
from agelens.services.cohorts.file_header import FileHeader, unreadable
from agelens.storage.files import Files

PART_ROWS = 10_000
LARGEST_PART = 256 * 1024**2  # bytes: whoever reads a part has it in memory
FAULT = "fault"


def part_name(cohort_id: object, number: int) -> str:
    """Where a part is kept."""
    return f"cohorts/{cohort_id}/parts/{number:05}.arrow"


def column_names(n_columns: int) -> list[str]:
    """What the columns of a part are called: their own names may be anything."""
    return [f"c{place}" for place in range(n_columns)]


class PartWriter:
    """Writes parts of `PART_ROWS` rows; only the last is shorter."""

    def __init__(self, files: Files, cohort_id: object, header: FileHeader, most_rows: int) -> None:
        self.n_rows = 0
        self._files = files
        self._cohort_id = cohort_id
        self._header = header
        self._most_rows = most_rows
        self._held: list[pa.Table] = []
        self._n_held = 0
        self._held_bytes = 0
        self._widths: list[int] = []

    @property
    def n_parts(self) -> int:
        """As many as were written."""
        return len(self._widths)

    def add(self, table: pa.Table) -> None:
        """Take further rows: columns `c0`, `c1`, ... and `fault`.

        Raises
        ------
        InvalidInput
            If there are too many rows, or they are too long.
        """
        self.n_rows += len(table)
        if self.n_rows > self._most_rows:
            raise unreadable(f"has more than {self._most_rows:,} rows")
        self._held.append(table)
        self._n_held += len(table)
        self._held_bytes += table.nbytes
        if self._held_bytes > LARGEST_PART:
            raise unreadable(f"near row {self.n_rows:,}: the rows are too long")
        while self._n_held >= PART_ROWS:
            self._write(PART_ROWS)

    def finish(self) -> None:
        """Write what is left, and put columns that came up late into the parts before them."""
        if self._n_held:
            self._write(self._n_held)
        for number, width in enumerate(self._widths):
            if width < len(self._header):
                self._widen(number)

    def _write(self, length: int) -> None:
        rows = _stacked(self._held, len(self._header))
        self._keep(len(self._widths), rows.slice(0, length))
        self._widths.append(len(self._header))
        self._held = [rows.slice(length)]
        self._n_held -= length
        self._held_bytes = self._held[0].nbytes

    def _widen(self, number: int) -> None:
        with self._files.open(part_name(self._cohort_id, number)) as stream:
            part = pa.ipc.open_file(stream).read_all()
        self._keep(number, _stacked([part], len(self._header)))

    def _keep(self, number: int, rows: pa.Table) -> None:
        def fill(stream: BinaryIO) -> None:
            with pa.ipc.new_file(stream, rows.schema) as writer:
                writer.write_table(rows)

        self._files.write(part_name(self._cohort_id, number), fill)


def _stacked(tables: list[pa.Table], n_columns: int) -> pa.Table:
    """The tables as one without gaps; a column of numbers in some and text in others is text."""
    names = [*column_names(n_columns), FAULT]
    columns = [_column([_of(table, name) for table in tables]) for name in names]
    return pa.table(columns, names=names)


def _of(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name in table.column_names:
        return table.column(name)
    return pa.chunked_array([pa.nulls(len(table), pa.float64())])


def _column(pieces: list[pa.ChunkedArray]) -> pa.Array:
    # a column that is empty so far fits whatever comes
    kinds = {piece.type for piece in pieces if piece.null_count < len(piece)}
    if len(kinds) > 1:
        pieces = [as_text(piece) for piece in pieces]
    kind = next(iter(kinds), pieces[0].type) if len(kinds) < 2 else pa.string()
    chunks = [chunk for piece in pieces for chunk in piece.cast(kind).chunks]
    return pa.concat_arrays(chunks) if chunks else pa.nulls(0, kind)
