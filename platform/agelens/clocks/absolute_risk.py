"""Absolute risk: the chance of dying within ten years at a mortality-age."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.marker_transforms import numbers

NORMAL_95 = 1.959963984540054  # of a normal distribution, 95 % is within so many SD
# these names are the members of a result's `derived` and, with derived: in front, columns of files
RISK, RISK_LOW, RISK_HIGH = "risk_10y", "risk_10y_low", "risk_10y_high"


@dataclass(frozen=True)
class TenYearRisk:
    """The risk as a Gompertz law in mortality-age, calibrated to a population.

    Attributes
    ----------
    at_50 : float
        The logarithm of the cumulative hazard of ten years at a mortality-age of 50.
    per_decade : float
        What ten years of mortality-age add to it.
    sd : float
        The standard error of this logarithm, of the calibration alone.
    """

    at_50: float
    per_decade: float
    sd: float

    def of(self, years: FloatArray, variance: FloatArray) -> dict[str, FloatArray]:
        """The risk and its 95 % interval.

        1 - exp(-exp(a + b (years - 50) / 10)); the interval is normal in the inner logarithm, with
        the variance (b / 10)^2 `variance` + sd^2, so it stays between 0 and 1.

        Parameters
        ----------
        years : ndarray of float64, shape (n_people,)
            The mortality-age.
        variance : ndarray of float64, shape (n_people,)
            Of the mortality-age, years squared.

        Returns
        -------
        dict of str to ndarray of float64, shape (n_people,)
            Shares, 0 to 1, by name.
        """
        slope = self.per_decade / 10
        log_hazard = self.at_50 + slope * (years - 50)
        half = NORMAL_95 * np.sqrt(slope**2 * variance + self.sd**2)
        ends = {RISK: log_hazard, RISK_LOW: log_hazard - half, RISK_HIGH: log_hazard + half}
        return {name: -np.expm1(-np.exp(value)) for name, value in ends.items()}


def risk_from_json(document: Mapping[str, Any] | None) -> TenYearRisk | None:
    """The risk of a bundle; None where it gives none.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing, of the wrong kind or not a number that could have been learned.
    """
    if document is None:
        return None
    at_50, per_decade, sd = numbers([document[k] for k in ("at_50", "per_decade", "sd")], 3)
    if not (abs(at_50) <= 20 and 0 < per_decade <= 10 and 0 <= sd <= 10):
        raise ValueError("the risk must grow with the years")
    return TenYearRisk(float(at_50), float(per_decade), float(sd))
