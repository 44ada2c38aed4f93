"""Harrell's C, exact, overall or within strata, in O(n log n).

A pair is comparable when one person died while the other was known to be alive: the other's time is
longer, or equal and censored. Of two deaths in the same month nobody knows which came first, so they
are no pair. Equal risks count one half.
"""

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray, IntArray


class Concordance:
    """The pairs of a cohort, sorted once; each bootstrap draw is then only sums of its weights.

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
        first = np.argsort(risk, kind="stable")
        n_slots = int(slot.max(initial=0)) + 1
        self._levels = []
        for bit in range((n_slots - 1).bit_length()):
            group = stratum * n_slots + (slot >> (bit + 1))
            order = first[np.argsort(group[first], kind="stable")]
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
            right, pairs = level.count(weights)
            concordant += right
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
        longer: BoolArray,
        died: BoolArray,
    ) -> None:
        group, risk = group[order], risk[order]
        self._order, self._longer = order, longer[order].astype(float)
        chosen = np.flatnonzero(died[order] & ~longer[order])
        new_group = _changes(group)
        start, end = _bounds(new_group)
        below, not_above = _bounds(new_group | _changes(risk))
        self._dead = order[chosen]
        self._start, self._end = start[chosen], end[chosen]
        self._below, self._not_above = below[chosen], not_above[chosen]

    def count(self, weights: FloatArray) -> tuple[float, float]:
        """Weighted numbers of concordant and of comparable pairs."""
        reached = np.zeros(len(self._order) + 1)
        np.cumsum(weights[self._order] * self._longer, out=reached[1:])
        dead, start = weights[self._dead], reached[self._start]
        lower = 0.5 * (reached[self._below] + reached[self._not_above]) - start
        return float(dead @ lower), float(dead @ (reached[self._end] - start))


def concordance(
    time_months: FloatArray,
    died: FloatArray | BoolArray,
    risk: FloatArray,
    strata: IntArray | None = None,
) -> float:
    """Harrell's C of one cohort; see `Concordance`."""
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
    places = np.flatnonzero(starts)
    run = np.cumsum(starts) - 1
    return places[run], np.append(places[1:], len(starts))[run]
