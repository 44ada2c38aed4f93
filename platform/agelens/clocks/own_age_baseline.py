"""Explain an age posterior against the average person of one's own age, instead of all ages.

The flat prior's mean is the middle of the ages, so a typical young person sees nearly every marker
pull the answer down. Here the same game is played against people of one's age: a marker's years are
those that it has for this person less those that it has for them on average.
"""

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from agelens.clocks.age_likelihoods import AgePosteriorParameters
from agelens.clocks.age_posterior_shapley import Game
from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.shapley import shapley_values

BASE_MEANING = "the average answer for people of {} who have the same biomarkers measured"
SAME_AGE = "the same chronological age"
NEAREST_AGE = "{:g}, the nearest chronological age that this clock knows,"
PEERS = 1024  # of one age: averages of their years are within 0.05 of those of many more
PATTERNS = 512  # averages that are kept, one per age and set of missing markers


class OwnAgePeers:
    """Averages of an age posterior over people of one age, as its own likelihoods describe them.

    Parameters
    ----------
    parameters : AgePosteriorParameters
    game : Game
        Of these parameters.

    Notes
    -----
    With v(S; x) the posterior mean given the markers in S of person x, the game is

        w(S) = v(S; x) - E[v(S; X)] + E[v(N; X)]

    where X are people of the same age and N all measured markers. Shapley values are linear in the
    game, so those of w are those of v less their average over X, and they add up to
    v(N; x) - E[v(N; X)].
    """

    def __init__(self, parameters: AgePosteriorParameters, game: Game) -> None:
        self._parameters = parameters
        self._game = game
        self._quantiles = even_points(PEERS, len(parameters.features))
        self._average = lru_cache(maxsize=PATTERNS)(self._average_of)

    def meaning(self, age_years: float) -> str:
        """What the average answer at this age is, in words."""
        first, last = self._parameters.age_range
        nearest = min(max(age_years, first), last)
        return BASE_MEANING.format(
            SAME_AGE if nearest == age_years else NEAREST_AGE.format(nearest)
        )

    def averages(self, age_years: FloatArray, missing: BoolArray) -> tuple[FloatArray, FloatArray]:
        """The answer and every marker's years, on average over people of one age.

        Parameters
        ----------
        age_years : ndarray of float64, shape (n_people,)
            Those beyond the clock's ages count as the nearest of them; none is NaN.
        missing : ndarray of bool, shape (n_people, n_features)

        Returns
        -------
        answer : ndarray of float64, shape (n_people,)
            Years, linear between whole ages.
        years : ndarray of float64, shape (n_people, n_features)
            0 where missing.
        """
        first, last = self._parameters.age_range
        age = np.clip(age_years, first, last)
        below = np.floor(age)
        share = age - below
        base_and_years = np.empty((len(age), 1 + missing.shape[1]))
        for row in range(len(age)):
            pattern = missing[row].tobytes()
            younger = self._average(int(below[row]), pattern)
            base_and_years[row] = younger
            if share[row]:
                older = self._average(int(below[row]) + 1, pattern)
                base_and_years[row] += share[row] * (older - younger)
        return base_and_years[:, 0], base_and_years[:, 1:]

    def _average_of(self, age_years: int, pattern: bytes) -> FloatArray:
        """The average answer and years at one age, shape (1 + n_features,)."""
        columns = self._people(age_years)
        columns[:, np.frombuffer(pattern, dtype=bool)] = np.nan
        total = np.zeros(1 + columns.shape[1])
        for _, values, _ in self._game.batches(columns):
            total[0] += values[:, -1].sum()
            total[1:] += shapley_values(values).sum(axis=0)
        average = total / len(columns)
        average[1:][np.frombuffer(pattern, dtype=bool)] = 0
        return np.asarray(average)

    def _people(self, age_years: int) -> FloatArray:
        """People of one age, spread evenly over what its likelihoods allow; as `columns` gives them."""
        parameters = self._parameters
        n_linear = len(parameters.linear)
        quantiles = self._quantiles
        columns = np.empty_like(quantiles)
        normal = np.vectorize(NormalDist().inv_cdf, otypes=[float])
        means = [m.intercept + m.slope * age_years for m in parameters.linear]
        columns[:, :n_linear] = normal(quantiles[:, :n_linear])
        columns[:, :n_linear] *= [m.sd for m in parameters.linear]
        columns[:, :n_linear] += means
        place_of_age = int(age_years - parameters.ages[0])
        for index, marker in enumerate(parameters.choices, start=n_linear):
            shares = marker.probabilities[:, place_of_age]
            cumulative = np.cumsum(shares / shares.sum())[:-1]
            columns[:, index] = np.searchsorted(cumulative, quantiles[:, index], side="right")
        return columns


def even_points(n_people: int, n_features: int) -> FloatArray:
    """Points spread evenly over the unit cube, the same ones always, shape (n_people, n_features).

    Source
    ------
    Richtmyer's sequence, the multiples of square roots of primes modulo 1: H. Niederreiter, Random
    Number Generation and Quasi-Monte Carlo Methods, 1992.
    """
    primes = [n for n in range(2, 200) if all(n % d for d in range(2, math.isqrt(n) + 1))]
    steps = np.sqrt(np.array(primes[:n_features], dtype=np.float64))
    points = (np.arange(1, n_people + 1)[:, np.newaxis] * steps) % 1.0
    return np.clip(points, 0.5 / n_people, 1 - 0.5 / n_people)
