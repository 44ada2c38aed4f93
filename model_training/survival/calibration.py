"""Predicted against observed risk."""

from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray

from model_training.survival.auc import TEN_YEARS
from model_training.survival.kaplan_meier import survival_at, survival_interval


@dataclass(frozen=True)
class RiskGroup:
    """People of similar predicted risk of dying within the horizon.

    `low` and `high` are the 95 % interval of `observed`.
    """

    n_people: int
    predicted: float
    observed: float
    low: float
    high: float


def calibration(
    time_months: FloatArray,
    died: FloatArray | BoolArray,
    predicted_risk: FloatArray,
    *,
    n_groups: int = 10,
    horizon_months: float = TEN_YEARS,
) -> list[RiskGroup]:
    """Groups of equal size by predicted risk, from the lowest, with what became of them.

    Parameters
    ----------
    time_months : ndarray of float64, shape (n_people,)
    died : ndarray of float64 or bool, shape (n_people,)
    predicted_risk : ndarray of float64, shape (n_people,)
        Of dying within the horizon, between 0 and 1.
    n_groups : int
    horizon_months : float

    Returns
    -------
    list of RiskGroup
        `observed` is one minus Kaplan-Meier, so people followed for less than the horizon count.
    """
    order = np.argsort(predicted_risk, kind="stable")
    groups = []
    for rows in np.array_split(order, n_groups):
        happened = time_months[rows], died[rows], horizon_months
        low, high = survival_interval(*happened)
        groups.append(
            RiskGroup(
                n_people=len(rows),
                predicted=float(predicted_risk[rows].mean()),
                observed=1 - survival_at(*happened),
                low=1 - high,
                high=1 - low,
            )
        )
    return groups
