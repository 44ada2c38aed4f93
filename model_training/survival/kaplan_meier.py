"""The Kaplan-Meier estimate, of death or of censoring."""

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray


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


def still_followed(
    time_months: FloatArray, died: FloatArray | BoolArray, weights: FloatArray | None = None
) -> FloatArray:
    """The chance not to have been censored before one's own month, shape (n_people,).

    Deaths of a month come before its censorings, so whoever died was not at risk of being censored
    in that month any more.
    """
    months, deaths, losses = _left(time_months, died, weights)
    kept = np.cumprod(1 - _share(losses, _at_risk(deaths + losses) - deaths))
    before = np.concatenate([[1.0], kept[:-1]])
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
