"""Ingest a file of people of any format: its rows are stored in parts of equal size."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from agelens.domain.errors import Unavailable
from agelens.services.cohorts.part_writing import PartWriter, part_name
from agelens.services.cohorts.prefetching import prefetch
from agelens.storage.files import Files
from agelens.tables.formats.file_header import (
    AS_FOUND,
    RECORDS,
    FileHeader,
    Layout,
    NumberColumns,
    Opening,
    unreadable,
)
from agelens.tables.formats.opening import PlainFile, plain_file
from agelens.tables.formats.parts import PART_ROWS
from agelens.tables.formats.supported import length_of, read_tables


@dataclass(frozen=True)
class StoredUpload:
    """What was kept of a file; every part but the last has `part_rows` rows.

    `format` is what it was found to be, `notes` are sentences about how it was read, `opening` is how
    a text or a sheet begins.
    """

    header: tuple[str, ...]
    n_rows: int
    n_parts: int
    part_rows: int
    format: str
    notes: tuple[str, ...] = ()
    opening: Opening | None = None


def store_upload(
    files: Files,
    cohort_id: object,
    content: BinaryIO,
    format: str,
    *,
    most_rows: int,
    layout: Layout = AS_FOUND,
    numbers: Callable[[Sequence[str]], Collection[int]] | None = None,
) -> StoredUpload:
    """Keep a file's rows in parts; memory does not grow with their number.

    Parameters
    ----------
    files : Files
    cohort_id : str or UUID
        Of the cohort that the parts are kept for; nothing of it is left after an error.
    content : binary file
        Seekable, at its start.
    format : str
        What is said of it: a name of `agelens.tables.formats.supported.FORMATS` or `PACKED`.
    most_rows : int
    layout : Layout, optional
    numbers : callable, optional
        The places of the columns, by the names of all, of which nobody will ask how a plain number in
        them is spelled: parts of CSV have numbers there, where all such cells are numbers or missing.

    Raises
    ------
    InvalidInput
        If the file cannot be read, has no rows, too many, or too much in them; at "file". At "sheet" or
        "header_row", if it has none such.
    """
    with plain_file(content, format) as plain:
        number_columns = NumberColumns(numbers, PART_ROWS) if numbers else None
        header = FileHeader(layout, plain.notes, number_columns)
        n_bytes = length_of(plain.content)
        writer = PartWriter(files, cohort_id, header, most_rows=most_rows, file_bytes=n_bytes)
        try:
            _write(writer, plain, header)
        except BaseException:
            with suppress(Unavailable):  # left to the clean-up; what went wrong first is said
                files.delete(f"cohorts/{cohort_id}")
            raise
    names, notes = tuple(header.names), tuple(header.notes)
    return StoredUpload(
        names, writer.n_rows, writer.n_parts, PART_ROWS, plain.format, notes, header.opening
    )


def _write(writer: PartWriter, plain: PlainFile, header: FileHeader) -> None:
    with (
        closing(read_tables(plain.content, plain.format, header)) as tables,
        closing(prefetch(tables)) as ahead,
    ):
        for table in ahead:
            writer.add(table)
    if not writer.n_rows:
        raise unreadable("has no rows")
    if not header.names:
        raise unreadable(f"no row of it is an object with columns{RECORDS}")
    writer.finish()


def parts(files: Files, cohort_id: object, n_parts: int) -> Iterator[pa.Table]:
    """All parts in order, one at a time."""
    return (read_part(files, cohort_id, number) for number in range(n_parts))


def read_part(files: Files, cohort_id: object, number: int) -> pa.Table:
    """One part: columns `c0`, `c1`, ... of float64 or text, by place in the header, and `fault`.

    A column that is blank in all rows of the part has the type null. `fault` says of
    rows why they are none.
    """
    with files.open(part_name(cohort_id, number)) as stream:
        return pa.ipc.open_file(stream).read_all()
