"""What people hand over to be scored, as a file that can be sent, and sent again."""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias, TypeGuard, cast

from agelens.client.conversions import needs_notebook
from agelens.client.inputs import kind_of

if TYPE_CHECKING:
    from agelens.client.frames import DataFrame


class ArrowFrame(Protocol):
    """A frame that hands its columns over, of pandas, polars, pyarrow, DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


People: TypeAlias = (
    "ArrowFrame | DataFrame | str | os.PathLike[str] | BinaryIO | Iterable[Mapping[str, object]]"
)
MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "stata": "application/x-stata-dta",
    "spss": "application/x-spss-sav",
    "sas": "application/x-sas-xport",
    "feather": "application/vnd.apache.arrow.file",
    "gzip": "application/gzip",
    "zip": "application/zip",
}
EXTENSIONS_BY_FORMAT = {  # the first of each is what such a file is sent as
    "csv": (".csv", ".tsv", ".tab", ".txt", ".psv", ".asc"),
    "parquet": (".parquet", ".pq"),
    "json": (".json",),
    "ndjson": (".ndjson", ".jsonl"),
    "excel": (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    "stata": (".dta",),
    "spss": (".sav", ".zsav", ".por"),
    "sas": (".xpt", ".sas7bdat"),
    "feather": (".feather", ".arrow", ".ipc"),
    "gzip": (".gz",),
    "zip": (".zip",),
}
FORMAT_BY_EXTENSION = {
    ending: format for format, endings in EXTENSIONS_BY_FORMAT.items() for ending in endings
}
PLAIN_KINDS = frozenset("biufU")  # of numpy: what `item` makes Python's own
NONE_TEXTS = frozenset({"NaN", "NaT", "<NA>"})  # of Decimal and pandas


@dataclass(frozen=True)
class Upload:
    """A file of people: `content` can be read again from its start."""

    name: str
    content: BinaryIO
    format: str

    @property
    def part(self) -> tuple[str, BinaryIO, str]:
        """Name, content and type of the file in a form; its ending says the format."""
        ending = EXTENSIONS_BY_FORMAT[self.format][0]
        return f"{self.name}{ending}", self.content, MEDIA_TYPES[self.format]


@contextmanager
def open_upload(people: People, format: str | None = None) -> Iterator[Upload]:
    """The upload of a frame, a path, a binary file, or rows; `format` where no name tells it.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or its format cannot be told.
    """
    if format not in (None, *MEDIA_TYPES):
        raise ValueError(f"format must be one of: {', '.join(MEDIA_TYPES)}")
    if has_arrow_columns(people):
        with needs_notebook("A frame"):
            from agelens.client import frames
        with TemporaryFile() as file:
            frame = frames.in_pandas(people)
            frames.write(frame, frames.names_of(frame), file)
            yield Upload("frame", file, "parquet")
    elif isinstance(people, str | os.PathLike):
        path = Path(people).expanduser()
        with path.open("rb") as file:
            yield Upload(path.stem, file, format or _format_of(path.name))
    elif hasattr(people, "read"):
        with _repeatable(cast(BinaryIO, people)) as content:
            name = getattr(people, "name", "")
            name = name if isinstance(name, str) else ""  # a temporary file's is a number
            yield Upload(Path(name).stem or "file", content, format or _format_of(name))
    else:
        with TemporaryFile() as file:
            _write_rows(cast(Iterable[Mapping[str, object]], people), file)
            yield Upload("rows", file, "ndjson")


def is_frame(people: object) -> TypeGuard[DataFrame]:
    """Whether it is a frame of pandas, which need not be there to ask."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(people, pandas.DataFrame)


def has_arrow_columns(people: object) -> TypeGuard[ArrowFrame]:
    """Whether it is a frame of any package, which hands over its columns as an Arrow stream."""
    described = hasattr(people, "columns") or hasattr(people, "schema")  # unlike a single column
    return described and hasattr(people, "__arrow_c_stream__")


def kind_text(people: object) -> str:
    """What was handed over instead, in words, and how a frame of another package becomes one."""
    advice = "; .to_pandas() makes one of it" if hasattr(people, "to_pandas") else ""
    return kind_of(people) + advice


def _format_of(name: str) -> str:
    ending = Path(name).suffix.lower()
    if ending not in FORMAT_BY_EXTENSION:
        name_text = (
            f'"{name}" ends in none of {", ".join(FORMAT_BY_EXTENSION)}'
            if name
            else "A file without a name"
        )
        raise ValueError(f"{name_text}: say format={'|'.join(MEDIA_TYPES)}")
    return FORMAT_BY_EXTENSION[ending]


@contextmanager
def _repeatable(file: BinaryIO) -> Iterator[BinaryIO]:
    """The file itself where it can be rewound and tells its length, else a copy of what it holds."""
    if isinstance(file, io.TextIOBase):
        raise ValueError("the file is opened as text; open it as binary ('rb')")
    on_disk = isinstance(getattr(file, "raw", None), io.FileIO)
    if isinstance(file, io.BytesIO) or (on_disk and file.seekable()):
        yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def _write_rows(rows: Iterable[Mapping[str, object]], file: BinaryIO) -> None:
    is_other_frame = hasattr(rows, "to_pandas")
    if isinstance(rows, Mapping | bytes) or is_other_frame or not isinstance(rows, Iterable):
        raise TypeError(
            f"people are a frame, a path, a binary file, or a list of mappings; not {kind_text(rows)}"
        )
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise TypeError(f"row {number} is no mapping of columns to values")
        cells = {str(name): _cell(value) for name, value in row.items()}
        file.write(json.dumps(cells).encode() + b"\n")
    file.seek(0)


def _cell(value: Any) -> bool | int | float | str | None:
    """A value as JSON has it: what is none becomes null, what JSON has no word for its text."""
    if getattr(getattr(value, "dtype", None), "kind", "") in PLAIN_KINDS and not value.shape:
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    text = str(value)
    return None if text in NONE_TEXTS else text
