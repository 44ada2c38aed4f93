"""Parse malformed cells one by one, with the error messages of their rows."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray, IntArray, encoded
from agelens.clocks.batches.batch import Problems
from agelens.clocks.scoring import obstacles
from agelens.domain.answer_parsing import AnswerParser
from agelens.domain.answers import limit_of, printable
from agelens.domain.errors import FieldProblem
from agelens.domain.features import Feature
from agelens.domain.panel import AGE, Panel
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
    """Reads cells of one file as the API reads one person's answers.

    With `censored` "limit" cells such as `<0.3` are read as the number in them.
    """

    def __init__(
        self, schema: PanelSchema, matching: Matching, censored: str | None = None
    ) -> None:
        self._schema = schema
        self._names = ColumnNames(schema.features, matching.columns)
        self._units = {c.sent: c.unit for c in matching.columns if c.unit}
        self._sent = {key: c.sent for c in matching.columns for key in c.features}
        self._takes_limits = censored == "limit"

    def cells(self, column: Column, array: pa.Array, doubtful: BoolArray) -> Iterator[ParsedCell]:
        """What the cells of a column say; `doubtful` ones have a point among decimal commas."""
        units = AnswerParser(self._names).units(self._units)

        def parse(parser: AnswerParser, answer: object) -> Mapping[str, float | str]:
            return parser.answers({column.sent: answer}, units)

        return self._parsed(array, doubtful, column.kind, (column.sent, column.features[0]), parse)

    def ages(self, array: pa.Array, doubtful: BoolArray) -> Iterator[ParsedCell]:
        """What the cells of chronological age say, as the value of AGE."""

        def parse(parser: AnswerParser, answer: object) -> Mapping[str, float | str]:
            age = parser.age(answer, needed=self._schema.needs_age)
            return {} if age is None or parser.problems else {AGE: age}

        return self._parsed(array, doubtful, "number", (AGE, AGE), parse)

    def _parsed(
        self,
        array: pa.Array,
        doubtful: BoolArray,
        kind: str,
        names: tuple[str, str],
        parse: Callable[[AnswerParser, object], Mapping[str, float | str]],
    ) -> Iterator[ParsedCell]:
        """Cell by cell; equal ones are read once."""
        known: dict[str, ParsedCell] = {}
        for cell, is_doubtful in zip(array.to_pylist(), doubtful.tolist(), strict=True):
            spelled = cell if isinstance(cell, str) else repr(cell)  # 0.0 is not -0.0
            if spelled not in known:
                parser, answer, note = AnswerParser(self._names), answer_of(cell, kind), ""
                if is_doubtful:
                    parser.problem(_doubt(spelled), "answers", names[0], field=names[1])
                    answer = None
                elif self._takes_limits and kind == "number" and isinstance(answer, str):
                    answer, note = _limit(answer, names[1])
                values = {} if is_doubtful else parse(parser, answer)
                notes = [note] if note and values else []
                known[spelled] = ParsedCell(values, parser.problems, [*notes, *parser.warnings])
            yield known[spelled]

    def lacking(self, answered: Collection[str], age: float) -> Sequence[FieldProblem]:
        """What is said of a row that answers these features alone; nothing when that is enough."""
        known = None if math.isnan(age) else age
        problems = self.missing(
            [f for f in self._schema.features if f.required and f.key not in answered],
            age=self._schema.needs_age and known is None,
        )
        return problems or obstacles(self._schema, Panel(dict.fromkeys(answered, 0.0), known))

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


def _doubt(text: str) -> str:
    whole = text.strip().replace(".", "")
    pointed = text.strip().replace(".", ",")
    other = f" or {pointed}" if pointed.count(",") == 1 else ""
    shown = printable(text.strip(), 20)
    return (
        f'has a point, where other numbers have a decimal comma ("{shown}"): write {whole}{other}'
    )


def _limit(answer: str, key: str) -> tuple[object, str]:
    """What a cell such as `<0.3` is read as, and what is said about it."""
    limit = limit_of(answer)
    if limit is None:
        return answer, ""
    return float(limit), f"{key} {answer} was read as its limit, {limit}"


@dataclass(frozen=True)
class OddCells:
    """What the cells that are not plain say, by row.

    `problems` are of all rows with a cell that cannot be used; those that a clock needs are in
    `fatal`, the cells of the others count as missing.
    """

    problems: Mapping[int, list[FieldProblem]]
    fatal: Collection[int]
    warnings: Mapping[int, tuple[str, ...]]


def read_malformed(
    reader: RowReader,
    schema: PanelSchema,
    matching: Matching,
    sheet: ColumnBatch,
    arrays: Arrays,
    errors: Mapping[int, Problems],
) -> OddCells:
    """Put what can be used into the sheet, and tell what cannot.

    The words are those that reading the whole row gives, in its order: answers, age, what is missing.
    """
    found: dict[int, list[FieldProblem]] = {}
    fatal: set[int] = set()
    warnings: dict[int, tuple[str, ...]] = {}
    for features, rows, cells in _malformed(reader, matching, sheet, arrays, errors):
        given: dict[str, Answers] = {key: [] for key in features}
        for row, cell in zip(rows.tolist(), cells, strict=True):
            for key, value in cell.values.items():
                given[key].append((row, value))
            if cell.warnings:
                warnings[row] = (*warnings.get(row, ()), *cell.warnings)
            if cell.problems:
                found.setdefault(row, []).extend(cell.problems)
                if any(schema.needs(problem.field) for problem in cell.problems):
                    fatal.add(row)
        for key, answers in given.items():
            _put(sheet, schema, key, rows, answers)
    swapped = dict(_swapped(reader, sheet, errors))
    fatal |= set(swapped)
    _tell_missing(reader, schema, sheet, {row: found.setdefault(row, []) for row in sorted(fatal)})
    for row, problems in swapped.items():
        found[row].extend(problems)
    for row, problems in found.items():
        left_out = (f"{p.field} {p.message}; it counts as missing" for p in problems)
        warnings[row] = (*warnings.get(row, ()), *left_out)
    return OddCells(found, fatal, warnings)


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
            cells = arrays[column.place].take(pa.array(rows))
            doubtful = _doubtful(sheet, column.place, rows)
            yield column.features, rows, reader.cells(column, cells, doubtful)
    if matching.age is not None:
        rows = np.flatnonzero(sheet.malformed[matching.age])
        if len(rows):
            cells = arrays[matching.age].take(pa.array(rows))
            yield (AGE,), rows, reader.ages(cells, _doubtful(sheet, matching.age, rows))


def _doubtful(sheet: ColumnBatch, place: int, rows: IntArray) -> BoolArray:
    doubtful = sheet.doubtful.get(place)
    return np.zeros(len(rows), dtype=bool) if doubtful is None else doubtful[rows]


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
