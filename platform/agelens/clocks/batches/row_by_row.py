"""Cells that are not plain, and rows that lack something: read as the API reads one person's answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from agelens.clocks.base import Clock, IntArray
from agelens.clocks.batches.matching import Column, ColumnNames, Matching
from agelens.clocks.people import answer_of
from agelens.clocks.scoring import obstacles
from agelens.domain.errors import FieldProblem, InvalidAnswers
from agelens.domain.features import Feature
from agelens.domain.panel import AGE, Panel, PanelReader
from agelens.domain.reading import Reading


@dataclass(frozen=True)
class CellReading:
    """What one cell says: the values of the features that it answers, or what is wrong with it."""

    values: Mapping[str, float | str]
    problems: Sequence[FieldProblem] = ()
    warnings: Sequence[str] = ()


class RowReader:
    """Reads rows and cells of one file for one clock."""

    def __init__(self, clock: Clock, matching: Matching) -> None:
        manifest = clock.manifest
        self._clock = clock
        self._matching = matching
        self._names = ColumnNames(manifest.features, matching.columns)
        self._panels = PanelReader(
            manifest.features, needs_age=manifest.needs_age, names=self._names
        )
        self._units = {c.sent: c.unit for c in matching.columns if c.unit}

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

    def cells(self, column: Column, array: pa.Array, rows: IntArray) -> Iterator[CellReading]:
        """What the cells of a column say in these rows; equal ones are read once."""
        units = Reading(self._names).units(self._units)
        known: dict[str, CellReading] = {}
        for cell in array.take(pa.array(rows)).to_pylist():
            spelled = cell if isinstance(cell, str) else repr(cell)  # 0.0 is not -0.0
            if spelled not in known:
                reading = Reading(self._names)
                answers = {column.sent: answer_of(cell, column.kind)}
                values = reading.answers(answers, units)
                known[spelled] = CellReading(values, reading.problems, reading.warnings)
            yield known[spelled]

    def ages(self, array: pa.Array, rows: IntArray) -> Iterator[CellReading]:
        """What the cells of chronological age say in these rows, as the value of AGE."""
        known: dict[str, CellReading] = {}
        for cell in array.take(pa.array(rows)).to_pylist():
            spelled = cell if isinstance(cell, str) else repr(cell)
            if spelled not in known:
                reading = Reading(self._names)
                needed = self._clock.manifest.needs_age
                age = reading.age(answer_of(cell, "number"), needed=needed)
                known[spelled] = CellReading({} if age is None else {AGE: age}, reading.problems)
            yield known[spelled]

    def missing(self, features: Sequence[Feature], *, age: bool) -> Sequence[FieldProblem]:
        """What is said of a row that lacks these features, and the age."""
        reading = Reading(self._names)
        reading.age(None, needed=age)
        reading.missing(features, {})
        return reading.problems

    def _read_one(self, cells: Sequence[object], age: object) -> Panel | Sequence[FieldProblem]:
        answers = {
            column.sent: answer_of(cell, column.kind)
            for column, cell in zip(self._matching.columns, cells, strict=True)
        }
        try:
            panel = self._panels.read(answers, self._units, answer_of(age, "number"))
        except InvalidAnswers as error:
            return error.problems
        return obstacles(self._clock, panel) or panel
