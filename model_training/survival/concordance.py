"""Harrell's C, exact, overall or within strata, in O(n log n).

A pair is comparable when one person died while the other was known to be alive: the other's time is
longer, or equal and censored. Of two deaths in the same month nobody knows which came first, so they
are no pair. Equal risks count one half.
"""

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray, IntArray


class Concordance:
    """The pairs of a study population, sorted once; each bootstrap draw is then only sums of its weights.

    Parameters
    ----------
    time_months : ndarray of float64, shape (n_people,)
        To death or the end of follow-up.
    died : ndarray of float64 or bool, shape (n_people,)
    risk : ndarray of float64, shape (n_people,)
        Higher is said to die sooner.
    strata : ndarray of int, shape (n_people,), optional
        Only people of one stratum are compared; the pairs of all strata are pooled.

    Raises
    ------
    ValueError
        If a risk or a time is not a number, or no pair can be compared.

    Source
    ------
    Harrell, Lee & Mark, Statistics in Medicine 1996. The pairs are counted bit by bit of the order
    of death: two people differ in a highest bit, and there one of them is known to live longer.
    """

    def __init__(
        self,
        time_months: FloatArray,
        died: FloatArray | BoolArray,
        risk: FloatArray,
        strata: IntArray | None = None,
    ) -> None:
        time_months, risk = np.asarray(time_months, float), np.asarray(risk, float)
        if not (np.isfinite(time_months).all() and np.isfinite(risk).all()):
            raise ValueError("every person needs a time and a risk")
        self.n_people = len(time_months)
        self._died = np.asarray(died, dtype=bool)
        stratum = np.zeros(self.n_people, dtype=np.intp) if strata is None else strata
        slot = _order_of_death(time_months, self._died)
        by_risk = np.argsort(risk, kind="stable")
        n_slots = int(slot.max(initial=0)) + 1
        self._levels = []
        for bit in range((n_slots - 1).bit_length()):
            group = stratum * n_slots + (slot >> (bit + 1))
            order = by_risk[np.argsort(group[by_risk], kind="stable")]
            self._levels.append(_Level(order, group, risk, (slot >> bit) & 1 == 1, self._died))

    def value(self, weights: FloatArray | None = None) -> float:
        """The share of comparable pairs that the risk orders rightly.

        Parameters
        ----------
        weights : ndarray of float64, shape (n_people,), optional
            How often each person counts, such as the counts of a bootstrap draw.
        """
        weights = np.ones(self.n_people) if weights is None else weights
        concordant = comparable = 0.0
        for level in self._levels:
            concordant_pairs, pairs = level.count(weights)
            concordant += concordant_pairs
            comparable += pairs
        if comparable == 0:
            raise ValueError("no two people can be compared")
        return concordant / comparable


class _Level:
    """Pairs whose orders of death differ first in one bit, within groups sorted by risk."""

    def __init__(
        self,
        order: IntArray,
        group: IntArray,
        risk: FloatArray,
        outlives: BoolArray,
        died: BoolArray,
    ) -> None:
        group, risk = group[order], risk[order]
        self._order, self._outlives = order, outlives[order].astype(float)
        deaths = np.flatnonzero(died[order] & ~outlives[order])
        new_group = _changes(group)
        start, end = _bounds(new_group)
        below, not_above = _bounds(new_group | _changes(risk))
        self._deaths = order[deaths]
        self._start, self._end = start[deaths], end[deaths]
        self._below, self._not_above = below[deaths], not_above[deaths]

    def count(self, weights: FloatArray) -> tuple[float, float]:
        """Weighted numbers of concordant and of comparable pairs."""
        cumulative_weight = np.zeros(len(self._order) + 1)
        np.cumsum(weights[self._order] * self._outlives, out=cumulative_weight[1:])
        dead, start = weights[self._deaths], cumulative_weight[self._start]
        lower = 0.5 * (cumulative_weight[self._below] + cumulative_weight[self._not_above]) - start
        return float(dead @ lower), float(dead @ (cumulative_weight[self._end] - start))


def concordance(
    time_months: FloatArray,
    died: FloatArray | BoolArray,
    risk: FloatArray,
    strata: IntArray | None = None,
) -> float:
    """Harrell's C of one study population; see `Concordance`."""
    return Concordance(time_months, died, risk, strata).value()


def _order_of_death(time_months: FloatArray, died: BoolArray) -> IntArray:
    """Rank by time; whoever is censored in a month is known to outlive that month's deaths."""
    _, month = np.unique(time_months, return_inverse=True)
    _, slot = np.unique(2 * month + ~died, return_inverse=True)
    return slot.astype(np.intp)


def _changes(sorted_values: FloatArray | IntArray) -> BoolArray:
    return np.concatenate([[True], sorted_values[1:] != sorted_values[:-1]])


def _bounds(starts: BoolArray) -> tuple[IntArray, IntArray]:
    """For every place, where its run begins and where it ends."""
    run_starts = np.flatnonzero(starts)
    run = np.cumsum(starts) - 1
    return run_starts[run], np.append(run_starts[1:], len(starts))[run]
