"""The one list of file formats: name, endings, media type and reader of each."""

import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO

import pyarrow as pa

from agelens.domain.errors import InvalidInput
from agelens.tables.formats.file_header import FileHeader, Layout, unreadable
from agelens.tables.formats.header_rows import MOST_HEADER_ROWS
from agelens.tables.formats.parts import MOST_FAULTS, ROW_ERROR_COLUMN, Tables
from agelens.tables.formats.sniffing import OPENING_BYTES, looks_like

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
        reader: Reader = getattr(import_module(f"{__package__}.{self.module}"), self.function)
        return reader


@dataclass(frozen=True)
class Packing:
    """A format of files that hold one other file, whose format its content tells."""

    name: str
    endings: tuple[str, ...]
    media_types: tuple[str, ...]


FORMATS = (
    Format(
        "csv",
        (".csv", ".tsv", ".tab", ".txt", ".psv", ".asc"),
        ("text/csv", "text/tab-separated-values"),
        "csv_files",
        "read_csv",
    ),
    Format(
        "parquet",
        (".parquet", ".pq"),
        ("application/vnd.apache.parquet",),
        "limited_reading",
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
    Format(
        "excel",
        (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel.sheet.binary.macroenabled.12",
            "application/vnd.ms-excel",
            "application/vnd.oasis.opendocument.spreadsheet",
        ),
        "limited_reading",
        "read_excel",
    ),
    Format("stata", (".dta",), ("application/x-stata-dta",), "limited_reading", "read_stata"),
    Format(
        "spss",
        (".sav", ".zsav", ".por"),
        ("application/x-spss-sav",),
        "limited_reading",
        "read_spss",
    ),
    Format(
        "sas", (".xpt", ".sas7bdat"), ("application/x-sas-xport",), "limited_reading", "read_sas"
    ),
    Format(
        "feather",
        (".feather", ".arrow", ".ipc"),
        ("application/vnd.apache.arrow.file", "application/vnd.apache.arrow.stream"),
        "limited_reading",
        "read_feather",
    ),
)
PACKED = (
    Packing("gzip", (".gz",), ("application/gzip", "application/x-gzip")),
    Packing("zip", (".zip",), ("application/zip", "application/x-zip-compressed")),
)
BY_NAME = {each.name: each for each in FORMATS}
BY_ENDING = {end: each.name for each in (*FORMATS, *PACKED) for end in each.endings}
BY_MEDIA_TYPE = {kind: each.name for each in (*FORMATS, *PACKED) for kind in each.media_types}
TEXT = ("csv", "json", "ndjson")
WITH_HEADER_ROW = ("csv", "excel")


def read_tables(content: BinaryIO, format: str, header: FileHeader) -> Tables:
    """The rows of a file as tables of one shape; `header` is filled with the names of its columns.

    Parameters
    ----------
    content : binary file
        As `plain_file` has it.
    format : str
        A name of `FORMATS`.
    header : FileHeader
        Empty. It stands before the first table, or, of a format with `late_columns`, after the last.

    Raises
    ------
    InvalidInput
        At "file", if the file is not what `format` says, or cannot be read, or most lines are no rows.
    """
    _check_kind(content)
    _check_layout(header.layout, format)
    n_rows = n_faults = 0
    with closing(BY_NAME[format].reader(content, header)) as tables:
        for table in tables:
            n_rows += len(table)
            n_faults += len(table) - table.column(ROW_ERROR_COLUMN).null_count
            if n_faults > max(MOST_FAULTS, n_rows - n_faults):
                raise unreadable(_mostly_faults(table, n_faults, n_rows))
            yield table


def _check_layout(layout: Layout, format: str) -> None:
    if layout.sheet is not None and format != "excel":
        raise InvalidInput.at("sheet", "only a workbook has sheets")
    if layout.header_row is not None and format not in WITH_HEADER_ROW:
        raise InvalidInput.at("header_row", "only text and workbooks have a header row")
    if layout.header_row is not None and not 0 < layout.header_row <= MOST_HEADER_ROWS:
        raise InvalidInput.at("header_row", f"must be a number from 1 to {MOST_HEADER_ROWS:,}")


def _mostly_faults(table: pa.Table, n_faults: int, n_rows: int) -> str:
    example = table.column(ROW_ERROR_COLUMN).drop_null()[0].as_py()
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


def _check_kind(content: BinaryIO) -> None:
    opening = content.read(OPENING_BYTES)
    content.seek(0)
    if not opening:
        raise unreadable("is empty")
    if other := looks_like(opening):
        raise unreadable(f"looks like {other}")
