"""Likelihoods of age given each marker, and the posterior over a grid of ages."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, Table


@dataclass(frozen=True)
class LinearMarker:
    """Linear regression of a marker on age, with Gaussian noise, in its canonical unit.

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

    def smallest_log(self, ages: FloatArray) -> FloatArray:
        """A lower bound of the log likelihood of any value, shape (n_ages,)."""
        mean = self.intercept + self.slope * ages
        furthest = np.maximum(np.abs(mean - self.low), np.abs(mean - self.high))
        smallest = -0.5 * (furthest / self.sd) ** 2
        if self.floor is not None:
            smallest = np.minimum(smallest, self.log_censored(ages))
        return np.asarray(smallest)

    def log_censored(self, ages: FloatArray) -> FloatArray:
        """The logarithm of the chance of a value at or below the floor, shape (n_ages,)."""
        mean = self.intercept + self.slope * ages
        z = (np.full(len(mean), self.floor) - mean) / (self.sd * math.sqrt(2))
        tiny = math.ulp(0.0)
        return np.array([math.log(max(0.5 * math.erfc(-each), tiny)) for each in z.tolist()])


@dataclass(frozen=True)
class ChoiceMarker:
    """A choice whose probabilities depend on age: `probabilities[choice, age]`."""

    feature: str
    probabilities: FloatArray


@dataclass(frozen=True)
class AgePosteriorParameters:
    """The fitted parameters.

    `ages` are the ages the clock knows, in steps of a year. `interval_mass` is, of each age, the
    mass of the posterior with which the interval reaches it.
    """

    ages: FloatArray
    linear: tuple[LinearMarker, ...]
    choices: tuple[ChoiceMarker, ...]
    interval_mass: FloatArray

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The informative features, in the order of the contributions."""
        return (*(m.feature for m in self.linear), *(m.feature for m in self.choices))

    @property
    def age_range(self) -> tuple[float, float]:
        """The youngest and the oldest age, years."""
        return float(self.ages[0]), float(self.ages[-1])

    def columns(self, table: Table) -> FloatArray:
        """The values of the informative features, shape (n_people, n_features)."""
        return np.array([table.column(key) for key in self.features]).T

    def likelihoods(self, table: Table) -> FloatArray:
        """Scaled to a largest value of 1, shape (n_people, n_features, n_ages); 1 where missing."""
        return self.likelihoods_of(self.columns(table))

    def likelihoods_of(self, columns: FloatArray) -> FloatArray:
        """The likelihoods of values, shape (n_people, n_features), as `columns` gives them."""
        return np.asarray(np.exp(self.log_likelihoods_of(columns)))

    def log_likelihoods_of(self, columns: FloatArray) -> FloatArray:
        """Log likelihoods, scaled to a maximum of 0; all 0 where the value is missing."""
        n_people, n_features = columns.shape
        logs = np.empty((n_people, n_features, len(self.ages)))
        n_linear = len(self.linear)
        self._lines.fill(columns[:, :n_linear], logs[:, :n_linear])
        for index, table in enumerate(self._choice_tables, start=n_linear):
            codes = np.fmax(columns[:, index], -1).astype(np.intp)  # a missing choice is the last
            logs[:, index] = table[codes]
        return logs

    def clipped(self, columns: FloatArray) -> BoolArray:
        """Which values lie beyond the range of the training data, shape (n_people, n_features)."""
        low, high = self._limits
        return np.asarray((columns < low) | (columns > high))

    @cached_property
    def _limits(self) -> tuple[FloatArray, FloatArray]:
        """Of each feature's values; a choice has none."""
        low = [*(m.low for m in self.linear), *(-np.inf for _ in self.choices)]
        high = [*(m.high for m in self.linear), *(np.inf for _ in self.choices)]
        return np.array(low), np.array(high)

    @cached_property
    def _lines(self) -> "_Lines":
        return _Lines(self.linear, self.ages)

    @cached_property
    def _choice_tables(self) -> tuple[FloatArray, ...]:
        """Per choice its log likelihood at each age; the last row is of a choice that is missing."""
        nothing = np.zeros((1, len(self.ages)))
        return tuple(
            np.concatenate([_scaled(np.log(m.probabilities)), nothing]) for m in self.choices
        )


class _Lines:
    """The linear markers as arrays, so that numpy handles all of them at once."""

    def __init__(self, markers: tuple[LinearMarker, ...], ages: FloatArray) -> None:
        numbers = np.array([[m.intercept, m.slope, m.sd] for m in markers]).reshape(-1, 3, 1)
        self.low = np.array([m.low for m in markers])
        self.high = np.array([m.high for m in markers])
        self._mean = numbers[:, 0] + numbers[:, 1] * ages
        self._scale = 1 / (numbers[:, 2] * math.sqrt(2))
        self._floors = [
            (index, m.floor, _scaled(m.log_censored(ages)))
            for index, m in enumerate(markers)
            if m.floor is not None
        ]

    def fill(self, values: FloatArray, logs: FloatArray) -> None:
        """Write the log likelihoods of values, shape (n_people, n_markers), at each age."""
        values = np.minimum(np.maximum(values, self.low), self.high)
        np.subtract(values[:, :, np.newaxis], self._mean, out=logs)
        logs *= self._scale
        np.multiply(logs, logs, out=logs)
        np.subtract(logs.min(axis=2, keepdims=True), logs, out=logs)
        for index, floor, censored in self._floors:
            logs[values[:, index] <= floor, index] = censored
        logs[np.isnan(values)] = 0.0


def posterior(likelihoods: FloatArray) -> FloatArray:
    """The probability of each age under a flat prior, shape (n_people, n_ages).

    `likelihoods` are those of each marker, shape (n_people, n_features, n_ages).
    """
    weights: FloatArray = likelihoods.prod(axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _scaled(logs: FloatArray) -> FloatArray:
    return np.asarray(logs - logs.max(axis=-1, keepdims=True))
