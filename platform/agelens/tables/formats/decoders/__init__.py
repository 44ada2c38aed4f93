"""What runs in the limited process: a decoder for each foreign format, each with a function `decode`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from agelens.tables.formats.file_header import Opening
from agelens.tables.formats.parts import part_column_names

# repeated and absent values take no room in a file, and a moment each when it is read
CELLS_ANYWAY, CELLS_PER_BYTE = 20_000_000, 50


class Complaint(Exception):
    """What is wrong with a file, in words for whoever sent it."""


@dataclass(frozen=True)
class Task:
    """What is to be read, and how.

    `sheet` and `header_row` are those of a `Layout`; `batch_rows` is the length of the tables, `most_bytes`
    what one of them, or a packed file's whole content, may hold. With `as_text`, every cell of a
    workbook's visible sheets is read as text, for sheets that are no table of people.
    """

    format: str
    batch_rows: int
    most_bytes: int
    sheet: str | None = None
    header_row: int | None = None
    as_text: bool = False


@dataclass(frozen=True)
class Decoded:
    """The names of a file's columns, and its rows some at a time, each column of numbers or text.

    `opening` is how a sheet begins, None of other files.
    """

    names: Sequence[str]
    tables: Iterator[pa.Table]
    notes: Sequence[str] = ()
    opening: Opening | None = None


def decoded_table(columns: Sequence[pa.Array]) -> pa.Table:
    """Columns as a table; their own names may be anything."""
    return pa.table(list(columns), names=part_column_names(len(columns)))


def check_cells(n_cells: int, file_bytes: int) -> None:
    """ValueError when a file unfolds to more than one of its size may."""
    most = CELLS_ANYWAY + CELLS_PER_BYTE * file_bytes
    if n_cells > most:
        raise ValueError(
            f"it unfolds to more than {most:,} cells, more than a file of its size may; "
            "leave out columns that no clock needs"
        )
