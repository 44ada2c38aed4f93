"""Log likelihoods of linear markers as products of numbers per person and functions of age."""

import numpy as np

from agelens.clocks.age_likelihoods import LinearMarker
from agelens.clocks.base import FloatArray, IntArray


class LineTerms:
    """Terms whose sum is the log likelihood of age given some linear markers, but for a constant.

    With z the standardised distance of a value from its expectation at the middle age, s the slope in
    standard deviations a year and x the years from the middle age,

        log L(x) = -(z - s x)^2 / 2 = z (s x) + 1 (-s^2 x^2 / 2) + constant

    So a marker has two terms: z times s x, and 1 times -s^2 x^2 / 2. A value at the marker's floor has
    neither, but 1 times the logarithm of the chance of being there; a missing value has no term. The
    first term is 1 times 0, nobody's: room for what else a sum needs. The terms of the first markers
    come before those of the others.

    Parameters
    ----------
    markers : tuple of LinearMarker
    ages : ndarray of float64, shape (n_ages,)
        Years, ascending.
    n_first : int
        How many are the first markers.
    """

    def __init__(self, markers: tuple[LinearMarker, ...], ages: FloatArray, n_first: int) -> None:
        self._markers, self._ages = markers, ages
        self._middle = (ages[0] + ages[-1]) / 2
        numbers = np.array([[m.intercept, m.slope, m.sd] for m in markers]).reshape(-1, 3)
        intercept, slope, self._sd = numbers.T
        self._expected = intercept + slope * self._middle
        self._slope = slope / self._sd
        self._low = np.array([m.low for m in markers])
        self._high = np.array([m.high for m in markers])
        self._floor = np.array([-np.inf if m.floor is None else m.floor for m in markers])
        floored = [index for index, m in enumerate(markers) if m.floor is not None]
        n_before = sum(index < n_first for index in floored)
        before, after = floored[:n_before], floored[n_before:]
        marker_indices = np.arange(len(markers)).repeat(2)
        self._owners = np.concatenate([before, marker_indices, after]).astype(np.intp)
        start, end = 1 + n_before, 1 + n_before + 2 * len(markers)
        columns = [*range(1, start), *range(end, end + len(after))]
        self._z, self._one = slice(start, end, 2), slice(start + 1, end, 2)
        self._floored = list(zip(floored, columns, strict=True))
        self._cut = start + 2 * n_first

    @property
    def owners(self) -> IntArray:
        """The place of the marker of each term but the first."""
        return self._owners

    @property
    def cut(self) -> int:
        """Where the terms of the other markers begin."""
        return self._cut

    def numbers(self, values: FloatArray) -> FloatArray:
        """What people bring, shape (n_people, n_terms).

        `values` has shape (n_people, n_markers); NaN is missing.
        """
        values = np.minimum(np.maximum(values, self._low), self._high)
        known = values > self._floor  # which a missing value is not
        numbers = np.empty((len(values), 1 + len(self._owners)))
        numbers[:, 0] = 1.0
        for index, column in self._floored:
            numbers[:, column] = values[:, index] <= self._floor[index]
        values -= self._expected
        values /= self._sd
        numbers[:, self._z] = np.where(known, values, 0.0)
        numbers[:, self._one] = known
        return numbers

    def functions(self, at: FloatArray) -> FloatArray:
        """What their numbers are multiplied by at some ages, shape (n_terms, n_ages)."""
        s_x = self._slope[:, np.newaxis] * (at - self._middle)
        functions = np.zeros((1 + len(self._owners), len(at)))
        functions[self._z], functions[self._one] = s_x, -0.5 * s_x * s_x
        for index, row in self._floored:
            marker = self._markers[index]
            functions[row] = marker.log_censored(at) - marker.log_censored(self._ages).max()
        return functions
