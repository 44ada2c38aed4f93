"""Suggest the unit of a whole column: its median tells what single numbers cannot."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from agelens.clocks.base import FloatArray
from agelens.domain.features import Feature, Target
from agelens.domain.single_answer import printable
from agelens.domain.units import Unit, find_unit, with_unit
from agelens.tables.matching import Column, Matching
from agelens.tables.typed_cells import numbers_of
from agelens.wire import UnitSuggestion

FEWEST_VALUES = 20
NEAR = 1.5  # by which factor the median of an unusual group may lie outside


def unit_suggestions(matching: Matching, arrays: Mapping[int, pa.Array]) -> list[UnitSuggestion]:
    """The columns of a part that look as if they were in another unit, or another quantity.

    A column's median is compared with the medians of groups of people (`medians` of the registry):
    another unit is suggested where it brings the median inside them, or much nearer.
    Columns with fewer than `FEWEST_VALUES` numbers, and logarithms, are left alone.
    """
    return [suggestion for column in matching.columns for suggestion in _suggested(column, arrays)]


def accepted(matching: Matching, suggestions: Sequence[UnitSuggestion]) -> Matching:
    """The columns in the units that were suggested for them, where one was."""
    units = {s["column"]: s["suggested_unit"] for s in suggestions if s["suggested_unit"]}
    return replace(
        matching,
        columns=tuple(
            replace(c, targets=((Target(c.targets[0][0].feature),),), unit=units[c.sent])
            if c.sent in units
            else c
            for c in matching.columns
        ),
    )


def _suggested(column: Column, arrays: Mapping[int, pa.Array]) -> Iterator[UnitSuggestion]:
    target = column.targets[0][0]
    transformed = target.alias is not None and target.alias.transform
    if (
        column.kind != "number"
        or len(column.targets) > 1
        or len(column.targets[0]) > 1
        or transformed
    ):
        return
    feature = target.feature
    unit = find_unit(feature.units, column.unit) if column.unit else target.unit
    if feature.medians is None or unit is None:
        return
    values = numbers_of(arrays[column.index]).values
    values = values[np.isfinite(values)]
    if len(values) < FEWEST_VALUES:
        return
    median = float(np.median(values))
    own_factor = _factor_beyond(unit.to_canonical(median), feature.medians)
    if own_factor == 1:
        return
    other_units = [u for u in feature.units if u is not unit]
    beyond = {u.name: _factor_beyond(u.to_canonical(median), feature.medians) for u in other_units}
    nearby = sorted((factor, name) for name, factor in beyond.items() if factor <= NEAR)
    fitting = [name for factor, name in nearby if factor**2 < own_factor]
    quantity = _quantity(feature, unit, values)
    if fitting or quantity:
        suggested = fitting[0] if fitting else None
        advice = f"is it {suggested}?" if suggested else f"all of its numbers look like {quantity}"
        yield {
            "column": column.sent,
            "feature": feature.key,
            "read_as": unit.name,
            "suggested_unit": suggested,
            "median": median,
            "message": f'column "{printable(column.sent)}" is read as {feature.key} in {unit.name}, '
            f"but its median is {with_unit(median, '')}: {advice}",
        }


def _quantity(feature: Feature, unit: Unit, values: FloatArray) -> str | None:
    """The other quantity that all numbers are usual of, with what to give instead."""
    if unit is not feature.units[0]:
        return None
    for quantity in feature.mistaken_for:
        if (
            quantity.range
            and quantity.range[0] <= values.min()
            and values.max() <= quantity.range[1]
        ):
            return f"{quantity}; {quantity.advice}"
    return None


def _factor_beyond(value: float, bounds: tuple[float, float]) -> float:
    """By which factor a value lies outside the bounds: 1 inside, infinite of what is not positive."""
    if value <= 0:
        return math.inf
    return max(1.0, bounds[0] / value, value / bounds[1])
