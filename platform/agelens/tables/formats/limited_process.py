"""Subprocess that decodes one Parquet file under a memory limit.

A file of a few hundred bytes can unfold to gigabytes, and what it says of its own size need not be
true. So the file is read here, from standard input, and its rows go to standard output: the names
of the columns or a complaint as a line of JSON, then tables, each as an Arrow stream after a line.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from agelens.tables.formats.cell_text import as_numbers_or_text

MOST_CHUNKS = 200_000  # columns x row groups: each takes a moment, however short it is
# of groups that have fewer rows than SHORT_GROUP on average: nobody writes many of these on purpose
MOST_SHORT_GROUPS, MOST_SHORT_CHUNKS, SHORT_GROUP = 1_000, 10_000, 500
# repeated and absent values take no room in the file, and a moment each here
CELLS_ANYWAY, CELLS_PER_BYTE = 20_000_000, 50
MOST_BYTES = 768 * 1024**2  # of its own, besides the libraries that all processes share
TOO_MUCH = "cannot be read: it is damaged, or its rows or row groups are too long"


def main(batch_rows: int, largest_table: int) -> None:
    """Read what stands on standard input, and say what is wrong with it."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    out = sys.stdout.buffer
    try:
        file_bytes = sys.stdin.buffer.seek(0, io.SEEK_END)
        sys.stdin.buffer.seek(0)
        file = pq.ParquetFile(sys.stdin.buffer, pre_buffer=False, buffer_size=2**16)
        _say(out, names=file.schema_arrow.names)
        for table in tables(file, batch_rows, file_bytes):
            if table.nbytes > largest_table:
                raise MemoryError
            _say(out, rows=len(table))
            with pa.ipc.new_stream(out, table.schema) as stream:
                stream.write_table(table)
        _say(out, end=True)
    except MemoryError:  # Arrow's is one, too
        _say(out, wrong=TOO_MUCH)
    except (pa.ArrowException, OSError, ValueError) as error:
        message = str(error).splitlines() or ["it is damaged"]
        _say(out, wrong=f"is not a readable Parquet file: {message[0][:200]}")


def tables(file: pq.ParquetFile, batch_rows: int, file_bytes: int) -> Iterator[pa.Table]:
    """The rows some at a time, every column of numbers or text."""
    n_columns = len(file.schema_arrow)
    _check_groups(file.metadata.num_rows, file.num_row_groups, n_columns)
    _check_cells(file.metadata.num_rows * n_columns, file_bytes)
    n_cells = 0
    # a group at a time: else the pages of all are held
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(batch_rows, row_groups=[group], use_threads=False):
            n_cells += batch.num_rows * n_columns
            _check_cells(n_cells, file_bytes)  # what the file says of its length need not be true
            columns = [as_numbers_or_text(column) for column in batch.columns]
            yield pa.table(columns, names=[f"c{place}" for place in range(len(columns))])


def _check_groups(n_rows: int, n_groups: int, n_columns: int) -> None:
    n_chunks = n_groups * n_columns
    are_many = n_groups > MOST_SHORT_GROUPS or n_chunks > MOST_SHORT_CHUNKS
    if n_chunks > MOST_CHUNKS or (are_many and n_rows < SHORT_GROUP * n_groups):
        raise ValueError("it has too many row groups; write longer ones")


def _check_cells(n_cells: int, file_bytes: int) -> None:
    most = CELLS_ANYWAY + CELLS_PER_BYTE * file_bytes
    if n_cells > most:
        raise ValueError(
            f"it unfolds to more than {most:,} cells, more than a file of its size may; "
            "leave out columns that no clock needs"
        )


def _say(out: BinaryIO, **what: Any) -> None:
    out.write(json.dumps(what).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
