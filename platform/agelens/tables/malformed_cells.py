"""Parse malformed cells one by one, with the error messages of their rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from agelens.clocks.base import IntArray, encoded
from agelens.clocks.batches.batch import Problems
from agelens.clocks.scoring import obstacles
from agelens.domain.answer_parsing import MAX_PROBLEMS, AnswerParser
from agelens.domain.errors import FieldProblem, InvalidAnswers
from agelens.domain.features import Feature
from agelens.domain.panel import AGE, Panel, PanelReader
from agelens.domain.registry import ordered_pairs
from agelens.tables.columns import ColumnBatch
from agelens.tables.matching import Column, ColumnNames, Matching
from agelens.tables.panel_schema import PanelSchema
from agelens.tables.typed_cells import answer_of

Arrays = Mapping[int, pa.Array]
Answers = list[tuple[int, float | str]]


@dataclass(frozen=True)
class ParsedCell:
    """What one cell says: the values of the features that it answers, or what is wrong with it."""

    values: Mapping[str, float | str]
    problems: Sequence[FieldProblem] = ()
    warnings: Sequence[str] = ()


class RowReader:
    """Reads rows and cells of one file as the API reads one person's answers."""

    def __init__(self, schema: PanelSchema, matching: Matching) -> None:
        self._schema = schema
        self._matching = matching
        self._names = ColumnNames(schema.features, matching.columns)
        self._panels = PanelReader(schema.features, needs_age=schema.needs_age, names=self._names)
        self._units = {c.sent: c.unit for c in matching.columns if c.unit}
        self._sent = {key: c.sent for c in matching.columns for key in c.features}

    def read(
        self, arrays: Mapping[int, pa.Array], rows: IntArray
    ) -> list[Panel | Sequence[FieldProblem]]:
        """The panels of these rows of a part's columns, or what is wrong with the row."""
        chosen = pa.array(rows)
        columns = self._matching.columns
        cells = [arrays[column.place].take(chosen).to_pylist() for column in columns]
        age = self._matching.age
        ages = [None] * len(rows) if age is None else arrays[age].take(chosen).to_pylist()
        return [
            self._read_one([column[row] for column in cells], ages[row]) for row in range(len(rows))
        ]

    def cells(self, column: Column, array: pa.Array, rows: IntArray) -> Iterator[ParsedCell]:
        """What the cells of a column say in these rows; equal ones are read once."""
        units = AnswerParser(self._names).units(self._units)
        known: dict[str, ParsedCell] = {}
        for cell in array.take(pa.array(rows)).to_pylist():
            spelled = cell if isinstance(cell, str) else repr(cell)  # 0.0 is not -0.0
            if spelled not in known:
                parser = AnswerParser(self._names)
                answers = {column.sent: answer_of(cell, column.kind)}
                values = parser.answers(answers, units)
                known[spelled] = ParsedCell(values, parser.problems, parser.warnings)
            yield known[spelled]

    def ages(self, array: pa.Array, rows: IntArray) -> Iterator[ParsedCell]:
        """What the cells of chronological age say in these rows, as the value of AGE."""
        known: dict[str, ParsedCell] = {}
        for cell in array.take(pa.array(rows)).to_pylist():
            spelled = cell if isinstance(cell, str) else repr(cell)
            if spelled not in known:
                parser = AnswerParser(self._names)
                needed = self._schema.needs_age
                age = parser.age(answer_of(cell, "number"), needed=needed)
                known[spelled] = ParsedCell({} if age is None else {AGE: age}, parser.problems)
            yield known[spelled]

    def missing(self, features: Sequence[Feature], *, age: bool) -> Sequence[FieldProblem]:
        """What is said of a row that lacks these features, and the age."""
        parser = AnswerParser(self._names)
        parser.age(None, needed=age)
        parser.missing(features, {})
        return parser.problems

    def pairs(self, values: Mapping[str, float]) -> Sequence[FieldProblem]:
        """What is said of a row in which such a pair of values is in the wrong order."""
        parser = AnswerParser(self._names)
        parser.pairs(values, sent=self._sent)
        return parser.problems

    def _read_one(self, cells: Sequence[object], age: object) -> Panel | Sequence[FieldProblem]:
        answers = {
            column.sent: answer_of(cell, column.kind)
            for column, cell in zip(self._matching.columns, cells, strict=True)
        }
        try:
            panel = self._panels.read(answers, self._units, answer_of(age, "number"))
        except InvalidAnswers as error:
            return error.problems
        return obstacles(self._schema, panel) or panel


def read_malformed(
    reader: RowReader,
    schema: PanelSchema,
    matching: Matching,
    sheet: ColumnBatch,
    arrays: Arrays,
    errors: dict[int, Problems],
) -> dict[int, tuple[str, ...]]:
    """Put what can be used into the sheet, and what is wrong into the errors; the warnings by row.

    The words are those that reading the whole row gives, in its order: answers, age, what is missing.
    """
    found: dict[int, list[FieldProblem]] = {}
    warnings: dict[int, tuple[str, ...]] = {}
    for features, rows, cells in _malformed(reader, matching, sheet, arrays, errors):
        given: dict[str, Answers] = {key: [] for key in features}
        for row, cell in zip(rows.tolist(), cells, strict=True):
            for key, value in cell.values.items():
                given[key].append((row, value))
            if cell.problems:
                found.setdefault(row, []).extend(cell.problems)
            if cell.warnings:
                warnings[row] = (*warnings.get(row, ()), *cell.warnings)
        for key, answers in given.items():
            _put(sheet, schema, key, rows, answers)
    if found:
        _tell_missing(reader, schema, sheet, found)
    for row, problems in _swapped(reader, sheet, errors):
        found.setdefault(row, []).extend(problems)
    if found:
        errors |= {row: problems[:MAX_PROBLEMS] for row, problems in found.items()}
    return warnings


def _swapped(
    reader: RowReader, sheet: ColumnBatch, errors: Mapping[int, Problems]
) -> Iterator[tuple[int, Sequence[FieldProblem]]]:
    """What is said of rows with a pair of values, such as blood pressures, that nobody has."""
    for larger, smaller in ordered_pairs():
        high, low = sheet.values.get(larger), sheet.values.get(smaller)
        if high is None or low is None:
            continue
        for row in np.flatnonzero(low >= high).tolist():
            if row not in errors:
                yield row, reader.pairs({larger: float(high[row]), smaller: float(low[row])})


def _malformed(
    reader: RowReader,
    matching: Matching,
    sheet: ColumnBatch,
    arrays: Arrays,
    errors: Mapping[int, Problems],
) -> Iterator[tuple[tuple[str, ...], IntArray, Iterator[ParsedCell]]]:
    """Column by column, what it answers, its rows that are not plain, and what they say."""
    at_fault = list(errors)
    for mask in sheet.malformed.values():
        mask[at_fault] = False
    for column in matching.columns:
        rows = np.flatnonzero(sheet.malformed[column.place])
        if len(rows):
            yield column.features, rows, reader.cells(column, arrays[column.place], rows)
    if matching.age is not None:
        rows = np.flatnonzero(sheet.malformed[matching.age])
        if len(rows):
            yield (AGE,), rows, reader.ages(arrays[matching.age], rows)


def _put(
    sheet: ColumnBatch, schema: PanelSchema, key: str, rows: IntArray, answers: Answers
) -> None:
    """The values of a feature in the rows that were read, NaN in the others of them."""
    sheet.put(key, rows, np.full(len(rows), np.nan))
    if not answers:
        return
    read, values = zip(*answers, strict=True)
    feature = next((f for f in schema.features if f.key == key), None)
    numbers = np.array(values, dtype=float) if feature is None else encoded(feature, values)
    sheet.put(key, np.array(read), numbers)


def _tell_missing(
    reader: RowReader,
    schema: PanelSchema,
    sheet: ColumnBatch,
    found: Mapping[int, list[FieldProblem]],
) -> None:
    """What rows with a problem lack besides."""
    required = [f for f in schema.features if f.required]
    for row, problems in found.items():
        wrong = {problem.field for problem in problems}
        lacks_age = schema.needs_age and AGE not in wrong and np.isnan(sheet.ages[row])
        lacking = [f for f in required if f.key not in wrong and _is_missing(sheet, f.key, row)]
        if lacks_age or lacking:
            problems += reader.missing(lacking, age=lacks_age)


def _is_missing(sheet: ColumnBatch, key: str, row: int) -> bool:
    return key not in sheet.values or bool(np.isnan(sheet.values[key][row]))
