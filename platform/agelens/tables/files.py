"""Open a file of people: its header, and its rows in parts of bounded size."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, BinaryIO

import pyarrow as pa

from agelens.tables.formats.file_header import AS_FOUND, RECORDS, FileHeader, Layout, unreadable
from agelens.tables.formats.opening import plain_file
from agelens.tables.formats.parts import PART_ROWS, in_parts
from agelens.tables.formats.supported import BY_NAME, read_tables


@dataclass(frozen=True)
class PeopleFile:
    """A file that is being read; its parts can be taken once.

    `notes` are sentences about how it is read: its encoding, its sheet, the row of its header.
    """

    header: tuple[str, ...]
    _tables: Iterator[pa.Table] = field(repr=False)
    notes: tuple[str, ...] = ()

    def parts(self, rows: int = PART_ROWS) -> Iterator[pa.Table]:
        """All rows in order, so many at a time, as `formats/parts` has them; only the last is shorter."""
        return in_parts(self._tables, len(self.header), rows)


@contextmanager
def open_people(content: BinaryIO, format: str, layout: Layout = AS_FOUND) -> Iterator[PeopleFile]:
    """Open a file of people; memory does not grow with its rows.

    A format whose columns may come up in any row is first copied to a temporary file.

    Parameters
    ----------
    content : binary file
        Seekable, at its start.
    format : str
        What is said of it: a name of `agelens.tables.formats.supported.FORMATS` or `PACKED`.
    layout : Layout, optional

    Raises
    ------
    InvalidInput
        At "file", now or while the parts are taken, if it cannot be read; at "sheet" or "header_row".
    """
    with (
        plain_file(content, format) as plain,
        closing(
            read_tables(plain.content, plain.format, header := FileHeader(layout, plain.notes))
        ) as read,
        TemporaryFile() as spool,
    ):
        if BY_NAME[plain.format].late_columns:
            tables = _spooled(read, spool)
        else:  # the header stands with the first table
            tables = chain([first] if (first := next(read, None)) is not None else [], read)
        if not header.names:
            raise unreadable(f"no row of it is an object with columns{RECORDS}")
        yield PeopleFile(tuple(header.names), tables, tuple(header.notes))


def _spooled(tables: Iterator[pa.Table], spool: IO[bytes]) -> Iterator[pa.Table]:
    """The tables from a temporary file that all of them were written to, one Arrow stream each."""
    n_tables = 0
    for table in tables:
        with pa.ipc.new_stream(spool, table.schema) as stream:
            stream.write_table(table)
        n_tables += 1
    spool.seek(0)
    return (pa.ipc.open_stream(spool).read_all() for _ in range(n_tables))
