"""Tables of answers as one file, a piece for each table: CSV, Parquet, JSON, NDJSON, Excel."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

# after a sign, whatever is no plain number: -5 and +49 are no formulas, and may be identifiers
_NO_NUMBER = r"(?:\z|[^0-9]|[0-9]+(?:[^0-9.]|\.(?:\z|[^0-9]|[0-9]+[^0-9])))"
# what a spreadsheet takes for the beginning of a formula; the wide forms, too
FORMULA = f"[=@\t\r\n\uff1d\uff0b\uff0d\uff20]|[+\\-]{_NO_NUMBER}"
_WRITTEN_AT_ONCE = 65_536  # rows: writing 1,024 at a time, as pyarrow does, takes a tenth longer
Piece: TypeAlias = bytes | memoryview


def encode(format: str, tables: Iterable[pa.Table], *, eol: str = "\n") -> Iterator[Piece]:
    """The rows of all tables in order, as one file, a piece at a time.

    A missing number is an empty cell or null. Text that a spreadsheet would run begins with an
    apostrophe in CSV.

    Parameters
    ----------
    format : str
        A name of `ENCODED`.
    tables : iterable of pyarrow.Table
        One at least; all have the columns of the first.
    eol : str
        How the lines of a CSV file end.
    """
    return ENCODED[format](_alike(iter(tables)), eol)


def _alike(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    first = next(tables)
    yield first
    for table in tables:
        yield table.cast(first.schema)


def changed(
    table: pa.Table,
    applies: Callable[[pa.DataType], bool],
    change: Callable[[pa.ChunkedArray], pa.ChunkedArray],
) -> pa.Table:
    """A table with every column changed of whose type it is said."""
    columns = [change(c) if applies(c.type) else c for c in table.columns]
    return pa.table(columns, names=table.column_names, metadata=table.schema.metadata)


def _csv(tables: Iterator[pa.Table], eol: str) -> Iterator[Piece]:
    first = next(tables)
    header = io.StringIO(newline="")
    names = _neutral(pa.array(first.column_names)).to_pylist()
    csv.writer(header, lineterminator=eol).writerow(names)
    yield header.getvalue().encode()
    options = pyarrow.csv.WriteOptions(include_header=False, eol=eol)
    for table in chain([first], tables):
        sink = pa.BufferOutputStream()
        pyarrow.csv.write_csv(changed(table, pa.types.is_string, _neutral), sink, options)
        yield memoryview(sink.getvalue())  # a copy of it would take a tenth of the time


def _neutral(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(texts, pattern=f"\\A({FORMULA})", replacement="'\\1")


def _json(tables: Iterator[pa.Table], eol: str) -> Iterator[bytes]:
    between = b"["
    for table in tables:
        if len(table):
            yield between + _dumped(_rows(table))[1:-1]
            between = b",\n"
    yield b"]" if between != b"[" else b"[]"


def _ndjson(tables: Iterator[pa.Table], eol: str) -> Iterator[bytes]:
    for table in tables:
        yield b"".join(_dumped(row) + b"\n" for row in _rows(table))


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    names = table.column_names
    return [
        dict(zip(names, row, strict=True)) for row in zip(*map(_values, table.columns), strict=True)
    ]


def _dumped(value: object) -> bytes:
    import orjson  # only these formats need it

    return orjson.dumps(value)


def _values(column: pa.ChunkedArray) -> list[Any]:
    if not pa.types.is_floating(column.type):
        return list(column.to_pylist())
    return list(column.to_numpy().tolist())  # much faster; NaN, which no number is, is written null


def _parquet(tables: Iterator[pa.Table], eol: str) -> Iterator[bytes]:
    import pyarrow.parquet  # only this format needs it

    first = next(tables)
    sink = Outbox()
    texts = [name for name in first.column_names if _has_repeated_texts(first[name])]
    with pyarrow.parquet.ParquetWriter(
        sink, first.schema, use_dictionary=texts, write_batch_size=_WRITTEN_AT_ONCE
    ) as writer:
        for table in chain([first], tables):
            writer.write_table(table)
            yield sink.take()
    yield sink.take()


def _has_repeated_texts(column: pa.ChunkedArray) -> bool:
    """Whether a dictionary pays: of what hardly repeats it takes four times as long, and more bytes."""
    if not pa.types.is_string(column.type):
        return False
    return bool(2 * pc.count_distinct(column).as_py() <= len(column))


def _xlsx(tables: Iterator[pa.Table], eol: str) -> Iterator[bytes]:
    from agelens.tables.formats.workbook_writing import workbook  # only this format needs it

    return workbook(tables, Outbox())


class Outbox(io.RawIOBase):
    """What a writer wrote since it was last emptied."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._written += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


ENCODED: dict[str, Callable[[Iterator[pa.Table], str], Iterator[Piece]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "json": _json,
    "ndjson": _ndjson,
    "xlsx": _xlsx,
}
