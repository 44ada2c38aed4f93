"""Export a cohort's results as one file, and list the rows that were not scored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.batches import ERROR_FIELDS
from agelens.domain.errors import InvalidInput
from agelens.storage.files import Files
from agelens.tables.formats.encoding import changed, encode

CONTRIBUTION = "contribution:"
EXPORTED = ("csv", "parquet", "json")
TOLD_OF_ERRORS = frozenset({"row", "id", "error", ERROR_FIELDS})


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
    if format not in EXPORTED:
        raise InvalidInput.at("format", f"must be one of: {', '.join(EXPORTED)}")
    first = _read(files, paths[0], contributions)  # at once: what fails here is still an answer
    rest = (_read(files, path, contributions) for path in paths[1:])
    return map(bytes, encode(format, chain([first], rest), eol="\r\n"))


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
    return changed(table, pa.types.is_floating, _without_nan)


def _without_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.is_nan(column), None, column)
