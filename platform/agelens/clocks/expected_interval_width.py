"""Expected interval width of an age posterior after measuring one more marker.

What would be measured is not known, but how likely each outcome is: the panel says how likely each
age is, and each age how likely each value. So the width is averaged over the outcomes, each with the
interval that the clock would then give.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agelens.clocks.age_likelihoods import AgePosteriorParameters, ChoiceMarker, LinearMarker
from agelens.clocks.base import FloatArray
from agelens.clocks.intervals import intervals

CELLS_PER_SD = 4.0
FEWEST_CELLS, MOST_CELLS = 8, 128
LEAST_CHANCE = 1e-4  # rarer outcomes move the average by less than it is shown with


@dataclass(frozen=True)
class Outcomes:
    """What measuring a marker may give.

    `chances`, shape (n_ages, n_outcomes), are those of each outcome at an age; `likelihoods`, shape
    (n_outcomes, n_ages), are what the clock makes of it, scaled to a largest value of 1.
    """

    chances: FloatArray
    likelihoods: FloatArray


@dataclass(frozen=True)
class Prospects:
    """The outcomes of every marker of a clock."""

    parameters: AgePosteriorParameters

    def expected_widths(self, weights: FloatArray, features: Sequence[str]) -> dict[str, float]:
        """The average width of the interval after measuring each of some features.

        Parameters
        ----------
        weights : ndarray of float64, shape (n_ages,)
            How likely each age is, from the panel as it is.
        features : sequence of str
            None of them in the panel.

        Returns
        -------
        dict of str to float
            Years.
        """
        posteriors, chances = [], []
        for feature in features:
            outcomes = self._outcomes[feature]
            chance = weights @ outcomes.chances
            likely = chance > LEAST_CHANCE
            posteriors.append(weights * outcomes.likelihoods[likely])
            chances.append(chance[likely] / chance[likely].sum())
        every = np.concatenate(posteriors)
        every /= every.sum(axis=1, keepdims=True)
        low, high = intervals(every, self.parameters.ages, self.parameters.interval_mass)
        ends = np.cumsum([len(chance) for chance in chances])[:-1]
        widths = np.split(high - low, ends)
        return {
            feature: float(chance @ width)
            for feature, chance, width in zip(features, chances, widths, strict=True)
        }

    @cached_property
    def _outcomes(self) -> dict[str, Outcomes]:
        ages = self.parameters.ages
        numbers = {m.feature: _of_number(m, ages) for m in self.parameters.linear}
        return numbers | {m.feature: _of_choice(m) for m in self.parameters.choices}


def _of_choice(marker: ChoiceMarker) -> Outcomes:
    table = marker.probabilities
    return Outcomes(table.T, table / table.max(axis=1, keepdims=True))


def _of_number(marker: LinearMarker, ages: FloatArray) -> Outcomes:
    """Cells between the limits, as if all of each were its middle; beyond a limit it is the limit."""
    floor = -math.inf if marker.floor is None else marker.floor
    first, last = max(marker.low, floor), max(marker.high, floor)
    n_cells = math.ceil(CELLS_PER_SD * (last - first) / marker.sd)
    edges = np.linspace(first, last, min(max(n_cells, FEWEST_CELLS), MOST_CELLS) + 1)
    values = [first, *((edges[1:] + edges[:-1]) / 2), last]
    mean = marker.intercept + marker.slope * ages
    scores = (edges - mean[:, np.newaxis]) / (marker.sd * math.sqrt(2))
    below = np.array([0.5 * math.erfc(-score) for score in scores.ravel()]).reshape(scores.shape)
    ends = np.zeros((len(ages), 1)), np.ones((len(ages), 1))
    chances = np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)
    logs = np.array([_log_likelihood(marker, value, mean, ages) for value in values])
    return Outcomes(chances, np.exp(logs - logs.max(axis=1, keepdims=True)))


def _log_likelihood(
    marker: LinearMarker, value: float, mean: FloatArray, ages: FloatArray
) -> FloatArray:
    if marker.floor is not None and value <= marker.floor:
        return marker.log_censored(ages)
    return np.asarray(-0.5 * ((value - mean) / marker.sd) ** 2)
