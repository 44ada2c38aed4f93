"""Rechunk tables of any length into part files of equal length."""

from typing import BinaryIO

import pyarrow as pa

from agelens.storage.files import Files
from agelens.tables.formats.file_header import FileHeader, unreadable
from agelens.tables.formats.parts import LARGEST_PART, PART_ROWS, stacked

MOST_CELLS = (
    500_000_000  # rows x columns: each takes a moment, however few bytes it has in the file
)
KEPT_ANYWAY = 512 * 1024**2  # bytes of all parts of a file, however small it is,
LARGEST_GROWTH = 8  # and as many times its own beyond that
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")


def part_name(cohort_id: object, number: int) -> str:
    """Where a part is kept."""
    return f"cohorts/{cohort_id}/parts/{number:05}.arrow"


class PartWriter:
    """Writes parts of `PART_ROWS` rows; only the last is shorter."""

    def __init__(
        self,
        files: Files,
        cohort_id: object,
        header: FileHeader,
        *,
        most_rows: int,
        file_bytes: int,
    ) -> None:
        self.n_rows = 0
        self._files = files
        self._cohort_id = cohort_id
        self._header = header
        self._most_rows = most_rows
        self._most_bytes = KEPT_ANYWAY + LARGEST_GROWTH * file_bytes
        self._pending: list[pa.Table] = []
        self._n_pending = 0
        self._pending_bytes = 0
        self._widths: list[int] = []
        self._stored_bytes: list[int] = []

    @property
    def n_parts(self) -> int:
        """As many as were written."""
        return len(self._widths)

    def add(self, table: pa.Table) -> None:
        """Take further rows: columns `c0`, `c1`, ... and `fault`.

        Raises
        ------
        InvalidInput
            If there are too many rows or cells, or they are too long.
        """
        self.n_rows += len(table)
        if self.n_rows > self._most_rows:
            raise unreadable(f"has more than {self._most_rows:,} rows")
        if self.n_rows * len(self._header) > MOST_CELLS:
            raise unreadable(
                f"has more than {MOST_CELLS:,} cells; leave out columns that no clock needs"
            )
        self._pending.append(table)
        self._n_pending += len(table)
        self._pending_bytes += table.nbytes
        if self._pending_bytes > LARGEST_PART:
            raise unreadable(f"near row {self.n_rows:,}: the rows are too long")
        while self._n_pending >= PART_ROWS:
            self._write(PART_ROWS)

    def finish(self) -> None:
        """Write what is left, and put columns that came up late into the parts before them."""
        if self._n_pending:
            self._write(self._n_pending)
        for number, width in enumerate(self._widths):
            if width < len(self._header):
                self._widen(number)

    def _write(self, length: int) -> None:
        width = len(self._header)  # once: a thread may be reading rows with further columns
        rows = stacked(self._pending, width)
        self._stored_bytes.append(0)
        self._keep(len(self._widths), rows.slice(0, length))
        self._widths.append(width)
        self._n_pending -= length
        remainder = rows.slice(length)
        # stacking nothing with a table would copy it
        self._pending = [remainder] if self._n_pending else []
        self._pending_bytes = remainder.nbytes if self._n_pending else 0

    def _widen(self, number: int) -> None:
        with self._files.open(part_name(self._cohort_id, number)) as stream:
            part = pa.ipc.open_file(stream).read_all()
        self._keep(number, stacked([part], len(self._header)))

    def _keep(self, number: int, rows: pa.Table) -> None:
        def fill(stream: BinaryIO) -> None:
            with pa.ipc.new_file(stream, rows.schema, options=_COMPRESSED) as writer:
                writer.write_table(rows)
            self._stored_bytes[number] = stream.tell()

        self._files.write(part_name(self._cohort_id, number), fill)
        if sum(self._stored_bytes) > self._most_bytes:
            raise unreadable("holds far more than its size tells; send its rows in several files")
