"""The one list of file formats: name, endings, media type and reader of each."""

import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import BinaryIO

import pyarrow as pa

from agelens.tables.formats.file_header import FileHeader, unreadable
from agelens.tables.formats.parts import FAULT, LONGEST_ROW, MOST_FAULTS, Tables
from agelens.tables.formats.sniffing import OPENING_BYTES, looks_like, sniffed

BLANKS = b"\xef\xbb\xbf \t\r\n"
Reader = Callable[[BinaryIO, FileHeader], Tables]


@dataclass(frozen=True)
class Format:
    """A format of files.

    Attributes
    ----------
    name : str
    endings : tuple of str
        In small letters, with the dot.
    media_types : tuple of str
        The first is how we send it.
    module, function : str
        Where its reader is; imported when a file of this format is read.
    late_columns : bool
        Whether a column may first come up in any row, so that the header stands at the end only.
    """

    name: str
    endings: tuple[str, ...]
    media_types: tuple[str, ...]
    module: str
    function: str
    late_columns: bool = False

    @property
    def reader(self) -> Reader:
        """Reads the rows as tables of one shape; see `agelens.tables.formats.parts`."""
        found: Reader = getattr(import_module(f"{__package__}.{self.module}"), self.function)
        return found


FORMATS = (
    Format(
        "csv",
        (".csv", ".tsv", ".tab", ".txt"),
        ("text/csv", "text/tab-separated-values"),
        "csv_files",
        "read_csv",
    ),
    Format(
        "parquet",
        (".parquet", ".pq"),
        ("application/vnd.apache.parquet",),
        "parquet_files",
        "read_parquet",
    ),
    Format("json", (".json",), ("application/json",), "json_files", "read_json", late_columns=True),
    Format(
        "ndjson",
        (".ndjson", ".jsonl"),
        ("application/x-ndjson", "application/ndjson", "application/jsonl"),
        "json_files",
        "read_ndjson",
        late_columns=True,
    ),
)
BY_NAME = {each.name: each for each in FORMATS}
BY_ENDING = {ending: each.name for each in FORMATS for ending in each.endings}
BY_MEDIA_TYPE = {kind: each.name for each in FORMATS for kind in each.media_types}


def format_of(name: str, content: BinaryIO) -> str:
    """The format of a file, by the ending of its name, else by how it begins."""
    opening = _opening(content)
    by_name, by_content = BY_ENDING.get(PurePath(name).suffix.lower()), sniffed(opening)
    # the names of these two are often mixed up
    if by_name == "json" and by_content == "ndjson":
        return "ndjson"
    if by_name == "ndjson" and opening.lstrip(BLANKS).startswith(b"["):
        return "json"
    return by_name or by_content


def _opening(content: BinaryIO) -> bytes:
    """How a file begins; one line of what may be NDJSON is read as a whole, however long a row is."""
    opening = content.read(OPENING_BYTES)
    text = opening.lstrip(BLANKS)
    if text.startswith(b"{") and b"\n" not in text:
        opening += content.readline(LONGEST_ROW) + content.read(OPENING_BYTES)
    content.seek(0)
    return opening


def read_tables(content: BinaryIO, format: str, header: FileHeader) -> Tables:
    """The rows of a file as tables of one shape; `header` is filled with the names of its columns.

    Parameters
    ----------
    content : binary file
        Seekable, at its start.
    format : str
        A name of `FORMATS`.
    header : FileHeader
        Empty. It stands before the first table, or, of a format with `late_columns`, after the last.

    Raises
    ------
    InvalidInput
        At "file", if the file is not what `format` says, or cannot be read, or most lines are no rows.
    """
    _check_kind(content, format)
    n_rows = n_faults = 0
    with closing(BY_NAME[format].reader(content, header)) as tables:
        for table in tables:
            n_rows += len(table)
            n_faults += len(table) - table.column(FAULT).null_count
            if n_faults > max(MOST_FAULTS, n_rows - n_faults):
                raise unreadable(_mostly_faults(table, n_faults, n_rows))
            yield table


def _mostly_faults(table: pa.Table, n_faults: int, n_rows: int) -> str:
    example = table.column(FAULT).drop_null()[0].as_py()
    return (
        f"{n_faults:,} of the first {n_rows:,} lines are no rows, such as one that {example}; "
        f"more than {MOST_FAULTS:,} of them must not be the greater part"
    )


def length_of(content: BinaryIO) -> int:
    """How many bytes a file has; it is at its start afterwards."""
    content.seek(0, io.SEEK_END)
    length = content.tell()
    content.seek(0)
    return length


def _check_kind(content: BinaryIO, format: str) -> None:
    opening = content.read(OPENING_BYTES)
    content.seek(0)
    if not opening:
        raise unreadable("is empty")
    if other := looks_like(opening, format):
        raise unreadable(f"looks like {other}")
