"""Convert a hazard to the age of equal risk under a Gompertz law."""

from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray
from agelens.clocks.peer_deviations import DECADE, MIDDLE_AGE, decades

from model_training.mortality.hazard import fit
from model_training.mortality.plan import HORIZON_MONTHS


@dataclass(frozen=True)
class AgeScale:
    """The logarithm of the ten-year hazard of an average person is a straight line in age.

    Attributes
    ----------
    at_50 : float
        Logarithm of the hazard summed over 120 months, at 50.
    per_decade : float
    """

    at_50: float
    per_decade: float

    def years(self, log_cumulative: FloatArray) -> FloatArray:
        """The age with this logarithm of the ten-year hazard."""
        return MIDDLE_AGE + DECADE * (log_cumulative - self.at_50) / self.per_decade

    def log_hazard(self, years: FloatArray) -> FloatArray:
        """The logarithm of the ten-year hazard at this mortality-age."""
        return self.at_50 + self.per_decade * decades(years)

    def risk(self, years: FloatArray) -> FloatArray:
        """The risk of dying within ten years at this mortality-age."""
        return -np.expm1(-np.exp(self.log_hazard(years)))


def learn_age_scale(
    age_years: FloatArray, months: FloatArray, died: FloatArray, counts: FloatArray | None = None
) -> AgeScale:
    """Fit the Gompertz law in age alone.

    Source
    ------
    The idea of inverting it: Levine et al., Aging 2018.
    """
    terms = np.stack([np.ones_like(age_years), decades(age_years)])
    alone = fit(terms, months, died, np.zeros(2), counts)
    at_50, later = alone.log_cumulative(np.array([[1.0, 1.0], [0.0, 1.0]]), HORIZON_MONTHS)
    return AgeScale(float(at_50), float(later - at_50))
