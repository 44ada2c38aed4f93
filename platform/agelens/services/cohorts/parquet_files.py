"""Rows of a Parquet file, some at a time."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from agelens.services.cohorts.cells import as_numbers_or_text
from agelens.services.cohorts.file_header import FileHeader, unreadable
from agelens.services.cohorts.part_writing import FAULT, LARGEST_PART, PART_ROWS, column_names

BATCH_ROWS = PART_ROWS // 2
MOST_GROUPS = 10_000  # each takes a moment, however short it is


def read_parquet(content: BinaryIO, header: FileHeader) -> Iterator[pa.Table]:
    """The rows as tables of a part's columns.

    Raises
    ------
    InvalidInput
        If it is not a Parquet file, or not a whole one.
    """
    try:
        yield from _tables(content, header)
    except (pa.ArrowException, OSError, ValueError) as error:
        words = str(error).splitlines() or ["it is damaged"]
        raise unreadable(f"is not a readable Parquet file: {words[0][:200]}") from error


def _tables(content: BinaryIO, header: FileHeader) -> Iterator[pa.Table]:
    schema = pq.read_schema(content)
    header.add(schema.names)
    file = _opened(content)
    if file.num_row_groups > MOST_GROUPS:
        raise unreadable(f"has more than {MOST_GROUPS:,} row groups; write longer ones")
    # as a dictionary, repeated text is one piece until it is known to be short enough
    repeated = [field.name for field in schema if _is_bytes(field.type)]
    folded = _opened(content, read_dictionary=repeated)
    for group in range(file.num_row_groups):
        first = next(folded.iter_batches(batch_size=1, row_groups=[group]), None)
        if first is not None and sum(map(_longest, first.columns)) * BATCH_ROWS > LARGEST_PART:
            raise unreadable("the rows are too long")
        for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], use_threads=False):
            columns = [as_numbers_or_text(column) for column in batch.columns]
            fault = pa.nulls(batch.num_rows, pa.string())
            yield pa.table([*columns, fault], names=[*column_names(len(header)), FAULT])


def _opened(content: BinaryIO, **how: object) -> pq.ParquetFile:
    content.seek(0)
    # without these two, whole row groups are held in memory
    return pq.ParquetFile(content, pre_buffer=False, buffer_size=2**16, **how)


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)
    return any(test(kind) for test in tests)


def _longest(column: pa.Array) -> int:
    """Bytes of the longest text that a row group's column repeats."""
    if not pa.types.is_dictionary(column.type) or not _is_bytes(column.type.value_type):
        return 0
    return int(pc.max(pc.binary_length(column.dictionary)).as_py() or 0)
