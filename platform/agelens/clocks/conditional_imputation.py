"""Conditional imputation: what markers that nobody measured add, expected from those that were.

Among complete people, the years that markers add and the markers' deviations from the peers have a
covariance. Given what was measured, the years of the rest are taken as their linear regression on it,
with a ridge; a sum over markers stays one. What remains uncertain is the conditional variance of
their sum, larger in people who are unusual in what was measured.

Everything follows from the inverse of the covariance (the precision), of which a person needs the
block of what is missing: small systems, solved for hundreds of people at once, whatever each of them
lacks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, IntArray

PEOPLE_AT_ONCE = 256  # with 12 markers missing their systems are 1 MB, which stays in the cache


@dataclass(frozen=True)
class Imputed:
    """What missing markers are expected to add.

    `years` has shape (n_markers, n_people), 0 where a marker was measured; `variance`, shape
    (n_people,), is of their sum.
    """

    years: FloatArray
    variance: FloatArray


@dataclass(frozen=True)
class OneMore:
    """What one more marker is expected to be; each of shape (n_missing,).

    Attributes
    ----------
    deviation, spread : ndarray of float64
        The mean and the standard deviation of its standardised deviation, given what is known.
    """

    deviation: FloatArray
    spread: FloatArray


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
    degrees : float
        Degrees of freedom of the multivariate t that widens for the unusual; infinite is normal.

    Source
    ------
    Buck, A method of estimation of missing values in multivariate data, J. R. Stat. Soc. B 1960;
    with a ridge, Hoerl & Kennard, Technometrics 1970. The conditional t: Ding, On the conditional
    distribution of the multivariate t distribution, American Statistician 2016.
    """

    ages: FloatArray
    covariance: FloatArray
    ridge: float
    widening: FloatArray
    degrees: float = np.inf

    def strata(self, age_years: FloatArray, male: FloatArray) -> IntArray:
        """The index of people's sex and age group in `covariance`, shape (n_people,)."""
        n_groups = len(self.ages) - 1
        group = np.searchsorted(self.ages[1:-1], age_years, side="right")
        return np.asarray(male.astype(np.intp) * n_groups + group)

    def impute(self, known: FloatArray, missing: BoolArray, strata: IntArray) -> Imputed:
        """What missing markers are expected to add.

        With m for what is missing, o for the rest, C the covariance, P the inverse of C + ridge I:
        the regression C_mo (C_oo + ridge I)^-1 z is -(P_mm)^-1 P_mo z, and the covariance that
        remains, C_mm - C_mo (C_oo + ridge I)^-1 C_om, is (P_mm)^-1 - ridge I. It is multiplied by
        (degrees + z' (C_oo + ridge I)^-1 z) / (degrees + n_o); the distance is
        z' P z - (P_mo z)' (P_mm)^-1 (P_mo z).

        Parameters
        ----------
        known : ndarray of float64, shape (2 * n_markers, n_people)
            Years and deviations of the markers, z; 0 where missing.
        missing : ndarray of bool, shape (n_markers, n_people)
        strata : ndarray of intp, shape (n_people,)

        Returns
        -------
        Imputed
        """
        years, variance = np.zeros(missing.shape), np.zeros(len(strata))
        pulls = self._pulls(known, strata)
        distance = (known * pulls).sum(axis=0)
        for rows, indices in _people_by_count(missing):
            count = indices.shape[1]
            sides = np.zeros((len(rows), 2 * count, 2))
            pair_indices = self._year_and_deviation_indices(indices)
            sides[:, :, 0] = -pulls[pair_indices, rows[:, np.newaxis]]
            sides[:, :count, 1] = 1
            solved = np.linalg.solve(self._blocks(pair_indices, strata[rows]), sides)
            years[indices, rows[:, np.newaxis]] = solved[:, :count, 0]
            variance[rows] = solved[:, :count, 1].sum(axis=1) - self.ridge * count
            distance[rows] -= (sides[:, :, 0] * solved[:, :, 0]).sum(axis=1)
        variance = np.maximum(variance, 0) * self.widening[strata] ** 2
        return Imputed(years, variance * self._unusual(distance, missing))

    def _unusual(self, distance: FloatArray, missing: BoolArray) -> FloatArray:
        """What the variance of each person is multiplied by, shape (n_people,)."""
        if np.isinf(self.degrees):
            return np.ones_like(distance)
        measured = 2 * (~missing).sum(axis=0)
        return np.asarray((self.degrees + np.maximum(distance, 0)) / (self.degrees + measured))

    def one_more(self, known: FloatArray, missing: BoolArray, stratum: int) -> OneMore:
        """What one person's missing markers are expected to be.

        Parameters
        ----------
        known : ndarray of float64, shape (2 * n_markers,)
        missing : ndarray of bool, shape (n_markers,)
        stratum : int

        Returns
        -------
        OneMore
        """
        indices = np.flatnonzero(missing)
        count, strata = len(indices), np.array([stratum])
        pair_indices = self._year_and_deviation_indices(indices[np.newaxis])
        remaining = np.linalg.inv(self._blocks(pair_indices, strata)[0])
        expected = -remaining @ (self._precision[stratum] @ known)[pair_indices[0]]
        spread = np.sqrt(np.maximum(remaining.diagonal() - self.ridge, 0))
        return OneMore(expected[count:], spread[count:])

    def _pulls(self, known: FloatArray, strata: IntArray) -> FloatArray:
        """P_mo z for every marker as if it were missing, shape of `known`."""
        pulls = np.empty_like(known)
        for stratum in np.unique(strata):
            in_stratum = strata == stratum
            pulls[:, in_stratum] = self._precision[stratum] @ known[:, in_stratum]
        return pulls

    def _year_and_deviation_indices(self, indices: IntArray) -> IntArray:
        """The indices of markers' years and deviations."""
        return np.concatenate([indices, indices + self.covariance.shape[1] // 2], axis=1)

    def _blocks(self, pair_indices: IntArray, strata: IntArray) -> FloatArray:
        """P_mm of each person, shape (n_people, 2 * n_missing, 2 * n_missing)."""
        index = strata[:, np.newaxis, np.newaxis]
        return self._precision[
            index, pair_indices[:, :, np.newaxis], pair_indices[:, np.newaxis, :]
        ]

    @cached_property
    def _precision(self) -> FloatArray:
        """P, shaped as `covariance`."""
        ridge = self.ridge * np.eye(self.covariance.shape[1])
        return np.asarray(np.linalg.inv(self.covariance + ridge), dtype=np.float64)


def _people_by_count(missing: BoolArray) -> Iterator[tuple[IntArray, IntArray]]:
    """People who lack equally many markers, and the indices of these, shape (n_people, n_missing)."""
    counts = missing.sum(axis=0)
    for count in np.unique(counts[counts > 0]).tolist():
        everybody = np.flatnonzero(counts == count)
        for start in range(0, len(everybody), PEOPLE_AT_ONCE):
            rows = everybody[start : start + PEOPLE_AT_ONCE]
            yield rows, np.nonzero(missing[:, rows].T)[1].reshape(-1, count)
