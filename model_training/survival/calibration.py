"""Predicted against observed risk."""

from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray

from model_training.survival.auc import TEN_YEARS
from model_training.survival.kaplan_meier import survival_at


@dataclass(frozen=True)
class RiskGroup:
    """People of similar predicted risk of dying within the horizon."""

    n_people: int
    predicted: float
    observed: float


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
    return [
        RiskGroup(
            n_people=len(group),
            predicted=float(predicted_risk[group].mean()),
            observed=1 - survival_at(time_months[group], died[group], horizon_months),
        )
        for group in np.array_split(order, n_groups)
    ]
