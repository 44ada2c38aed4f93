"""The rows of a part that are not plainly fine: read one by one, with the words for what is wrong."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from agelens.clocks.base import Clock, IntArray
from agelens.clocks.batches.matching import ColumnNames, Matching
from agelens.clocks.people import answer_of
from agelens.clocks.scoring import obstacles
from agelens.domain.errors import FieldProblem, InvalidAnswers
from agelens.domain.panel import Panel, PanelReader


class RowReader:
    """Reads rows as the API reads one person's answers."""

    def __init__(self, clock: Clock, matching: Matching) -> None:
        manifest = clock.manifest
        self._clock = clock
        self._matching = matching
        names = ColumnNames(manifest.features, matching.columns)
        self._panels = PanelReader(manifest.features, needs_age=manifest.needs_age, names=names)
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
