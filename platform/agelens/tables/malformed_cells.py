"""The malformed cells of a part: their values, and the error messages of their rows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray, IntArray, encoded
from agelens.clocks.batches.batch import Problems
from agelens.clocks.batches.row_patterns import patterns_of
from agelens.domain.errors import FieldProblem
from agelens.domain.panel import AGE
from agelens.domain.registry import ordered_pairs
from agelens.tables.cell_parsing import CellParser, ParsedCell, ParsedCells
from agelens.tables.columns import ColumnBatch
from agelens.tables.matching import Matching
from agelens.tables.panel_schema import PanelSchema

Arrays = Mapping[int, pa.Array]


@dataclass(frozen=True)
class MalformedCells:
    """What the cells that are not plain say, by row.

    `problems` are of all rows with a cell that cannot be used; those that a clock needs are in
    `fatal`, the cells of the others count as missing.
    """

    problems: Mapping[int, Sequence[FieldProblem]]
    fatal: Collection[int]
    warnings: Mapping[int, tuple[str, ...]]


def read_malformed(
    parser: CellParser,
    schema: PanelSchema,
    matching: Matching,
    batch: ColumnBatch,
    arrays: Arrays,
    errors: Mapping[int, Problems],
) -> MalformedCells:
    """Put what can be used into the batch, and tell what cannot.

    The words are those that reading the whole row gives, in its order: answers, age, what is missing.
    """
    row_patterns = _RowPatterns(schema, len(batch.ages))
    for features, rows, cells in _malformed(parser, matching, batch, arrays, errors):
        for key in features:
            _put(batch, schema, key, rows, cells)
        row_patterns.add(rows, cells)
    messages = row_patterns.messages()
    swapped = dict(_swapped(parser, batch, errors))
    fatal = {row for row, row_messages in messages.items() if row_messages.is_fatal} | set(swapped)
    problems: dict[int, Sequence[FieldProblem]] = {
        row: row_messages.problems
        for row, row_messages in messages.items()
        if row_messages.problems
    }
    problems |= _with_missing(parser, schema, batch, messages, sorted(fatal))
    for row, pair_problems in swapped.items():
        problems[row] = (*problems[row], *pair_problems)
    warnings = {
        row: row_messages.warnings for row, row_messages in messages.items() if row not in fatal
    }
    return MalformedCells(problems, fatal, warnings)


@dataclass(eq=False, slots=True)
class _RowMessages:
    """What is said of all rows with the same malformed cells."""

    problems: tuple[FieldProblem, ...]
    is_fatal: bool
    _cells: Sequence[ParsedCell]
    _warnings: tuple[str, ...] | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Made when they are asked for: rows that cannot be scored have none."""
        if self._warnings is None:
            from_cells = [note for cell in self._cells for note in cell.warnings]
            missing = [f"{p.field} {p.message}; it counts as missing" for p in self.problems]
            self._warnings = (*from_cells, *missing)
        return self._warnings


NO_MESSAGES = _RowMessages((), False, ())


class _RowPatterns:
    """Finds the rows with the same malformed cells, so that these are told of once."""

    def __init__(self, schema: PanelSchema, n_rows: int) -> None:
        self._needs = {f.key: schema.needs(f.key) for f in schema.features}
        self._needs[AGE] = schema.needs(AGE)
        self._n_rows = n_rows
        self._columns: list[tuple[Sequence[ParsedCell], IntArray]] = []

    def add(self, rows: IntArray, cells: ParsedCells) -> None:
        """Take the cells of a column in these rows; the others have nothing to tell of."""
        has_message = np.array([bool(c.problem or c.warnings) for c in cells.distinct], dtype=bool)
        with_message = has_message[cells.codes]
        if with_message.any():
            codes = np.full(self._n_rows, -1, dtype=np.intp)
            codes[rows[with_message]] = cells.codes[with_message]
            self._columns.append((cells.distinct, codes))

    def messages(self) -> dict[int, _RowMessages]:
        """What is said of every row with such a cell, one object for all rows alike."""
        if not self._columns:
            return {}
        rows = np.flatnonzero(np.any([codes >= 0 for _, codes in self._columns], axis=0))
        pattern = np.zeros(len(rows), dtype=np.int64)
        for distinct, codes in self._columns:
            pattern = pattern * (len(distinct) + 1) + codes[rows]
            _, first, pattern = np.unique(pattern, return_index=True, return_inverse=True)
        by_column = [(distinct, codes[rows[first]].tolist()) for distinct, codes in self._columns]
        messages = [
            self._of([distinct[codes[n]] for distinct, codes in by_column if codes[n] >= 0])
            for n in range(len(first))
        ]
        return {row: messages[n] for row, n in zip(rows.tolist(), pattern.tolist(), strict=True)}

    def _of(self, cells: Sequence[ParsedCell]) -> _RowMessages:
        problems = tuple([cell.problem for cell in cells if cell.problem is not None])
        is_fatal = any(
            cell.costs_its_row or self._needs[cell.problem.field]
            for cell in cells
            if cell.problem is not None
        )
        return _RowMessages(problems, is_fatal, cells)


def _swapped(
    parser: CellParser, batch: ColumnBatch, errors: Mapping[int, Problems]
) -> Iterator[tuple[int, Sequence[FieldProblem]]]:
    """What is said of rows with a pair of values, such as blood pressures, that nobody has."""
    for larger, smaller in ordered_pairs():
        high, low = batch.values.get(larger), batch.values.get(smaller)
        if high is None or low is None:
            continue
        for row in np.flatnonzero(low >= high).tolist():
            if row not in errors:
                yield row, parser.pairs({larger: float(high[row]), smaller: float(low[row])})


def _malformed(
    parser: CellParser,
    matching: Matching,
    batch: ColumnBatch,
    arrays: Arrays,
    errors: Mapping[int, Problems],
) -> Iterator[tuple[tuple[str, ...], IntArray, ParsedCells]]:
    """Column by column, what it answers, its rows that are not plain, and what they say."""
    rows_with_error = list(errors)
    for mask in batch.malformed.values():
        mask[rows_with_error] = False
    for column in matching.columns:
        rows = np.flatnonzero(batch.malformed[column.index])
        if len(rows):
            cells = arrays[column.index].take(pa.array(rows))
            doubtful = _doubtful(batch, column.index, rows)
            yield column.features, rows, parser.cells(column, cells, doubtful)
    if matching.age is not None:
        rows = np.flatnonzero(batch.malformed[matching.age])
        if len(rows):
            cells = arrays[matching.age].take(pa.array(rows))
            yield (AGE,), rows, parser.ages(cells, _doubtful(batch, matching.age, rows))


def _doubtful(batch: ColumnBatch, column_index: int, rows: IntArray) -> BoolArray:
    doubtful = batch.doubtful.get(column_index)
    return np.zeros(len(rows), dtype=bool) if doubtful is None else doubtful[rows]


def _put(
    batch: ColumnBatch, schema: PanelSchema, key: str, rows: IntArray, cells: ParsedCells
) -> None:
    """The values of a feature in the rows that were read, NaN in those that have none."""
    has_value = [key in cell.values for cell in cells.distinct]
    values = [cell.values[key] for cell in cells.distinct if key in cell.values]
    feature = next((f for f in schema.features if f.key == key), None)
    numbers = np.full(len(has_value), np.nan)
    if values:
        numbers[has_value] = (
            np.array(values, dtype=float) if feature is None else encoded(feature, values)
        )
    batch.put(key, rows, numbers[cells.codes])


def _with_missing(
    parser: CellParser,
    schema: PanelSchema,
    batch: ColumnBatch,
    messages: Mapping[int, _RowMessages],
    rows: Sequence[int],
) -> dict[int, Sequence[FieldProblem]]:
    """What is wrong with these rows and what they lack besides; rows alike share it."""
    required = [f for f in schema.features if f.required]
    row_numbers = np.array(rows, dtype=np.intp)
    lacks = {f.key: _is_missing(batch, f.key, row_numbers) for f in required}
    if schema.needs_age:
        lacks[AGE] = np.isnan(batch.ages[row_numbers])
    first, pattern = patterns_of(list(lacks.values()), len(rows))
    lacking = [
        {key for key, missing in lacks.items() if missing[pattern_row]} for pattern_row in first
    ]
    known_problems: dict[tuple[_RowMessages, int], Sequence[FieldProblem]] = {}
    problems = {}
    for row, number in zip(rows, pattern.tolist(), strict=True):
        row_messages = messages.get(row, NO_MESSAGES)
        all_problems = known_problems.get((row_messages, number))
        if all_problems is None:
            keys = lacking[number] - {problem.field for problem in row_messages.problems}
            missing = [f for f in required if f.key in keys]
            more = parser.missing(missing, age=AGE in keys) if keys else ()
            all_problems = known_problems[row_messages, number] = (*row_messages.problems, *more)
        problems[row] = all_problems
    return problems


def _is_missing(batch: ColumnBatch, key: str, rows: IntArray) -> BoolArray:
    if key not in batch.values:
        return np.ones(len(rows), dtype=bool)
    return np.isnan(batch.values[key][rows])
