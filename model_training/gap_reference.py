"""Summarise out-of-fold age gaps into the reference of a bundle."""

from collections.abc import Mapping

import numpy as np
from agelens.clocks.age_gap import ANY_SEX
from agelens.clocks.base import BoolArray, FloatArray

LEVELS = (1.0, *(float(level) for level in range(5, 100, 5)), 99.0)
NEAR_YEARS = 5.0


def summarise(
    name: str, prediction: FloatArray, age: FloatArray, sexes: Mapping[str, BoolArray]
) -> dict[str, object]:
    """The reference of a bundle; it holds summaries of many people and no person.

    Parameters
    ----------
    name : str
        Who the people are, in words.
    prediction : ndarray of float64, shape (n_repeats, n_people)
        Out of fold, years.
    age : ndarray of float64, shape (n_people,)
        Years.
    sexes : mapping of str to ndarray of bool, shape (n_people,)
        Who is of which sex.
    """
    gap = prediction - age
    everyone = np.ones(len(age), dtype=bool)
    groups = {**sexes, ANY_SEX: everyone}
    first, last = int(age.min()), int(age.max())
    return {
        "name": name,
        "first_age": first,
        "levels": list(LEVELS),
        "sexes": {
            sex: _peers(gap[:, members], age[members], range(first, last + 1))
            for sex, members in groups.items()
        },
    }


def _peers(gap: FloatArray, age: FloatArray, ages: range) -> dict[str, object]:
    slope, intercept = np.polyfit(age, gap.mean(axis=0), 1)
    adjusted = gap - (intercept + slope * age)
    near = [np.abs(age - each) <= NEAR_YEARS for each in ages]
    quantiles = [np.quantile(adjusted[:, close], np.array(LEVELS) / 100) for close in near]
    return {
        "intercept": round(float(intercept), 6),
        "slope": round(float(slope), 6),
        "quantiles": [[round(float(q), 3) for q in row] for row in quantiles],
    }
