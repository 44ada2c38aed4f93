"""Conditional imputation: what markers that nobody measured add, expected from those that were.

Among complete people, the years that markers add and the markers' deviations from the peers have a
covariance. Given what was measured, the years of the rest are taken as their linear regression on it,
with a ridge; a sum over markers stays one. What remains uncertain is the conditional variance of
their sum.
"""

from dataclasses import dataclass

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, IntArray

PATTERNS_AT_ONCE = 64  # systems of 44 equations for these are 1 MB, which stays in the cache


@dataclass(frozen=True)
class Imputed:
    """What missing markers are expected to add.

    `years` has shape (n_markers, n_people), 0 where a marker was measured; `variance`, shape
    (n_people,), is of their sum.
    """

    years: FloatArray
    variance: FloatArray


@dataclass(frozen=True)
class Imputation:
    """The moments by sex and age group of complete people.

    Attributes
    ----------
    ages : ndarray of float64, shape (n_groups + 1,)
        The ends of the age groups, ascending, years.
    covariance : ndarray of float64, shape (2 * n_groups, 2 * n_markers, 2 * n_markers)
        Of the years of every marker, then of every marker's standardised deviation; of women first.
    ridge : float
        Added to the variance of whatever is known.
    widening : ndarray of float64, shape (2 * n_groups,)
        What the conditional standard deviation is multiplied by, so that it holds for people that
        the covariance was not learned from.

    Source
    ------
    Buck, A method of estimation of missing values in multivariate data, J. R. Stat. Soc. B 1960;
    with a ridge, Hoerl & Kennard, Technometrics 1970.
    """

    ages: FloatArray
    covariance: FloatArray
    ridge: float
    widening: FloatArray

    def strata(self, age_years: FloatArray, male: FloatArray) -> IntArray:
        """The place of people's sex and age group in `covariance`, shape (n_people,)."""
        n_groups = len(self.ages) - 1
        group = np.searchsorted(self.ages[1:-1], age_years, side="right")
        return np.asarray(male.astype(np.intp) * n_groups + group)

    def impute(self, known: FloatArray, missing: BoolArray, strata: IntArray) -> Imputed:
        """What missing markers are expected to add.

        Parameters
        ----------
        known : ndarray of float64, shape (2 * n_markers, n_people)
            Years and deviations of the markers; what it holds for the missing ones does not count.
        missing : ndarray of bool, shape (n_markers, n_people)
        strata : ndarray of intp, shape (n_people,)

        Returns
        -------
        Imputed
        """
        first, pattern = _patterns(missing, strata)
        order = np.argsort(pattern, kind="stable")
        ends = np.cumsum(np.bincount(pattern, minlength=len(first)))
        known, years = known[:, order], np.empty(missing.shape)
        variance = np.empty(len(strata))
        for start in range(0, len(first), PATTERNS_AT_ONCE):
            some = first[start : start + PATTERNS_AT_ONCE]
            weights, variances = self._regressions(missing[:, some], strata[some])
            for place, (weight, of_sum) in enumerate(zip(weights, variances, strict=True), start):
                rows = slice(ends[place - 1] if place else 0, ends[place])
                years[:, rows] = weight @ known[:, rows]
                variance[rows] = of_sum
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return Imputed(years[:, back], variance[back])

    def _regressions(self, missing: BoolArray, strata: IntArray) -> tuple[FloatArray, FloatArray]:
        """The weights of what is known, and the variance that remains, by pattern.

        Shape (n_patterns, n_markers, 2 * n_markers), 0 for what is missing, and (n_patterns,).
        """
        n_markers = len(missing)
        gone = missing.T.astype(np.float64)
        covariance = self.covariance[strata]
        to_missing = covariance[:, :, :n_markers] * gone[:, np.newaxis, :]
        within = (gone[:, np.newaxis] @ to_missing[:, :n_markers]).sum(axis=(1, 2))
        given = np.tile(1 - gone, 2)[:, :, np.newaxis]
        to_missing *= given
        weights = np.asarray(
            np.linalg.solve(self._system(covariance, given), to_missing), dtype=np.float64
        )
        explained = (to_missing.sum(axis=2) * weights.sum(axis=2)).sum(axis=1)
        left: FloatArray = np.maximum(within - explained, 0)
        widening = self.widening[strata]
        return weights.transpose(0, 2, 1), left * widening**2

    def _system(self, covariance: FloatArray, given: FloatArray) -> FloatArray:
        """The covariance of what is known, with the ridge; of the rest, the identity."""
        system = covariance * given
        system *= given.transpose(0, 2, 1)
        places = np.arange(system.shape[1])
        system[:, places, places] += np.where(given[:, :, 0] > 0, self.ridge, 1)
        return system

    def after_one_more(self, known: FloatArray, missing: BoolArray, stratum: int) -> "OneMore":
        """What one person's markers are expected to be, and what measuring each would leave.

        Parameters
        ----------
        known : ndarray of float64, shape (2 * n_markers,)
        missing : ndarray of bool, shape (n_markers,)
        stratum : int

        Returns
        -------
        OneMore
        """
        covariance = self.covariance[stratum]
        gone = np.tile(missing, 2)
        given = np.where(gone, 0.0, 1.0)[np.newaxis, :, np.newaxis]
        system = self._system(covariance[np.newaxis], given)[0]
        weights = np.linalg.solve(system, np.where(gone[:, np.newaxis], 0, covariance))
        expected = np.where(gone, 0, known) @ weights
        left = covariance - np.where(gone, 0, covariance) @ weights
        return self._measured(expected, left, missing, stratum)

    def _measured(
        self, expected: FloatArray, left: FloatArray, missing: BoolArray, stratum: int
    ) -> "OneMore":
        n_markers = len(missing)
        widening = self.widening[stratum] ** 2
        variances = np.zeros(n_markers)
        for place in np.flatnonzero(missing):
            others = missing.astype(np.float64)
            others[place] = 0
            both = [place, n_markers + place]
            pair = left[np.ix_(both, both)] + self.ridge * np.eye(2)
            shared = left[both, :n_markers] @ others
            within = others @ left[:n_markers, :n_markers] @ others
            variances[place] = within - shared @ np.linalg.solve(pair, shared)
        spread = np.sqrt(np.maximum(left.diagonal()[n_markers:], 0))
        return OneMore(expected[n_markers:], spread, np.maximum(variances, 0) * widening)


@dataclass(frozen=True)
class OneMore:
    """What measuring one more marker would tell; each of shape (n_markers,), of use where missing.

    Attributes
    ----------
    deviation, spread : ndarray of float64
        The mean and the standard deviation of its standardised deviation, given what is known.
    variance : ndarray of float64
        Of the sum of the years that would still be missing.
    """

    deviation: FloatArray
    spread: FloatArray
    variance: FloatArray


def _patterns(missing: BoolArray, strata: IntArray) -> tuple[IntArray, IntArray]:
    """A row of each combination of missing markers and stratum, and the combination of each row."""
    packed = np.concatenate([np.packbits(missing, axis=0), strata[np.newaxis].astype(np.uint8)])
    rows = np.ascontiguousarray(packed.T)
    codes = rows.view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, pattern = np.unique(codes, return_index=True, return_inverse=True)
    return first, pattern
