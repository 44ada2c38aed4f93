"""Feather, which is an Arrow file, and Arrow streams; a record batch at a time."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from agelens.tables.formats.cell_text import as_numbers_or_text
from agelens.tables.formats.decoders import Decoded, Task, check_cells, decoded_table

MOST_CHUNKS = 200_000  # columns x record batches: each takes a moment, however short it is
_MAGIC = b"ARROW1"


def decode(content: BinaryIO, task: Task, file_bytes: int) -> Decoded:
    """The columns and rows of a Feather or Arrow file."""
    is_file = content.read(len(_MAGIC)) == _MAGIC
    content.seek(0)
    if not is_file:
        stream = pa.ipc.open_stream(content)
        return Decoded(stream.schema.names, _tables(iter(stream), task, file_bytes))
    file = pa.ipc.open_file(content)
    batches = (file.get_batch(index) for index in range(file.num_record_batches))
    return Decoded(file.schema.names, _tables(batches, task, file_bytes))


def _tables(batches: Iterator[pa.RecordBatch], task: Task, file_bytes: int) -> Iterator[pa.Table]:
    n_cells = n_chunks = 0
    for batch in batches:
        n_chunks += batch.num_columns
        n_cells += batch.num_rows * batch.num_columns
        if n_chunks > MOST_CHUNKS:
            raise ValueError("it has too many record batches; write longer ones")
        check_cells(n_cells, file_bytes)
        batch.validate()
        for first in range(0, batch.num_rows, task.batch_rows):
            rows = batch.slice(first, task.batch_rows)
            yield decoded_table([as_numbers_or_text(column) for column in rows.columns])
