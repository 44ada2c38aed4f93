"""Summarise age gaps into a reference: of a bundle out of fold, or of people whom no clock has seen."""

from collections.abc import Mapping

import numpy as np
from agelens.clocks.age_gap import ANY_SEX
from agelens.clocks.base import BoolArray, FloatArray

LEVELS = (1.0, *(float(level) for level in range(5, 100, 5)), 99.0)
NEAR_YEARS = 5.0


def summarise(
    name: str,
    prediction: FloatArray,
    age: FloatArray,
    sexes: Mapping[str, BoolArray],
    *,
    weights: FloatArray | None = None,
    ages: range | None = None,
    from_age: bool = True,
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
    weights : ndarray of float64, shape (n_people,), optional
        Of a survey, each above 0: how many people of the population a person stands for. Line and
        quantiles are then those of the population.
    ages : range, optional
        The ages at which gaps are ranked; from the youngest to the oldest when absent.
    from_age : bool
        Whether the predictions are ages, whose gap from the age counts; others count as they are.
    """
    gap = prediction - age if from_age else prediction
    everyone = np.ones(len(age), dtype=bool)
    groups = {**sexes, ANY_SEX: everyone}
    ages = ages or range(int(age.min()), int(age.max()) + 1)
    return {
        "name": name,
        "first_age": ages.start,
        "levels": list(LEVELS),
        "sexes": {
            sex: _peers(
                gap[:, members], age[members], ages, None if weights is None else weights[members]
            )
            for sex, members in groups.items()
        },
    }


def _peers(
    gap: FloatArray, age: FloatArray, ages: range, weights: FloatArray | None
) -> dict[str, object]:
    # polyfit multiplies the residuals, not their squares
    roots = None if weights is None else np.sqrt(weights)
    slope, intercept = np.polyfit(age, gap.mean(axis=0), 1, w=roots)
    adjusted = gap - (intercept + slope * age)
    of_similar_age = [np.abs(age - each) <= NEAR_YEARS for each in ages]
    quantiles = [
        _quantiles(adjusted[:, close], None if weights is None else weights[close])
        for close in of_similar_age
    ]
    return {
        "intercept": round(float(intercept), 6),
        "slope": round(float(slope), 6),
        "quantiles": [[round(float(q), 3) for q in row] for row in quantiles],
    }


def _quantiles(values: FloatArray, weights: FloatArray | None) -> FloatArray:
    """The quantiles at `LEVELS`; weighted ones lie between the middles of people's weights.

    A person's level is the weight of everybody with a smaller value and half of the own, as a share
    of all: with equal weights Hazen's plotting position, (i - 1/2) / n.

    Source
    ------
    Hyndman & Fan, Sample quantiles in statistical packages, American Statistician 50(4), 1996,
    definition 5.
    """
    if weights is None:
        return np.quantile(values, np.array(LEVELS) / 100)
    flat = values.ravel()
    order = np.argsort(flat, kind="stable")
    sorted_weights = np.broadcast_to(weights, values.shape).ravel()[order]
    levels = (np.cumsum(sorted_weights) - sorted_weights / 2) / sorted_weights.sum()
    return np.interp(np.array(LEVELS) / 100, levels, flat[order])
