"""Cox regression with Efron's treatment of deaths in the same month; for a few covariates."""

import math
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray, IntArray

from model_training.survival.kaplan_meier import NORMAL_95

MAX_STEPS = 50
SMALL_STEP = 1e-9
WORST_CONDITION = 1e12


@dataclass(frozen=True)
class CoxFit:
    """Log hazard ratios per unit of each covariate, and their covariance."""

    coefficients: FloatArray
    covariance: FloatArray

    def hazard_ratio(self, place: int = 0) -> tuple[float, float, float]:
        """The hazard ratio of one covariate with its 95 % Wald interval."""
        log_ratio, error = self.coefficients[place], math.sqrt(self.covariance[place, place])
        low, high = (log_ratio + sign * NORMAL_95 * error for sign in (-1, 1))
        return math.exp(log_ratio), math.exp(low), math.exp(high)


class CoxModel:
    """A study population sorted once, so that each bootstrap draw only sums.

    Parameters
    ----------
    time_months : ndarray of float64, shape (n_people,)
    died : ndarray of float64 or bool, shape (n_people,)
    covariates : ndarray of float64, shape (n_people, n_covariates)

    Source
    ------
    Cox, JRSS B 1972; ties as in Efron, JASA 1977.
    """

    def __init__(
        self, time_months: FloatArray, died: FloatArray | BoolArray, covariates: FloatArray
    ) -> None:
        self._order = np.argsort(-time_months, kind="stable")
        self._died = np.asarray(died, dtype=float)[self._order]
        self._x = (covariates - covariates.mean(axis=0))[self._order]
        _, self._first = np.unique(-time_months[self._order], return_index=True)
        self._pairs: tuple[IntArray, ...] = np.triu_indices(self._x.shape[1])
        products = self._x[:, self._pairs[0]] * self._x[:, self._pairs[1]]
        self._moments = np.hstack([np.ones((len(self._x), 1)), self._x, products])

    def fit(self, counts: FloatArray | None = None, start: FloatArray | None = None) -> CoxFit:
        """Maximise the partial likelihood.

        Parameters
        ----------
        counts : ndarray of float64, shape (n_people,), optional
            How often each person counts; whole numbers.
        start : ndarray of float64, shape (n_covariates,), optional
            Where to begin.

        Raises
        ------
        ValueError
            If it does not converge: a covariate separates the dead from the living.
        """
        counts = np.ones(len(self._order)) if counts is None else counts[self._order]
        beta = np.zeros(self._x.shape[1]) if start is None else start.copy()
        month, share = _deaths(np.add.reduceat(counts * self._died, self._first))
        observed = (counts * self._died) @ self._x
        for _ in range(MAX_STEPS):
            expected, information = self._expected(beta, counts, month, share)
            if not np.isfinite(information).all() or np.linalg.cond(information) > WORST_CONDITION:
                break
            step = np.linalg.solve(information, observed - expected)
            beta += np.clip(step, -2, 2)
            if np.abs(step).max() < SMALL_STEP:
                return CoxFit(beta, np.asarray(np.linalg.inv(information), dtype=float))
        raise ValueError("the Cox regression does not converge")

    def _expected(
        self, beta: FloatArray, counts: FloatArray, month: IntArray, share: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """The covariates expected of the dead, and the information; both summed over deaths."""
        hazard = (counts * np.exp(self._x @ beta))[:, np.newaxis] * self._moments
        at_risk = np.add.reduceat(hazard, self._first).cumsum(axis=0)
        dying = np.add.reduceat(hazard * self._died[:, np.newaxis], self._first)
        sums = at_risk[month] - share[:, np.newaxis] * dying[month]
        n = self._x.shape[1]
        means = sums[:, 1:] / sums[:, :1]
        information = np.empty((n, n))
        information[self._pairs] = means[:, n:].sum(axis=0)
        information.T[self._pairs] = information[self._pairs]
        return means[:, :n].sum(axis=0), information - means[:, :n].T @ means[:, :n]


def _deaths(by_month: FloatArray) -> tuple[IntArray, FloatArray]:
    """For every death its month, and the share of that month's deaths that count as gone already."""
    counts = np.rint(by_month).astype(np.intp)
    month = np.repeat(np.arange(len(counts)), counts)
    before = np.arange(len(month)) - np.repeat(counts.cumsum() - counts, counts)
    return month, before / counts[month]
