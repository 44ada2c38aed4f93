"""The results of a cohort, part after part: as one file, and the rows that were not scored."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from agelens.clocks.batches import ERROR_FIELDS
from agelens.domain.errors import InvalidInput
from agelens.storage.files import Files

CONTRIBUTION = "contribution:"
TOLD_OF_ERRORS = frozenset({"row", "id", "error", ERROR_FIELDS})
# what a spreadsheet takes for the beginning of a formula; the last four are the wide forms
FORMULA = "[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"


def stream(
    files: Files, paths: Sequence[str], *, format: str, contributions: bool
) -> Iterator[bytes]:
    """All result rows in order, as one CSV, Parquet or JSON file, a piece for each part.

    A missing number is an empty cell or null. Text that a spreadsheet would run begins with an
    apostrophe in CSV.

    Raises
    ------
    InvalidInput
        At once, if there is no such format.
    """
    if format not in _FORMATS:
        raise InvalidInput.at("format", f"must be one of: {', '.join(_FORMATS)}")
    first = _read(files, paths[0], contributions)  # at once: what fails here is still an answer
    rest = (_read(files, path, contributions).cast(first.schema) for path in paths[1:])
    return _FORMATS[format](first, rest)


def errors(
    files: Files, paths: Sequence[str], *, after_row: int, limit: int
) -> list[dict[str, Any]]:
    """The first rows after `after_row` that were not scored: {row, id, message, fields}; rows from 1."""
    found: list[dict[str, Any]] = []
    for path in paths[_part_of(files, paths, after_row) :]:
        table = _read_columns(files, path, TOLD_OF_ERRORS.__contains__)
        bad = (pc.field("row") > after_row) & pc.field("error").is_valid()
        table = table.filter(bad).slice(0, limit - len(found))
        found += map(_error, table.to_pylist())
        if len(found) == limit:
            break
    return found


def _error(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = row.get(ERROR_FIELDS) or ""  # an older part tells none
    return {
        "row": row["row"],
        "id": row.get("id"),
        "message": row["error"],
        "fields": fields.split(",") if fields else [],
    }


def _part_of(files: Files, paths: Sequence[str], after_row: int) -> int:
    """The part of the row that follows; all parts but the last are as long as the first."""
    if after_row <= 0:
        return 0
    length = len(_read_columns(files, paths[0], lambda name: name == "row"))
    return after_row // max(length, 1)


def _read(files: Files, path: str, contributions: bool) -> pa.Table:
    return _read_columns(
        files,
        path,
        lambda name: name != ERROR_FIELDS and (contributions or not name.startswith(CONTRIBUTION)),
    )


def _read_columns(files: Files, path: str, wanted: Callable[[str], bool]) -> pa.Table:
    with files.open(path) as stream:
        names = pa.ipc.open_file(stream).schema.names
        places = [place for place, name in enumerate(names) if wanted(name)]
        options = pa.ipc.IpcReadOptions(included_fields=places)
        table = pa.ipc.open_file(stream, options=options).read_all()
    return _map(table, pa.types.is_floating, _without_nan)


def _without_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.is_nan(column), None, column)


def _map(
    table: pa.Table,
    applies: Callable[[pa.DataType], bool],
    change: Callable[[pa.ChunkedArray], pa.ChunkedArray],
) -> pa.Table:
    columns = [change(c) if applies(c.type) else c for c in table.columns]
    return pa.table(columns, names=table.column_names)


def _csv(first: pa.Table, rest: Iterable[pa.Table]) -> Iterator[bytes]:
    header = io.StringIO(newline="")
    csv.writer(header).writerow(_neutral(pa.array(first.column_names)).to_pylist())
    yield header.getvalue().encode()
    options = pyarrow.csv.WriteOptions(include_header=False, eol="\r\n")
    for table in _all(first, rest):
        sink = pa.BufferOutputStream()
        pyarrow.csv.write_csv(_map(table, pa.types.is_string, _neutral), sink, options)
        yield sink.getvalue().to_pybytes()


def _neutral(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(texts, pattern=f"\\A({FORMULA})", replacement="'\\1")


def _json(first: pa.Table, rest: Iterable[pa.Table]) -> Iterator[bytes]:
    between = b"["
    names = first.column_names
    for table in _all(first, rest):
        rows = zip(*map(_values, table.columns), strict=True)
        text = orjson.dumps([dict(zip(names, row, strict=True)) for row in rows])
        yield between + text[1:-1]
        between = b",\n"
    yield b"]"


def _values(column: pa.ChunkedArray) -> list[Any]:
    if not pa.types.is_floating(column.type):
        return list(column.to_pylist())
    return list(column.to_numpy().tolist())  # much faster; NaN, which no number is, is written null


def _parquet(first: pa.Table, rest: Iterable[pa.Table]) -> Iterator[bytes]:
    sink = _Outbox()
    # numbers hardly repeat: a dictionary of them takes four times as long, and more bytes
    texts = [field.name for field in first.schema if not pa.types.is_floating(field.type)]
    with pyarrow.parquet.ParquetWriter(sink, first.schema, use_dictionary=texts) as writer:
        for table in _all(first, rest):
            writer.write_table(table)
            yield sink.take()
    yield sink.take()


def _all(first: pa.Table, rest: Iterable[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest


class _Outbox(io.RawIOBase):
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


_FORMATS: dict[str, Callable[[pa.Table, Iterable[pa.Table]], Iterator[bytes]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "json": _json,
}
