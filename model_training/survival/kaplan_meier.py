"""The Kaplan-Meier estimate, of death or of censoring."""

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray

NORMAL_95 = 1.959963984540054  # the 97.5 % quantile of the standard normal


def survival_curve(
    time_months: FloatArray, died: FloatArray | BoolArray, weights: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """The share still alive after each month in which somebody left.

    Parameters
    ----------
    time_months : ndarray of float64, shape (n_people,)
    died : ndarray of float64 or bool, shape (n_people,)
    weights : ndarray of float64, shape (n_people,), optional
        How often each person counts.

    Returns
    -------
    pair of ndarray of float64, shape (n_months,)
        The distinct times, and the share alive just after each.

    Source
    ------
    Kaplan & Meier, JASA 1958.
    """
    months, deaths, losses = _left(time_months, died, weights)
    alive = np.cumprod(1 - _share(deaths, _at_risk(deaths + losses))).astype(float)
    return months, alive


def survival_at(
    time_months: FloatArray,
    died: FloatArray | BoolArray,
    horizon_months: float,
    weights: FloatArray | None = None,
) -> float:
    """The share alive at a horizon."""
    months, alive = survival_curve(time_months, died, weights)
    before = alive[months <= horizon_months]
    return float(before[-1]) if len(before) else 1.0


def survival_interval(
    time_months: FloatArray,
    died: FloatArray | BoolArray,
    horizon_months: float,
    weights: FloatArray | None = None,
) -> tuple[float, float]:
    """The 95 % interval of the share alive at a horizon, log-log transformed.

    S^exp(1.96 v) to S^exp(-1.96 v), where v^2 is Greenwood's sum of deaths / (at risk x survivors),
    over (ln S)^2. Before the first death it is (1, 1), where nobody is left alive (0, 0).

    Source
    ------
    Greenwood, 1926; Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 1980.
    """
    months, deaths, losses = _left(time_months, died, weights)
    within_horizon = months <= horizon_months
    at_risk, deaths = _at_risk(deaths + losses)[within_horizon], deaths[within_horizon]
    alive = float(np.prod(1 - _share(deaths, at_risk)))
    if alive in (0.0, 1.0):
        return alive, alive
    greenwood = _share(deaths, at_risk * (at_risk - deaths)).sum()
    wide = NORMAL_95 * np.sqrt(greenwood) / abs(np.log(alive))
    return float(alive ** np.exp(wide)), float(alive ** np.exp(-wide))


def still_followed(
    time_months: FloatArray, died: FloatArray | BoolArray, weights: FloatArray | None = None
) -> FloatArray:
    """The chance not to have been censored before one's own month, shape (n_people,).

    Deaths of a month come before its censorings, so whoever died was not at risk of being censored
    in that month any more.
    """
    months, deaths, losses = _left(time_months, died, weights)
    share_followed = np.cumprod(1 - _share(losses, _at_risk(deaths + losses) - deaths))
    before = np.concatenate([[1.0], share_followed[:-1]])
    return before[np.searchsorted(months, time_months)]


def _left(
    time_months: FloatArray, died: FloatArray | BoolArray, weights: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    weights = np.ones(len(time_months)) if weights is None else weights
    months, place = np.unique(time_months, return_inverse=True)
    dead = np.asarray(died, dtype=float)
    deaths, losses = (
        np.bincount(place, weights * left, len(months)).astype(float) for left in (dead, 1 - dead)
    )
    return months, deaths, losses


def _at_risk(left: FloatArray) -> FloatArray:
    return left[::-1].cumsum()[::-1]


def _share(events: FloatArray, at_risk: FloatArray) -> FloatArray:
    return np.divide(events, at_risk, out=np.zeros(len(events)), where=at_risk > 0)
