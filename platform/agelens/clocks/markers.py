"""How markers depend on age, and what a panel therefore says of age."""

import math
from dataclasses import dataclass

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, Table


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

    def smallest_log(self, ages: FloatArray) -> FloatArray:
        """A lower bound of the log likelihood of any value, shape (n_ages,)."""
        mean = self.intercept + self.slope * ages
        furthest = np.maximum(np.abs(mean - self.low), np.abs(mean - self.high))
        smallest = -0.5 * (furthest / self.sd) ** 2
        if self.floor is not None:
            smallest = np.minimum(smallest, self._log_censored(mean))
        return np.asarray(smallest)

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

    def log_likelihoods(self, values: FloatArray) -> FloatArray:
        """Shape (n_people, n_ages); 0 where the choice is missing."""
        missing = np.isnan(values)
        codes = np.where(missing, 0, values).astype(np.intp)
        logs = np.log(self.probabilities)[codes]
        return np.where(missing[:, np.newaxis], 0.0, logs)


@dataclass(frozen=True)
class Parameters:
    """Everything that was learned.

    `ages` are the ages the clock knows, in steps of a year. The interval holds `interval_mass` of
    the posterior.
    """

    ages: FloatArray
    linear: tuple[LinearMarker, ...]
    choices: tuple[ChoiceMarker, ...]
    interval_mass: float

    @property
    def features(self) -> tuple[str, ...]:
        """The informative features, in the order of the contributions."""
        return (*(m.feature for m in self.linear), *(m.feature for m in self.choices))

    @property
    def limits(self) -> tuple[float, float]:
        """The youngest and the oldest age, years."""
        return float(self.ages[0]), float(self.ages[-1])

    def likelihoods(self, table: Table) -> FloatArray:
        """Scaled to a largest value of 1, shape (n_people, n_features, n_ages)."""
        logs = [m.log_likelihoods(table.column(m.feature), self.ages) for m in self.linear]
        logs += [m.log_likelihoods(table.column(m.feature)) for m in self.choices]
        stacked = np.stack(logs, axis=1)
        likelihoods: FloatArray = np.exp(stacked - stacked.max(axis=2, keepdims=True))
        return likelihoods


def posterior(likelihoods: FloatArray) -> FloatArray:
    """The probability of each age under a flat prior, shape (n_people, n_ages).

    `likelihoods` are those of each marker, shape (n_people, n_features, n_ages).
    """
    weights: FloatArray = likelihoods.prod(axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights
