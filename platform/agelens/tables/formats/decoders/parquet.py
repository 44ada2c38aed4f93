"""Parquet, a row group at a time."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from agelens.tables.formats.cell_text import as_numbers_or_text
from agelens.tables.formats.decoders import Decoded, Task, check_cells, decoded_table

MOST_CHUNKS = 200_000  # columns x row groups: each takes a moment, however short it is
# of groups that have fewer rows than SHORT_GROUP on average: nobody writes many of these on purpose
MOST_SHORT_GROUPS, MOST_SHORT_CHUNKS, SHORT_GROUP = 1_000, 10_000, 500


def decode(content: BinaryIO, task: Task, file_bytes: int) -> Decoded:
    """The columns and rows of a Parquet file."""
    file = pq.ParquetFile(content, pre_buffer=False, buffer_size=2**16)
    return Decoded(file.schema_arrow.names, tables(file, task.batch_rows, file_bytes))


def tables(file: pq.ParquetFile, batch_rows: int, file_bytes: int) -> Iterator[pa.Table]:
    """The rows some at a time, every column of numbers or text."""
    n_columns = len(file.schema_arrow)
    _check_groups(file.metadata.num_rows, file.num_row_groups, n_columns)
    check_cells(file.metadata.num_rows * n_columns, file_bytes)
    n_cells = 0
    # a group at a time: else the pages of all are held
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(batch_rows, row_groups=[group], use_threads=False):
            n_cells += batch.num_rows * n_columns
            # what the file says of its length need not be true
            check_cells(n_cells, file_bytes)
            yield decoded_table([as_numbers_or_text(column) for column in batch.columns])


def _check_groups(n_rows: int, n_groups: int, n_columns: int) -> None:
    n_chunks = n_groups * n_columns
    are_many = n_groups > MOST_SHORT_GROUPS or n_chunks > MOST_SHORT_CHUNKS
    if n_chunks > MOST_CHUNKS or (are_many and n_rows < SHORT_GROUP * n_groups):
        raise ValueError("it has too many row groups; write longer ones")
