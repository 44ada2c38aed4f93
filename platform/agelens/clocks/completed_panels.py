"""Where an age posterior's prediction would probably be, were the missing markers measured.

What would be measured is not known, but how likely each outcome is: the panel says how likely each age
is, and each age how likely each value. The prediction of a completed panel is a posterior mean, whose
average over the outcomes is the prediction of the panel as it is.
"""

from functools import cached_property
from statistics import NormalDist

import numpy as np

from agelens.clocks.age_likelihoods import AgePosteriorParameters
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.own_age_baseline import even_points

OUTCOMES = 512  # spread evenly: the ends of the range are within 0.1 years of those of many more
ENDS = (0.05, 0.95)


class CompletedPanels:
    """The outcomes of measuring what a panel lacks.

    Parameters
    ----------
    parameters : AgePosteriorParameters
    """

    def __init__(self, parameters: AgePosteriorParameters) -> None:
        self._parameters = parameters

    def range_of(self, weights: FloatArray, values: FloatArray) -> tuple[float, float]:
        """The prediction that 5 %, and that 95 %, of the outcomes stay below.

        Parameters
        ----------
        weights : ndarray of float64, shape (n_ages,)
            How likely each age is, from the panel as it is.
        values : ndarray of float64, shape (n_features,)
            Of the panel; NaN where missing.
        """
        parameters = self._parameters
        reached = np.cumsum(weights / weights.sum())
        indices = np.minimum(
            np.searchsorted(reached, self._points[:, 0]), len(parameters.ages) - 1
        ).astype(np.intp)
        panels = self._outcomes(indices)
        known = ~np.isnan(values)
        panels[:, known] = values[known]
        logs = parameters.log_likelihoods_of(panels).sum(axis=1)
        likely = np.exp(logs - logs.max(axis=1, keepdims=True))
        low, high = np.quantile(likely @ parameters.ages / likely.sum(axis=1), ENDS)
        return float(low), float(high)

    def _outcomes(self, indices: IntArray) -> FloatArray:
        """A value of every feature for people of these ages, shape (n_outcomes, n_features)."""
        parameters = self._parameters
        ages, panels = parameters.ages[indices], np.empty((OUTCOMES, len(parameters.features)))
        for column, marker in enumerate(parameters.linear):
            mean = marker.intercept + marker.slope * ages
            panels[:, column] = mean + marker.sd * self._normal[:, column]
        for column, choice in enumerate(parameters.choices, start=len(parameters.linear)):
            shares = choice.probabilities[:, indices]
            reached = np.cumsum(shares / shares.sum(axis=0), axis=0)[:-1]
            panels[:, column] = (reached < self._points[:, 1 + column]).sum(axis=0)
        return panels

    @cached_property
    def _points(self) -> FloatArray:
        return even_points(OUTCOMES, 1 + len(self._parameters.features))

    @cached_property
    def _normal(self) -> FloatArray:
        inverse = np.vectorize(NormalDist().inv_cdf, otypes=[float])
        return np.asarray(inverse(self._points[:, 1 : 1 + len(self._parameters.linear)]))
