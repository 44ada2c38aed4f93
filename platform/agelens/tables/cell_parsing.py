"""Parse cells of a file one by one, as the API reads one person's answers."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray, IntArray
from agelens.clocks.scoring import obstacles
from agelens.domain.answer_parsing import AnswerParser, first_usable
from agelens.domain.errors import FieldProblem, json_pointer
from agelens.domain.features import Feature, Target
from agelens.domain.panel import AGE, Panel
from agelens.domain.single_answer import Implausible, NotUsable, limit_of, no_number, printable
from agelens.tables.matching import Column, ColumnNames, Matching
from agelens.tables.panel_schema import PanelSchema
from agelens.tables.typed_cells import answer_of, is_text

NO_VALUES: Mapping[str, float | str] = {}


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


class CellParser:
    """Reads cells of one file as the API reads one person's answers.

    With `censored` "limit" cells such as `<0.3` are read as the number in them.
    """

    def __init__(
        self, schema: PanelSchema, matching: Matching, censored: str | None = None
    ) -> None:
        self._schema = schema
        self._names = ColumnNames(schema.features, matching.columns)
        self._units = {c.sent: c.unit for c in matching.columns if c.unit}
        self._column_names = {key: c.sent for c in matching.columns for key in c.features}
        self._takes_limits = censored == "limit"

    def cells(self, column: Column, array: pa.Array, doubtful: BoolArray) -> ParsedCells:
        """What the cells of a column say; `doubtful` ones have a point among decimal commas."""
        units = AnswerParser(self._names).units(self._units)
        pointer = json_pointer("answers", printable(column.sent, 200))
        feature_targets = [
            (targets[0].feature.key, targets, units.get(targets[0].feature.key))
            for targets in column.targets
        ]

        only_numbers = all(
            _is_of_numbers(target) for _, targets, _ in feature_targets for target in targets
        )

        def parse(answer: object) -> ParsedCell:
            if only_numbers and isinstance(answer, str):  # the usual mistake, told of at once
                return ParsedCell(
                    NO_VALUES, FieldProblem(pointer, feature_targets[0][0], no_number(answer))
                )
            values: dict[str, float | str] = {}
            warnings: list[str] = []
            for key, targets, unit in feature_targets if answer is not None else ():
                try:
                    values[key], warning = first_usable(targets, answer, unit)
                except NotUsable as error:
                    problem = FieldProblem(pointer, key, str(error))
                    return ParsedCell(values, problem, warnings, isinstance(error, Implausible))
                if warning:
                    warnings.append(warning)
            return ParsedCell(values, None, warnings)

        return self._parse_distinct(
            array, doubtful, column.kind, (column.sent, column.features[0]), parse
        )

    def ages(self, array: pa.Array, doubtful: BoolArray) -> ParsedCells:
        """What the cells of chronological age say, as the value of AGE."""

        def parse(answer: object) -> ParsedCell:
            parser = AnswerParser(self._names)
            age = parser.age(answer, needed=self._schema.needs_age)
            if parser.problems:
                return ParsedCell(NO_VALUES, parser.problems[0])
            return ParsedCell(NO_VALUES if age is None else {AGE: age})

        return self._parse_distinct(array, doubtful, "number", (AGE, AGE), parse)

    def _parse_distinct(
        self,
        array: pa.Array,
        doubtful: BoolArray,
        kind: str,
        names: tuple[str, str],
        parse: Callable[[object], ParsedCell],
    ) -> ParsedCells:
        """Equal cells are read once."""
        texts = array if is_text(array.type) else pa.array(map(repr, array.to_pylist()))
        encoded = texts.dictionary_encode("encode")  # of texts: 0.0 is not -0.0
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        _, first = np.unique(codes, return_index=True)
        is_doubtful = doubtful[first].tolist()
        distinct = []
        for cell, has_doubt in zip(
            array.take(pa.array(first)).to_pylist(), is_doubtful, strict=True
        ):
            if has_doubt:
                pointer = json_pointer("answers", printable(names[0], 200))
                parsed = ParsedCell(
                    NO_VALUES, FieldProblem(pointer, names[1], _decimal_comma_advice(cell))
                )
            else:
                parsed = self._parse_without_limit(answer_of(cell, kind), kind, names[1], parse)
            distinct.append(parsed)
        return ParsedCells(distinct, codes)

    def _parse_without_limit(
        self, answer: object, kind: str, key: str, parse: Callable[[object], ParsedCell]
    ) -> ParsedCell:
        if not (self._takes_limits and kind == "number" and isinstance(answer, str)):
            return parse(answer)
        answer, note = _parse_limit(answer, key)
        cell = parse(answer)
        if note and cell.values:
            cell.warnings = [note, *cell.warnings]
        return cell

    def lacking(self, answered: Collection[str], age: float) -> Sequence[FieldProblem]:
        """What is said of a row that answers these features alone; nothing when that is enough."""
        known_age = None if math.isnan(age) else age
        problems = self.missing(
            [f for f in self._schema.features if f.required and f.key not in answered],
            age=self._schema.needs_age and known_age is None,
        )
        return problems or obstacles(self._schema, Panel(dict.fromkeys(answered, 0.0), known_age))

    def missing(self, features: Sequence[Feature], *, age: bool) -> Sequence[FieldProblem]:
        """What is said of a row that lacks these features, and the age."""
        parser = AnswerParser(self._names)
        parser.age(None, needed=age)
        parser.missing(features, {})
        return parser.problems

    def pairs(self, values: Mapping[str, float]) -> Sequence[FieldProblem]:
        """What is said of a row in which such a pair of values is in the wrong order."""
        parser = AnswerParser(self._names)
        parser.pairs(values, names=self._column_names)
        return parser.problems


def is_of_numbers(column: Column) -> bool:
    """Whether a column is read in one way alone, as numbers: of pairs and the like the text counts."""
    return all(len(targets) == 1 and _is_of_numbers(targets[0]) for targets in column.targets)


def _is_of_numbers(target: Target) -> bool:
    transform = target.alias.transform if target.alias else ""
    return target.feature.kind != "choice" and transform in ("", "expm1")


def _decimal_comma_advice(text: str) -> str:
    whole = text.strip().replace(".", "")
    with_comma = text.strip().replace(".", ",")
    other = f" or {with_comma}" if with_comma.count(",") == 1 else ""
    shown = printable(text.strip(), 20)
    return (
        f'has a point, where other numbers have a decimal comma ("{shown}"): write {whole}{other}'
    )


def _parse_limit(answer: str, key: str) -> tuple[object, str]:
    """What a cell such as `<0.3` is read as, and what is said about it."""
    limit = limit_of(answer)
    if limit is None:
        return answer, ""
    return float(limit), f"{key} {answer} was read as its limit, {limit}"
