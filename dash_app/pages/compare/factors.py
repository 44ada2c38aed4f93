"""Differences between the contributions of two results, and the check that they add up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from agelens import wire
from agelens.client import ComparedResult, Comparison, Task

from dash_app import displayed_factors
from dash_app.displayed_factors import DisplayedFactor
from dash_app.number_text import Feature

# Each explanation adds up to within 1e-6 years; a difference has two of them.
TOLERANCE_YEARS = 2e-6


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
    """All of it: the base value's part, each factor's, the clock's version's, and their sum.

    `results` are by one version of the clock; `version` is what a task's own version adds to its
    result, before and after.
    """

    results: tuple[wire.Result, wire.Result]
    base: tuple[float, float]
    version: tuple[float, float]
    predictions: tuple[float, float]
    factors: tuple[Factor, ...]

    @property
    def sum_of_parts(self) -> float:
        """The sum of the parts."""
        base, version = (pair[1] - pair[0] for pair in (self.base, self.version))
        return base + version + sum(factor.change for factor in self.factors)

    @property
    def total_change(self) -> float:
        """The difference of the predictions."""
        return self.predictions[1] - self.predictions[0]

    @property
    def adds_up(self) -> bool:
        """Whether the parts explain all of it."""
        return abs(self.sum_of_parts - self.total_change) <= TOLERANCE_YEARS


def between(
    before: Task, after: Task, schema: Mapping[str, Feature], compared: Comparison
) -> Difference:
    """The largest change first."""
    sides = ((before, compared.before), (after, compared.after))
    old_factors, new_factors = (_displayed(task, side, schema) for task, side in sides)
    factors = [
        _factor(old_factors.get(key), new_factors.get(key))
        for key in {**new_factors, **old_factors}
    ]
    first, second = (side.result for _, side in sides)
    return Difference(
        results=(first, second),
        base=(first["base_value"], second["base_value"]),
        version=(_by_version(compared.before), _by_version(compared.after)),
        predictions=(compared.before.prediction, compared.after.prediction),
        factors=tuple(sorted(factors, key=lambda factor: -abs(factor.change))),
    )


def _displayed(
    task: Task, side: ComparedResult, schema: Mapping[str, Feature]
) -> dict[str, DisplayedFactor]:
    """The factors of the result that is compared, in the units of the task."""
    factors = displayed_factors.factors_of(replace(task, wire_result=side.result), schema)
    return {factor.contribution["feature"]: factor for factor in factors}


def _by_version(side: ComparedResult) -> float:
    return side.prediction - side.result["prediction"]


def in_typed_units(result: wire.Result, factors: Iterable[DisplayedFactor | None]) -> wire.Result:
    """A result whose values are in the person's units: what the figure shows is what the table shows."""
    contributions = [_in_typed_unit(factor) for factor in factors if factor]
    return {**result, "contributions": contributions}


def _in_typed_unit(factor: DisplayedFactor) -> wire.Contribution:
    if factor.number is None:
        return factor.contribution
    value = factor.in_unit(factor.number)
    return {**factor.contribution, "value": value, "unit": factor.unit}


def _factor(before: DisplayedFactor | None, after: DisplayedFactor | None) -> Factor:
    either = after or before
    if either is None:
        raise ValueError("a factor is in at least one of the results")
    return Factor(either.contribution["label"], *in_one_unit(before, after))


def in_one_unit(
    before: DisplayedFactor | None, after: DisplayedFactor | None
) -> tuple[DisplayedFactor | None, DisplayedFactor | None]:
    """Both in the unit of the one that was measured last."""
    if before and after and _is_measured(after):
        return DisplayedFactor(before.contribution, after.schema, after.unit), after
    if before and after:
        return before, DisplayedFactor(after.contribution, before.schema, before.unit)
    return before, after


def _years(factor: DisplayedFactor | None) -> float:
    return float(factor.contribution["years"]) if factor else 0.0


def _is_measured(factor: DisplayedFactor | None) -> bool:
    return bool(
        factor and factor.contribution["value"] is not None and not factor.contribution["imputed"]
    )
