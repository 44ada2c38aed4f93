"""Convert whole columns to canonical units, and flag rows with malformed cells."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table
from agelens.domain.answer_parsing import AGE_YEARS
from agelens.domain.features import Target
from agelens.domain.panel import AGE
from agelens.domain.single_answer import LARGEST_LOGARITHM
from agelens.domain.units import find_unit
from agelens.tables.matching import Column, Matching
from agelens.tables.typed_cells import Cells, choices_of, numbers_of, pairs_of

Range = tuple[float, float]


@dataclass
class ColumnBatch:
    """The rows of a part as columns.

    `values` has the features that a column answers. `malformed` has, by the index of a column that is
    read, the rows in which its cell is not plain: its values there mean nothing yet. `doubtful` has
    those of them that have a point among decimal commas. `context` is that of a `Table`.
    """

    values: dict[str, FloatArray]
    ages: FloatArray
    malformed: dict[int, BoolArray]
    doubtful: Mapping[int, BoolArray]
    context: Mapping[str, BoolArray] = field(default_factory=dict)

    def put(self, key: str, rows: IntArray, values: FloatArray) -> None:
        """Take these values of a feature, or of AGE, in these rows."""
        if key == AGE:
            self.ages = _with(self.ages, rows, values)
        else:
            self.values[key] = _with(self.values[key], rows, values)

    def table(self, rows: IntArray) -> Table:
        """These rows alone."""
        if len(rows) == len(self.ages):
            return Table(self.values, self.ages, self.context)
        context = {key: flags[rows] for key, flags in self.context.items()}
        return Table(
            {key: column[rows] for key, column in self.values.items()}, self.ages[rows], context
        )


def read_columns(
    matching: Matching,
    arrays: Mapping[int, pa.Array],
    n_rows: int,
    doubtful: Mapping[int, BoolArray] | None = None,
) -> ColumnBatch:
    """Read every column that answers something, whole."""
    doubtful = doubtful or {}
    values: dict[str, FloatArray] = {}
    malformed: dict[int, BoolArray] = {}
    for column in matching.columns:
        malformed[column.index] = np.zeros(n_rows, dtype=bool)
        for key, cells in _answers(column, arrays[column.index]).items():
            values[key] = cells.values
            malformed[column.index] |= cells.malformed
    if matching.age is None:
        return ColumnBatch(values, np.full(n_rows, np.nan), _any(malformed, doubtful), doubtful)
    ages = numbers_of(arrays[matching.age])
    implausible = ~_within(ages.values, AGE_YEARS) & ~np.isnan(ages.values)
    malformed[matching.age] = ages.malformed | implausible
    return ColumnBatch(values, ages.values, _any(malformed, doubtful), doubtful)


def _any(
    malformed: Mapping[int, BoolArray], doubtful: Mapping[int, BoolArray]
) -> dict[int, BoolArray]:
    return {
        index: mask | doubtful[index] if index in doubtful else mask
        for index, mask in malformed.items()
    }


def _with(values: FloatArray, rows: IntArray, new_values: FloatArray) -> FloatArray:
    values = values.copy()  # it may be the file's own memory
    values[rows] = new_values
    return values


def _answers(column: Column, array: pa.Array) -> dict[str, Cells]:
    pair: tuple[Cells, Cells] | None = None
    numbers: Cells | None = None
    cells_by_feature = {}
    for targets in column.targets:
        target = targets[0]
        transform = target.alias.transform if target.alias else ""
        if len(targets) > 1:  # a cell is read in the first way that fits it
            cells = Cells(np.full(len(array), np.nan), np.ones(len(array), dtype=bool))
        elif target.feature.kind == "choice":
            cells = choices_of(array, target)
        elif transform in ("first_of_pair", "second_of_pair"):
            pair = pair or pairs_of(array)
            cells = _canonical(pair[transform == "second_of_pair"], target, column.unit)
        else:
            numbers = numbers or numbers_of(array)
            cells = _canonical(numbers, target, column.unit)
        cells_by_feature[target.feature.key] = cells
    return cells_by_feature


def _canonical(cells: Cells, target: Target, unit_name: str | None) -> Cells:
    unit = find_unit(target.feature.units, unit_name) if unit_name else target.unit
    present = ~np.isnan(cells.values)
    if unit is None:
        return Cells(cells.values, cells.malformed | present)
    numbers, is_plain = cells.values, np.ones(len(present), dtype=bool)
    if target.alias and target.alias.transform == "expm1":
        is_plain = numbers <= LARGEST_LOGARITHM
        # numpy's differs from the one row by row in the last bit
        in_range = np.minimum(numbers, LARGEST_LOGARITHM).tolist()
        numbers = np.array(list(map(math.expm1, in_range)), dtype=float)
    with np.errstate(over="ignore"):
        values = numbers * unit.factor + unit.offset
        is_plain &= np.isfinite(values) & _raises_nothing(target, values)
    return Cells(values, cells.malformed | (present & ~is_plain))


def _raises_nothing(target: Target, values: FloatArray) -> BoolArray:
    """Which values are plausible and get no warning."""
    feature = target.feature
    is_plain = np.ones(len(values), dtype=bool)
    if feature.plausible is not None:
        is_plain = _within(values, feature.plausible)
    if feature.typical is not None:
        is_plain &= _within(values, feature.typical)
    return is_plain


def _within(values: FloatArray, bounds: Range) -> BoolArray:
    return np.asarray((values >= bounds[0]) & (values <= bounds[1]))
