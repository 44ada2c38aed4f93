"""People of about the same age and of the same sex."""

import numpy as np
from agelens.clocks.base import FloatArray, IntArray

STRATUM_YEARS = 5


def age_sex_strata(age_years: FloatArray, male: FloatArray) -> IntArray:
    """The number of everybody's five years of age and sex, shape (n_people,).

    Within them a clock can no longer live off chronological age.
    """
    return (2 * np.floor(age_years / STRATUM_YEARS) + male).astype(np.intp)
