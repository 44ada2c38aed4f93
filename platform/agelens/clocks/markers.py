"""How markers depend on age, and what a panel therefore says of age."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table


@dataclass(frozen=True)
class LinearMarker:
    """A marker that is linear in age plus Gaussian noise, in its canonical unit.

    `low` and `high` are the range the clock was trained on; values beyond count as the limit. At or
    below `floor` only that is known of the value.
    """

    feature: str
    intercept: float
    slope: float
    sd: float
    low: float
    high: float
    floor: float | None = None

    def log_likelihoods(self, values: FloatArray, ages: FloatArray) -> FloatArray:
        """Up to a constant per person, shape (n_people, n_ages); 0 where the value is missing."""
        mean = self.intercept + self.slope * ages
        values = np.clip(values, self.low, self.high)[:, np.newaxis]
        logs = -0.5 * ((values - mean) / self.sd) ** 2
        if self.floor is not None:
            logs = np.where(values <= self.floor, self._log_censored(mean), logs)
        return np.where(np.isnan(values), 0.0, logs)

    def clipped(self, values: FloatArray) -> BoolArray:
        """Which values lie beyond the range of the training data."""
        return np.asarray((values < self.low) | (values > self.high))

    def _log_censored(self, mean: FloatArray) -> FloatArray:
        """The logarithm of the chance of a value at or below the floor."""
        z = (np.full(len(mean), self.floor) - mean) / (self.sd * math.sqrt(2))
        tiny = math.ulp(0.0)
        return np.array([math.log(max(0.5 * math.erfc(-each), tiny)) for each in z.tolist()])


@dataclass(frozen=True)
class ChoiceMarker:
    """A choice whose probabilities depend on age: `probabilities[choice, age]`."""

    feature: str
    probabilities: FloatArray

    def log_likelihoods(self, values: FloatArray, places: IntArray) -> FloatArray:
        """Shape (n_people, n_ages); 0 where the choice is missing."""
        missing = np.isnan(values)
        codes = np.where(missing, 0, values).astype(np.intp)
        logs = np.log(self.probabilities[:, places])[codes]
        return np.where(missing[:, np.newaxis], 0.0, logs)


@dataclass(frozen=True)
class Parameters:
    """Everything that was learned.

    `ages` are the ages the clock knows, in steps of a year. `reach_years` is how much further the
    grid behind the interval extends on each side.
    """

    ages: FloatArray
    reach_years: int
    linear: tuple[LinearMarker, ...]
    choices: tuple[ChoiceMarker, ...]
    interval_factor: float

    @property
    def features(self) -> tuple[str, ...]:
        """The informative features, in the order of the contributions."""
        return (*(m.feature for m in self.linear), *(m.feature for m in self.choices))

    @property
    def limits(self) -> tuple[float, float]:
        """The youngest and the oldest age, years."""
        return float(self.ages[0]), float(self.ages[-1])

    @property
    def wide_ages(self) -> FloatArray:
        """The grid behind the interval."""
        first, last = self.limits
        return np.arange(first - self.reach_years, last + self.reach_years + 1)

    def likelihoods(self, table: Table, ages: FloatArray) -> FloatArray:
        """Scaled to a largest value of 1, shape (n_people, n_features, n_ages)."""
        first, last = self.limits
        places = (np.clip(ages, first, last) - first).astype(np.intp)
        logs = [m.log_likelihoods(table.column(m.feature), ages) for m in self.linear]
        logs += [m.log_likelihoods(table.column(m.feature), places) for m in self.choices]
        stacked = np.stack(logs, axis=1)
        likelihoods: FloatArray = np.exp(stacked - stacked.max(axis=2, keepdims=True))
        return likelihoods

    def posterior_moments(self, table: Table, ages: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the age posterior on a grid, each shape (n_people,)."""
        weights = self.likelihoods(table, ages).prod(axis=1)
        weights /= weights.sum(axis=1, keepdims=True)
        mean = weights @ ages
        variance = (weights * (ages - mean[:, np.newaxis]) ** 2).sum(axis=1)
        return mean, np.sqrt(variance)


def parameters_from_json(
    document: Mapping[str, Any], choices: Mapping[str, Sequence[str]]
) -> Parameters:
    """Parameters as `parameters_to_json` wrote them; `choices` are each feature's, in order.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing, of the wrong kind or not a number that could have been learned.
    """
    first, last = (float(age) for age in document["ages"])
    if not 0 <= first < last <= 200:
        raise ValueError("the ages must be a range of years")
    parameters = Parameters(
        ages=np.arange(first, last + 1),
        reach_years=int(document["reach_years"]),
        linear=tuple(_linear(entry) for entry in document["linear"]),
        choices=tuple(_choice(entry, choices[entry["feature"]]) for entry in document["choices"]),
        interval_factor=float(document["interval_factor"]),
    )
    _check(parameters)
    return parameters


def parameters_to_json(
    parameters: Parameters, choices: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """Parameters as plain JSON types."""
    return {
        "ages": list(parameters.limits),
        "reach_years": parameters.reach_years,
        "linear": [vars(marker) for marker in parameters.linear],
        "choices": [
            {
                "feature": marker.feature,
                "probabilities": dict(
                    zip(choices[marker.feature], marker.probabilities.tolist(), strict=True)
                ),
            }
            for marker in parameters.choices
        ],
        "interval_factor": parameters.interval_factor,
    }


def _linear(entry: Mapping[str, Any]) -> LinearMarker:
    numbers = {k: float(entry[k]) for k in ("intercept", "slope", "sd", "low", "high")}
    floor = entry.get("floor")
    return LinearMarker(
        str(entry["feature"]), **numbers, floor=None if floor is None else float(floor)
    )


def _choice(entry: Mapping[str, Any], choices: Sequence[str]) -> ChoiceMarker:
    rows = [entry["probabilities"][choice] for choice in choices]
    return ChoiceMarker(str(entry["feature"]), np.array(rows, dtype=float))


def _check(parameters: Parameters) -> None:
    learned = [
        number
        for m in parameters.linear
        for number in (m.intercept, m.slope, m.sd, m.low, m.high, m.floor or 0.0)
    ]
    if not np.isfinite([*learned, parameters.interval_factor]).all():
        raise ValueError("a parameter is not finite")
    if any(m.sd <= 0 or m.low > m.high for m in parameters.linear):
        raise ValueError("a marker has no spread or an empty range")
    if not 1 <= len(parameters.features) <= 12:
        raise ValueError("a posterior needs 1 to 12 markers")
    if not 0 <= parameters.reach_years <= 200 or parameters.interval_factor <= 0:
        raise ValueError("the interval is not usable")
    for marker in parameters.choices:
        if (
            marker.probabilities.shape[1] != len(parameters.ages)
            or not (marker.probabilities > 0).all()
        ):
            raise ValueError(f"{marker.feature}: probabilities must be positive, one per age")
