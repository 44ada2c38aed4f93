"""Rows of people from CSV and Parquet files, as panels."""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agelens.domain.answers import plain_number
from agelens.domain.errors import FieldProblem, InvalidAnswers, InvalidInput, json_pointer
from agelens.domain.features import Feature
from agelens.domain.panel import Panel, PanelReader
from agelens.domain.registry import DATA_SETS
from agelens.domain.units import comparable
from agelens.tables.column_hints import age_name, no_column, used_columns

Row = Mapping[str, object]
MISSING_TEXT = frozenset({"", "na", "nan"})


@dataclass(frozen=True)
class Rows:
    """A file's header and its rows; `faults` says of rows, by place, why they are none."""

    header: tuple[str, ...]
    rows: Sequence[Row]
    faults: Mapping[int, str] = field(default_factory=dict)


def read_rows(path: Path) -> Rows:
    """Every row of a CSV or Parquet file; cells of a CSV are text.

    A blank line of a CSV is a row at fault, so that rows keep their places; only at the end of the
    file it is nothing.

    Raises
    ------
    InvalidInput
        If there is no such file, it is empty, it cannot be read as what its name says, or two of
        its columns have the same name.
    """
    if not path.is_file():
        raise InvalidInput.at("data", f"there is no file {path}")
    if path.stat().st_size == 0:
        raise InvalidInput.at("data", f"{path.name} is empty")
    try:
        is_parquet = path.suffix.lower() == ".parquet"
        return _read_parquet(path) if is_parquet else _read_csv(path)
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidInput.at("data", f"{path.name} cannot be read: {error}") from error


def read_people(
    rows: Rows, features: Sequence[Feature], columns: str, *, needs_age: bool = False
) -> Iterator[Panel | InvalidAnswers]:
    """One panel per row, or what is wrong with the row.

    Parameters
    ----------
    rows : Rows
    features : sequence of Feature
        Columns that answer none of them are ignored.
    columns : str
        Whose column names these are: a name of `DATA_SETS`.
    needs_age : bool
        Whether the column of chronological age is read.

    Raises
    ------
    InvalidInput
        At once, if no column answers any feature that the clock learns from.
    """
    if columns not in DATA_SETS:
        raise InvalidInput.at("columns", f"must be one of: {', '.join(DATA_SETS)}")
    reader = PanelReader(features, needs_age=needs_age, columns=columns)
    used = used_columns(rows.header, features, columns, reader.names)
    if not any(w[0].feature.informative for name in used for w in reader.names.find(name)):
        raise InvalidInput.at("columns", no_column(rows.header, features, columns))
    age = age_name(rows.header, columns) if needs_age else None
    return (
        _at_fault(rows.faults[place]) if place in rows.faults else _read_one(reader, row, used, age)
        for place, row in enumerate(rows.rows)
    )


def _at_fault(fault: str) -> InvalidAnswers:
    return InvalidAnswers([FieldProblem(json_pointer("row"), "row", fault)])


def _read_one(
    reader: PanelReader, row: Row, used: Mapping[str, str], age: str | None
) -> Panel | InvalidAnswers:
    answers = {name: answer_of(row.get(name), kind) for name, kind in used.items()}
    try:
        return reader.read(answers, None, answer_of(row.get(age), "number") if age else None)
    except InvalidAnswers as error:
        return error


def answer_of(cell: object, kind: str) -> object:
    """A cell as a JSON value: blank is missing; "None" is a category, so it stays text."""
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if text.casefold() in MISSING_TEXT:
        return None
    number = plain_number(text) if kind == "number" else None
    return text if number is None else number


def _read_csv(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        # strict: a quote that is never closed would swallow every row after it
        lines = list(csv.reader(stream, strict=True))
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise ValueError("it holds nothing but blank lines")
    header = tuple(lines.pop(0))
    check_header(header)
    faults = {
        place: fault_words(len(cells), len(header))
        for place, cells in enumerate(lines)
        if len(cells) != len(header)
    }
    rows = [
        {} if place in faults else dict(zip(header, cells, strict=True))
        for place, cells in enumerate(lines)
    ]
    return Rows(header, rows, faults)


def fault_words(n_cells: int, n_columns: int) -> str:
    """Why a line of that many cells is no row of the file."""
    return f"has {n_cells} cells, the header has {n_columns}" if n_cells else "is a blank line"


def check_header(header: Sequence[str]) -> None:
    """Raise ValueError when two columns have the same name; any number may have none."""
    spelled = Counter(comparable(name) for name in header)
    twice = [name for name in header if comparable(name) and spelled[comparable(name)] > 1]
    if twice:
        raise ValueError(f"columns have the same name: {', '.join(twice[:6])}")


def _read_parquet(path: Path) -> Rows:
    import pyarrow.parquet  # only this format needs it

    table = pyarrow.parquet.read_table(path)
    check_header(table.column_names)
    return Rows(tuple(table.column_names), table.to_pylist())
