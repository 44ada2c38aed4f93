"""Differences between the contributions of two results, and the check that they add up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agelens import wire
from agelens.client import Task

from dash_app import displayed_factors
from dash_app.displayed_factors import DisplayedFactor
from dash_app.number_text import Feature

# Each explanation adds up to within 1e-6 years; a difference has two of them.
EXACT = 2e-6


@dataclass(frozen=True)
class Factor:
    """One biomarker in both results, both in the unit that the later one was given in."""

    label: str
    before: DisplayedFactor | None
    after: DisplayedFactor | None

    @property
    def years(self) -> tuple[float, float]:
        """What it contributes before and after; nothing where it is no factor."""
        return _years(self.before), _years(self.after)

    @property
    def change(self) -> float:
        """By how much its contribution differs."""
        before, after = self.years
        return after - before

    @property
    def counts(self) -> bool:
        """Whether it contributes to either."""
        return self.years != (0.0, 0.0)

    @property
    def measured(self) -> tuple[bool, bool]:
        """Whether there was a value of one's own each time."""
        return _is_measured(self.before), _is_measured(self.after)


@dataclass(frozen=True)
class Difference:
    """All of it: the base value's part, each factor's, and what they should add up to."""

    base: tuple[float, float]
    predictions: tuple[float, float]
    factors: tuple[Factor, ...]

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return self.base[1] - self.base[0] + sum(factor.change for factor in self.factors)

    @property
    def wanted(self) -> float:
        """The difference of the predictions."""
        return self.predictions[1] - self.predictions[0]

    @property
    def adds_up(self) -> bool:
        """Whether the parts explain all of it."""
        return abs(self.total - self.wanted) <= EXACT


def between(before: Task, after: Task, schema: Mapping[str, Feature]) -> Difference:
    """The largest change first."""
    old, new = (
        {
            displayed.row["feature"]: displayed
            for displayed in displayed_factors.factors_of(task, schema)
        }
        for task in (before, after)
    )
    wires = [task.wire for task in (before, after)]
    factors = [_factor(old.get(key), new.get(key)) for key in {**new, **old}]
    return Difference(
        base=(wires[0]["base_value"], wires[1]["base_value"]),
        predictions=(wires[0]["prediction"], wires[1]["prediction"]),
        factors=tuple(sorted(factors, key=lambda factor: -abs(factor.change))),
    )


def in_typed_units(result: wire.Result, found: Iterable[DisplayedFactor | None]) -> wire.Result:
    """A result whose values are in the person's units: what the figure shows is what the table shows."""
    rows = [_shown_row(displayed) for displayed in found if displayed]
    return {**result, "contributions": rows}


def _shown_row(displayed: DisplayedFactor) -> wire.Contribution:
    if displayed.number is None:
        return displayed.row
    value = displayed.shown(displayed.number)
    return {**displayed.row, "value": value, "unit": displayed.unit}


def _factor(before: DisplayedFactor | None, after: DisplayedFactor | None) -> Factor:
    known = after or before
    if known is None:
        raise ValueError("a factor is in at least one of the results")
    if before and after and _is_measured(after):
        before = DisplayedFactor(before.row, after.schema, after.unit)
    elif before and after:
        after = DisplayedFactor(after.row, before.schema, before.unit)
    return Factor(known.row["label"], before, after)


def _years(displayed: DisplayedFactor | None) -> float:
    return float(displayed.row["years"]) if displayed else 0.0


def _is_measured(displayed: DisplayedFactor | None) -> bool:
    return bool(displayed and displayed.row["value"] is not None and not displayed.row["imputed"])
