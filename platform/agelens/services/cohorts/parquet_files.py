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
    content.seek(0)
    # repeated text stays one piece until it is known to be small enough
    repeated = [field.name for field in schema if _is_bytes(field.type)]
    # without the first two, whole row groups are held in memory
    file = pq.ParquetFile(content, pre_buffer=False, buffer_size=2**16, read_dictionary=repeated)
    for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        if sum(map(_size_written_out, batch.columns)) > LARGEST_PART:
            raise unreadable("the rows are too long")
        columns = [as_numbers_or_text(column) for column in batch.columns]
        fault = pa.nulls(batch.num_rows, pa.string())
        yield pa.table([*columns, fault], names=[*column_names(len(header)), FAULT])


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)
    return any(test(kind) for test in tests)


def _size_written_out(column: pa.Array) -> int:
    if not pa.types.is_dictionary(column.type) or not _is_bytes(column.type.value_type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).take(column.indices)
    return int(pc.sum(lengths.cast(pa.int64())).as_py() or 0)
