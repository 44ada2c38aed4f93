"""Export a cohort's results as one file; list the rows that were not scored, and those with a warning."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.batches import ERROR_FIELDS
from agelens.clocks.batches.reasons import Wording
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import AGE
from agelens.domain.registry import biomarkers
from agelens.services.cohorts.prefetching import prefetch
from agelens.storage.files import Files
from agelens.tables.formats.encoding import changed, encode
from agelens.tables.formats.workbook_writing import beside, check_fits

CONTRIBUTION = "contribution:"
OURS = frozenset({ERROR_FIELDS, AGE})  # columns that are kept for us, and are no results
EXPORTED = ("csv", "parquet", "json", "xlsx")
TOLD_OF_ERRORS = frozenset({"row", "id", "error", ERROR_FIELDS})
TOLD_OF_WARNINGS = frozenset({"row", "id", "warnings"})


@dataclass(frozen=True)
class OwnColumns:
    """The columns of a workbook that was sent, kept part by part to be given back."""

    header: Sequence[str]
    paths: Sequence[str]


def stream(
    files: Files,
    paths: Sequence[str],
    *,
    format: str,
    contributions: bool,
    n_rows: int = 0,
    own: OwnColumns | None = None,
) -> Iterator[bytes]:
    """All result rows in order, as one CSV, Parquet, JSON or Excel file, a piece for each part.

    In Excel the columns of the workbook that was sent stand before ours, where they were kept.

    A missing number is an empty cell or null. Text that a spreadsheet would run begins with an
    apostrophe in CSV. Parquet and Excel name clock, hashes and code, as they were for the first part.

    Raises
    ------
    InvalidInput
        At once, if there is no such format, or a sheet has no room for `n_rows`.
    """
    if format not in EXPORTED:
        raise InvalidInput.at("format", f"must be one of: {', '.join(EXPORTED)}")
    if format == "xlsx":
        check_fits(n_rows)
    own = own if format == "xlsx" else None
    parts = (_part(files, path, contributions, own, number) for number, path in enumerate(paths))
    first = next(parts)  # at once: what fails here is still an answer
    return prefetch(map(bytes, encode(format, chain([first], parts), eol="\r\n")))


def errors(
    files: Files, paths: Sequence[str], *, after_row: int, limit: int
) -> list[dict[str, Any]]:
    """The first rows after `after_row` that were not scored: {row, id, message, fields}; rows from 1."""
    wording = Wording(biomarkers().values())
    return [
        _problem_row(row, wording, row["error"])
        # an older part tells no fields
        | {"fields": (row.get(ERROR_FIELDS) or "").split(",") if row.get(ERROR_FIELDS) else []}
        for row in _rows_with("error", files, paths, TOLD_OF_ERRORS, after_row, limit)
    ]


def warnings(
    files: Files, paths: Sequence[str], *, after_row: int, limit: int
) -> list[dict[str, Any]]:
    """The first rows after `after_row` that were scored with a warning: {row, id, message}."""
    wording = Wording(biomarkers().values())
    rows = _rows_with("warnings", files, paths, TOLD_OF_WARNINGS, after_row, limit)
    return [_problem_row(row, wording, row["warnings"]) for row in rows]


def _problem_row(row: Mapping[str, Any], wording: Wording, message: str) -> dict[str, Any]:
    return {"row": row["row"], "id": row.get("id"), "message": wording.in_words(message)}


def _rows_with(
    column: str,
    files: Files,
    paths: Sequence[str],
    columns: Container[str],
    after_row: int,
    limit: int,
) -> list[dict[str, Any]]:
    """The first rows after `after_row` in which a column is filled."""
    rows: list[dict[str, Any]] = []
    for path in paths[_part_of(files, paths, after_row) :]:
        table = read_columns(files, path, columns.__contains__)
        filled = (pc.field("row") > after_row) & pc.field(column).is_valid()
        rows += table.filter(filled).slice(0, limit - len(rows)).to_pylist()
        if len(rows) == limit:
            break
    return rows


def _part_of(files: Files, paths: Sequence[str], after_row: int) -> int:
    """The part of the row that follows; all parts but the last are as long as the first."""
    if after_row <= 0:
        return 0
    length = len(read_columns(files, paths[0], lambda name: name == "row"))
    return after_row // max(length, 1)


def _part(
    files: Files, path: str, contributions: bool, own: OwnColumns | None, number: int
) -> pa.Table:
    answers = _read(files, path, contributions)
    if own is None:
        return answers
    with files.open(own.paths[number]) as stream:
        return beside(pa.ipc.open_file(stream).read_all(), own.header, answers)


def _read(files: Files, path: str, contributions: bool) -> pa.Table:
    return read_columns(
        files,
        path,
        lambda name: name not in OURS and (contributions or not name.startswith(CONTRIBUTION)),
    )


def read_columns(files: Files, path: str, is_wanted: Callable[[str], bool]) -> pa.Table:
    """Some columns of a part of the results, without NaN."""
    with files.open(path) as stream:
        names = pa.ipc.open_file(stream).schema.names
        indexes = [index for index, name in enumerate(names) if is_wanted(name)]
        options = pa.ipc.IpcReadOptions(included_fields=indexes)
        table = pa.ipc.open_file(stream, options=options).read_all()
    return changed(table, pa.types.is_floating, _without_nan)


def _without_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if len(column) and not np.isnan(column.to_numpy().min()):  # which costs a tenth of what follows
        return column
    return pc.if_else(pc.is_nan(column), None, column)
