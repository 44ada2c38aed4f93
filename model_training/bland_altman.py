"""Agreement of two ways to measure the same: bias and limits of agreement."""

from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray

LIMIT_SDS = 1.96  # of normal differences, 95 % lie within


@dataclass(frozen=True)
class LimitsOfAgreement:
    """Of the differences first minus second.

    Attributes
    ----------
    n_people : int
        Who has both.
    bias : float
        The mean difference.
    sd : float
        Of the differences.
    low, high : float
        bias -+ 1.96 sd.
    slope : float
        How much the difference changes per unit of the mean; NaN where all means are equal. Above 0
        the first spreads wider than the second.
    inside : float
        The share of people within the limits; about 0.95 where differences are normal.
    """

    n_people: int
    bias: float
    sd: float
    low: float
    high: float
    slope: float
    inside: float


def limits_of_agreement(first: FloatArray, second: FloatArray) -> LimitsOfAgreement:
    """How two numbers agree, person by person.

    Parameters
    ----------
    first, second : ndarray of float64, shape (n_people,)
        In the same unit; people who lack one (NaN) are left out.

    Raises
    ------
    ValueError
        If fewer than two people have both.

    Source
    ------
    J. M. Bland & D. G. Altman, Lancet 1986; the slope: the same, Stat Methods Med Res 1999.
    """
    have_both = np.isfinite(first) & np.isfinite(second)
    if have_both.sum() < 2:
        raise ValueError("fewer than two people have both numbers")
    difference, mean = difference_and_mean(first[have_both], second[have_both])
    bias, sd = float(difference.mean()), float(difference.std(ddof=1))
    low, high = bias - LIMIT_SDS * sd, bias + LIMIT_SDS * sd
    slope = float(np.polyfit(mean, difference, 1)[0]) if np.ptp(mean) > 0 else np.nan
    inside = float(((difference >= low) & (difference <= high)).mean())
    return LimitsOfAgreement(int(have_both.sum()), bias, sd, low, high, slope, inside)


def difference_and_mean(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The axes of a Bland-Altman plot: first minus second, and the mean of both."""
    return first - second, (first + second) / 2
