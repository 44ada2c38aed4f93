"""Files of Stata, SPSS and SAS; value labels are used as text."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyreadstat

from agelens.tables.formats.cell_text import as_numbers_or_text, numbers_or_text
from agelens.tables.formats.decoders import Decoded, Task, check_cells, decoded_table
from agelens.tables.formats.file_header import MOST_COLUMNS

CHUNK_CELLS = 2_000_000  # whoever reads a later chunk passes by all rows before it
MOST_CHUNKS = 200
WINDOWS = "WINDOWS-1252"
_ITSELF = "/dev/fd/0"  # the libraries read a file by its path
_NUMBER = re.compile(r"[^0-9+-]*([+-]?[0-9]+(?:\.[0-9]+)?)")
Reader = Callable[..., tuple[dict[str, Any], Any]]
Labels = Mapping[Any, str]


def decode(content: BinaryIO, task: Task, file_bytes: int) -> Decoded:
    """The columns and rows of a Stata, SPSS or SAS file."""
    reader = _reader(content.read(512), task.format)
    encoding_options, meta = _metadata(reader)
    names = list(meta.column_names)
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"it has more than {MOST_COLUMNS:,} columns")
    check_cells((meta.number_rows or 0) * len(names), file_bytes)
    notes = [f"read as {WINDOWS}; its letters may be others"] if encoding_options else []
    tables = _tables(reader, encoding_options, len(names), task, file_bytes)
    return Decoded(names, tables, notes)


def _reader(opening: bytes, format: str) -> Reader:
    if format == "stata":
        return pyreadstat.read_dta
    if format == "spss":
        return pyreadstat.read_por if b"SPSSPORT" in opening else pyreadstat.read_sav
    is_transport = opening.startswith(b"HEADER RECORD")
    return pyreadstat.read_xport if is_transport else pyreadstat.read_sas7bdat


def _metadata(reader: Reader) -> tuple[dict[str, str], Any]:
    """What stands before the rows, and how to read it: some files are not in the encoding that they say."""
    try:
        return {}, reader(_ITSELF, metadataonly=True)[1]
    except (pyreadstat.ReadstatError, UnicodeDecodeError):
        if reader is pyreadstat.read_por:  # it has no encoding
            raise
    encoding_options = {"encoding": WINDOWS}
    return encoding_options, reader(_ITSELF, metadataonly=True, **encoding_options)[1]


def _tables(
    reader: Reader, encoding_options: Mapping[str, str], n_columns: int, task: Task, file_bytes: int
) -> Iterator[pa.Table]:
    chunk_rows = max(task.batch_rows, CHUNK_CELLS // max(n_columns, 1))
    for number in range(MOST_CHUNKS):
        columns, meta = reader(
            _ITSELF,
            **encoding_options,
            row_offset=number * chunk_rows,
            row_limit=chunk_rows,
            output_format="dict",
        )
        labels = meta.variable_value_labels
        chunk = decoded_table(
            [_column(values, labels.get(name)) for name, values in columns.items()]
        )
        check_cells((number * chunk_rows + len(chunk)) * n_columns, file_bytes)
        for first in range(0, len(chunk), task.batch_rows):
            yield chunk.slice(first, task.batch_rows)
        if len(chunk) < chunk_rows:
            return
    raise ValueError(f"it has more than {MOST_CHUNKS * chunk_rows:,} rows")


def _column(values: Any, labels: Labels | None) -> pa.Array:
    array = np.asarray(values)
    if labels:
        return numbers_or_text([_labelled(value, labels) for value in array.tolist()])
    if array.dtype.kind in "biuf":
        return as_numbers_or_text(pa.array(array, from_pandas=True))
    return numbers_or_text([_cell(value) for value in array.tolist()])


def _labelled(value: Any, labels: Labels) -> Any:
    """The label of a value; of "80 years and over", which is only a remark, the value."""
    cell = _cell(value)
    label = labels.get(value) if cell is not None else None
    if label is None:
        return cell
    number = _NUMBER.match(label)
    is_remark = number and isinstance(cell, float | int) and float(number.group(1)) == cell
    return cell if is_remark else label


def _cell(value: Any) -> Any:
    if value is None or value == "" or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, str | float | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
