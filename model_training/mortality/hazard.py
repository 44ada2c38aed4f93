"""Fit a proportional-hazards Gompertz model with a ridge penalty, by Newton's method."""

from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray

MAX_STEPS = 60
SMALL_GAIN = 1e-6  # of the penalised log likelihood
SMALLEST_GAMMA = 1e-7


@dataclass(frozen=True)
class Hazard:
    """The law ln h(t) = coefficients @ terms + gamma * t, with t in months since the examination."""

    coefficients: FloatArray
    gamma: float

    def log_cumulative(self, terms: FloatArray, months: float) -> FloatArray:
        """The logarithm of the hazard summed up to a month, shape (n_people,)."""
        return self.coefficients @ terms + np.log(exposure(self.gamma, np.array(months)))


def exposure(gamma: float, months: FloatArray) -> FloatArray:
    """What the baseline hazard sums to: (exp(gamma t) - 1) / gamma, in months."""
    return np.expm1(gamma * months) / gamma


def log_likelihood(linear: FloatArray, gamma: float, months: FloatArray, died: FloatArray) -> float:
    """Of what happened to people whose hazard is exp(linear + gamma t), in nats."""
    dying = died @ (linear + gamma * months)
    return float(dying - np.exp(linear) @ exposure(gamma, months))


def fit(
    terms: FloatArray,
    months: FloatArray,
    died: FloatArray,
    penalties: FloatArray,
    counts: FloatArray | None = None,
    start: Hazard | None = None,
) -> Hazard:
    """Maximise the log likelihood less half the penalties times the squared coefficients.

    Parameters
    ----------
    terms : ndarray of float64, shape (n_terms, n_people)
        The first is constant.
    months : ndarray of float64, shape (n_people,)
        Of follow-up, above 0.
    died : ndarray of float64, shape (n_people,)
        1 or 0 at its end.
    penalties : ndarray of float64, shape (n_terms,)
        Per term in units of its own SD; infinite leaves the term out.
    counts : ndarray of float64, shape (n_people,), optional
        How often each person counts.
    start : Hazard, optional
        Where to begin.

    Raises
    ------
    ValueError
        If it does not converge.

    Source
    ------
    Gompertz 1825; ridge: Hoerl & Kennard, Technometrics 1970.
    """
    counts = np.ones(len(months)) if counts is None else counts
    penalized = np.isfinite(penalties)
    spread = np.where(penalties > 0, terms.std(axis=1), 1.0)
    penalized &= spread > 0
    scaled = terms[penalized] / spread[penalized, np.newaxis]
    problem = _Problem(scaled, months, died, np.append(penalties[penalized], 0.0), counts)
    theta = problem.start()
    if start is not None:
        theta = np.append(start.coefficients[penalized] * spread[penalized], start.gamma)
    theta = problem.solve(theta)
    coefficients = np.zeros(len(penalties))
    coefficients[penalized] = theta[:-1] / spread[penalized]
    return Hazard(coefficients, float(theta[-1]))


@dataclass(frozen=True)
class _Problem:
    """The penalised likelihood; the last parameter is gamma."""

    terms: FloatArray
    months: FloatArray
    died: FloatArray
    penalties: FloatArray
    counts: FloatArray

    def start(self) -> FloatArray:
        """The same hazard for everybody."""
        theta = np.zeros(len(self.penalties))
        theta[0] = np.log((self.counts @ self.died) / (self.counts @ self.months))
        theta[-1] = 1e-3
        return theta

    def value(self, theta: FloatArray) -> float:
        """What is maximised."""
        with np.errstate(over="ignore"):
            linear = theta[:-1] @ self.terms
            hazard = self.counts * np.exp(linear)
            dying = (self.counts * self.died) @ (linear + theta[-1] * self.months)
            summed = hazard @ exposure(theta[-1], self.months)
        return float(dying - summed - 0.5 * self.penalties @ theta**2)

    def solve(self, theta: FloatArray) -> FloatArray:
        """Newton's method, each step halved until it gains."""
        value = self.value(theta)
        for _ in range(MAX_STEPS):
            step = self._step(theta)
            moved = theta + step
            while not (gain := self.value(moved) - value) >= 0 and np.abs(step).max() > 1e-12:
                step = step / 2
                moved = theta + step
            if not gain >= 0:
                return theta
            theta, value = moved, value + gain
            if gain < SMALL_GAIN:
                # so near, one more step leaves nothing but rounding, which the bundle's digits hide
                return theta + self._step(theta)
        raise ValueError("the Gompertz model does not converge")

    def _step(self, theta: FloatArray) -> FloatArray:
        gamma, months, terms = theta[-1], self.months, self.terms
        gamma = gamma if abs(gamma) > SMALLEST_GAMMA else SMALLEST_GAMMA
        grown = np.exp(gamma * months)
        first = (grown - 1) / gamma  # the exposure and its derivatives by gamma
        second = (months * grown - first) / gamma
        third = (months * months * grown - 2 * second) / gamma
        hazard = self.counts * np.exp(theta[:-1] @ terms)
        deaths = self.counts * self.died
        gradient = np.append(terms @ (deaths - hazard * first), deaths @ months - hazard @ second)
        information = np.empty((len(theta), len(theta)))
        information[:-1, :-1] = (terms * (hazard * first)) @ terms.T
        information[-1, :-1] = information[:-1, -1] = terms @ (hazard * second)
        information[-1, -1] = hazard @ third
        information[np.diag_indices(len(theta))] += self.penalties
        return np.asarray(np.linalg.solve(information, gradient - self.penalties * theta))
