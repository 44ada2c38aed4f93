"""Parse malformed cells one by one, with the error messages of their rows."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray, IntArray, encoded
from agelens.clocks.batches.batch import Problems
from agelens.clocks.batches.row_patterns import patterns_of
from agelens.clocks.scoring import obstacles
from agelens.domain.answer_parsing import AnswerParser, first_usable
from agelens.domain.answers import Implausible, NotUsable, limit_of, no_number, printable
from agelens.domain.errors import FieldProblem, json_pointer
from agelens.domain.features import Feature, Target
from agelens.domain.panel import AGE, Panel
from agelens.domain.registry import ordered_pairs
from agelens.tables.columns import ColumnBatch
from agelens.tables.matching import Column, ColumnNames, Matching
from agelens.tables.panel_schema import PanelSchema
from agelens.tables.typed_cells import answer_of, is_text

Arrays = Mapping[int, pa.Array]

NONE: Mapping[str, float | str] = {}


@dataclass(eq=False, slots=True)
class ParsedCell:
    """What one cell says: the values of the features that it answers, or what is wrong with it.

    Equal cells of a column are one object: what is said of them is made once and shared by the rows.
    A cell that `costs_its_row` does so whatever the clock needs: an implausible number says that its
    unit may be wrong.
    """

    values: Mapping[str, float | str]
    problem: FieldProblem | None = None
    warnings: Sequence[str] = ()
    costs_its_row: bool = False


@dataclass(frozen=True)
class ParsedCells:
    """Cells of a column: the distinct ones, and which of them each is."""

    distinct: Sequence[ParsedCell]
    codes: IntArray


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

    def cells(self, column: Column, array: pa.Array, doubtful: BoolArray) -> ParsedCells:
        """What the cells of a column say; `doubtful` ones have a point among decimal commas."""
        units = AnswerParser(self._names).units(self._units)
        pointer = json_pointer("answers", printable(column.sent, 200))
        targets = [
            (ways[0].feature.key, ways, units.get(ways[0].feature.key)) for ways in column.ways
        ]

        only_numbers = all(_is_of_numbers(target) for _, ways, _ in targets for target in ways)

        def parse(answer: object) -> ParsedCell:
            if only_numbers and isinstance(answer, str):  # the usual mistake, told of at once
                return ParsedCell(NONE, FieldProblem(pointer, targets[0][0], no_number(answer)))
            values: dict[str, float | str] = {}
            warnings: list[str] = []
            for key, ways, unit in targets if answer is not None else ():
                try:
                    values[key], warning = first_usable(ways, answer, unit)
                except NotUsable as error:
                    problem = FieldProblem(pointer, key, str(error))
                    return ParsedCell(values, problem, warnings, isinstance(error, Implausible))
                if warning:
                    warnings.append(warning)
            return ParsedCell(values, None, warnings)

        return self._parsed(array, doubtful, column.kind, (column.sent, column.features[0]), parse)

    def ages(self, array: pa.Array, doubtful: BoolArray) -> ParsedCells:
        """What the cells of chronological age say, as the value of AGE."""

        def parse(answer: object) -> ParsedCell:
            parser = AnswerParser(self._names)
            age = parser.age(answer, needed=self._schema.needs_age)
            if parser.problems:
                return ParsedCell(NONE, parser.problems[0])
            return ParsedCell(NONE if age is None else {AGE: age})

        return self._parsed(array, doubtful, "number", (AGE, AGE), parse)

    def _parsed(
        self,
        array: pa.Array,
        doubtful: BoolArray,
        kind: str,
        names: tuple[str, str],
        parse: Callable[[object], ParsedCell],
    ) -> ParsedCells:
        """Equal cells are read once."""
        spelled = array if is_text(array.type) else pa.array(map(repr, array.to_pylist()))
        encoded = spelled.dictionary_encode("encode")  # of texts: 0.0 is not -0.0
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        _, first = np.unique(codes, return_index=True)
        is_doubtful = doubtful[first].tolist()
        distinct = []
        for cell, doubt in zip(array.take(pa.array(first)).to_pylist(), is_doubtful, strict=True):
            if doubt:
                pointer = json_pointer("answers", printable(names[0], 200))
                found = ParsedCell(NONE, FieldProblem(pointer, names[1], _doubt(cell)))
            else:
                found = self._without_limit(answer_of(cell, kind), kind, names[1], parse)
            distinct.append(found)
        return ParsedCells(distinct, codes)

    def _without_limit(
        self, answer: object, kind: str, key: str, parse: Callable[[object], ParsedCell]
    ) -> ParsedCell:
        if not (self._takes_limits and kind == "number" and isinstance(answer, str)):
            return parse(answer)
        answer, note = _limit(answer, key)
        found = parse(answer)
        if note and found.values:
            found.warnings = [note, *found.warnings]
        return found

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


def is_of_numbers(column: Column) -> bool:
    """Whether a column is read in one way alone, as numbers: of pairs and the like the text counts."""
    return all(len(ways) == 1 and _is_of_numbers(ways[0]) for ways in column.ways)


def _is_of_numbers(target: Target) -> bool:
    transform = target.alias.transform if target.alias else ""
    return target.feature.kind != "choice" and transform in ("", "expm1")


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

    problems: Mapping[int, Sequence[FieldProblem]]
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
    rows_alike = RowsAlike(schema, len(sheet.ages))
    for features, rows, cells in _malformed(reader, matching, sheet, arrays, errors):
        for key in features:
            _put(sheet, schema, key, rows, cells)
        rows_alike.add(rows, cells)
    found = rows_alike.said()
    swapped = dict(_swapped(reader, sheet, errors))
    fatal = {row for row, said in found.items() if said.is_fatal} | set(swapped)
    problems: dict[int, Sequence[FieldProblem]] = {
        row: said.problems for row, said in found.items() if said.problems
    }
    problems |= _with_missing(reader, schema, sheet, found, sorted(fatal))
    for row, pair in swapped.items():
        problems[row] = (*problems[row], *pair)
    warnings = {row: said.warnings for row, said in found.items() if row not in fatal}
    return OddCells(problems, fatal, warnings)


@dataclass(eq=False, slots=True)
class _Said:
    """What is said of all rows with the same malformed cells."""

    problems: tuple[FieldProblem, ...]
    is_fatal: bool
    _cells: Sequence[ParsedCell]
    _warnings: tuple[str, ...] | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Made when they are asked for: rows that cannot be scored have none."""
        if self._warnings is None:
            own = [note for cell in self._cells for note in cell.warnings]
            odd = [f"{p.field} {p.message}; it counts as missing" for p in self.problems]
            self._warnings = (*own, *odd)
        return self._warnings


NOTHING = _Said((), False, ())


class RowsAlike:
    """Finds the rows with the same malformed cells, so that these are told of once."""

    def __init__(self, schema: PanelSchema, n_rows: int) -> None:
        self._needs = {f.key: schema.needs(f.key) for f in schema.features}
        self._needs[AGE] = schema.needs(AGE)
        self._n_rows = n_rows
        self._columns: list[tuple[Sequence[ParsedCell], IntArray]] = []

    def add(self, rows: IntArray, cells: ParsedCells) -> None:
        """Take the cells of a column in these rows; the others have nothing to tell of."""
        tells = np.array([bool(c.problem or c.warnings) for c in cells.distinct], dtype=bool)
        here = tells[cells.codes]
        if here.any():
            codes = np.full(self._n_rows, -1, dtype=np.intp)
            codes[rows[here]] = cells.codes[here]
            self._columns.append((cells.distinct, codes))

    def said(self) -> dict[int, _Said]:
        """What is said of every row with such a cell, one object for all rows alike."""
        if not self._columns:
            return {}
        rows = np.flatnonzero(np.any([codes >= 0 for _, codes in self._columns], axis=0))
        pattern = np.zeros(len(rows), dtype=np.int64)
        for distinct, codes in self._columns:
            pattern = pattern * (len(distinct) + 1) + codes[rows]
            _, first, pattern = np.unique(pattern, return_index=True, return_inverse=True)
        by_column = [(distinct, codes[rows[first]].tolist()) for distinct, codes in self._columns]
        said = [
            self._of([distinct[codes[n]] for distinct, codes in by_column if codes[n] >= 0])
            for n in range(len(first))
        ]
        return {row: said[n] for row, n in zip(rows.tolist(), pattern.tolist(), strict=True)}

    def _of(self, cells: Sequence[ParsedCell]) -> _Said:
        problems = tuple([cell.problem for cell in cells if cell.problem is not None])
        is_fatal = any(
            cell.costs_its_row or self._needs[cell.problem.field]
            for cell in cells
            if cell.problem is not None
        )
        return _Said(problems, is_fatal, cells)


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
) -> Iterator[tuple[tuple[str, ...], IntArray, ParsedCells]]:
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
    sheet: ColumnBatch, schema: PanelSchema, key: str, rows: IntArray, cells: ParsedCells
) -> None:
    """The values of a feature in the rows that were read, NaN in those that have none."""
    has = [key in cell.values for cell in cells.distinct]
    values = [cell.values[key] for cell in cells.distinct if key in cell.values]
    feature = next((f for f in schema.features if f.key == key), None)
    numbers = np.full(len(has), np.nan)
    if values:
        numbers[has] = (
            np.array(values, dtype=float) if feature is None else encoded(feature, values)
        )
    sheet.put(key, rows, numbers[cells.codes])


def _with_missing(
    reader: RowReader,
    schema: PanelSchema,
    sheet: ColumnBatch,
    found: Mapping[int, _Said],
    rows: Sequence[int],
) -> dict[int, Sequence[FieldProblem]]:
    """What is wrong with these rows and what they lack besides; rows alike share it."""
    required = [f for f in schema.features if f.required]
    places = np.array(rows, dtype=np.intp)
    lacks = {f.key: _is_missing(sheet, f.key, places) for f in required}
    if schema.needs_age:
        lacks[AGE] = np.isnan(sheet.ages[places])
    first, pattern = patterns_of(list(lacks.values()), len(rows))
    lacking = [{key for key, missing in lacks.items() if missing[place]} for place in first]
    known: dict[tuple[_Said, int], Sequence[FieldProblem]] = {}
    problems = {}
    for row, number in zip(rows, pattern.tolist(), strict=True):
        said = found.get(row, NOTHING)
        together = known.get((said, number))
        if together is None:
            keys = lacking[number] - {problem.field for problem in said.problems}
            missing = [f for f in required if f.key in keys]
            more = reader.missing(missing, age=AGE in keys) if keys else ()
            together = known[said, number] = (*said.problems, *more)
        problems[row] = together
    return problems


def _is_missing(sheet: ColumnBatch, key: str, rows: IntArray) -> BoolArray:
    if key not in sheet.values:
        return np.ones(len(rows), dtype=bool)
    return np.isnan(sheet.values[key][rows])
