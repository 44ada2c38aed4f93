"""How clocks agree on the people whom both score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np
import pandas as pd
from agelens.clocks.base import FloatArray
from agelens.clocks.marker_transforms import SEX

from model_training.bland_altman import LimitsOfAgreement, limits_of_agreement
from model_training.comparison.clock_predictions import YEARS, ClockPredictions
from model_training.datasets.nhanes import StudyPopulation


@dataclass(frozen=True)
class Agreement:
    """Pairs of clocks on the people whom both score; each a square table by clock.

    `correlation` is of the advances, adjusted for age by sex. `mean_difference` and
    `spread_of_difference` are of the predictions in years, row minus column; clocks in other units
    are not in these two.
    """

    correlation: pd.DataFrame
    mean_difference: pd.DataFrame
    spread_of_difference: pd.DataFrame
    n_people: pd.DataFrame


def ahead_of_age(number: FloatArray, age_years: FloatArray, sex: FloatArray) -> FloatArray:
    """What is left of a clock's number after its line in age, by sex.

    Parameters
    ----------
    number, age_years, sex : ndarray of float64, shape (n_people,)
        NaN is missing.

    Returns
    -------
    ndarray of float64, shape (n_people,)
        In the unit of the number; NaN where something is missing or a sex has people of one age only.
    """
    residuals = np.full(len(number), np.nan)
    for each in np.unique(sex[~np.isnan(sex)]):
        rows = (sex == each) & np.isfinite(number) & np.isfinite(age_years)
        if len(np.unique(age_years[rows])) < 2:
            continue  # no line through one age
        slope, intercept = np.polyfit(age_years[rows], number[rows], 1)
        residuals[rows] = number[rows] - intercept - slope * age_years[rows]
    return residuals


def adjusted_advances(
    predictions: Mapping[str, ClockPredictions], population: StudyPopulation
) -> dict[str, FloatArray]:
    """The advance of every clock that applies, adjusted for age by sex."""
    sex = population.table.column(SEX)
    return {
        name: ahead_of_age(each.advance, population.age_years, sex)
        for name, each in predictions.items()
        if each.applies
    }


def agreement(
    predictions: Mapping[str, ClockPredictions], population: StudyPopulation
) -> Agreement:
    """How the clocks that apply agree, pair by pair."""
    ahead = adjusted_advances(predictions, population)
    names = list(ahead)
    shape = (len(names), len(names))
    correlation, mean, spread = (np.full(shape, np.nan) for _ in range(3))
    people = np.zeros(shape, dtype=int)
    for i, first in enumerate(names):
        for j, second in enumerate(names):
            have_both = np.isfinite(ahead[first]) & np.isfinite(ahead[second])
            people[i, j] = have_both.sum()
            if have_both.sum() < 3:
                continue
            correlation[i, j] = np.corrcoef(ahead[first][have_both], ahead[second][have_both])[0, 1]
            if predictions[first].unit == predictions[second].unit == YEARS:
                difference = (predictions[first].prediction - predictions[second].prediction)[
                    have_both
                ]
                mean[i, j], spread[i, j] = difference.mean(), difference.std()
    ages = [name for name in names if predictions[name].unit == YEARS]
    return Agreement(
        _square(correlation, names),
        _square(mean, names).loc[ages, ages],
        _square(spread, names).loc[ages, ages],
        _square(people, names),
    )


def limits(predictions: Mapping[str, ClockPredictions]) -> pd.DataFrame:
    """Bland and Altman's limits of agreement of every pair of clocks in years that apply.

    One row per pair, first minus second: people who have both, bias, standard deviation and the 95 %
    limits in years, the slope of the difference in the mean, and the share of people within.
    """
    ages = ages_of(predictions)
    columns = ["clock", "minus", *(field.name for field in fields(LimitsOfAgreement))]
    rows = [
        {"clock": first, "minus": second, **vars(limits_of_agreement(ages[first], ages[second]))}
        for first, second in combinations(ages, 2)
        if (np.isfinite(ages[first]) & np.isfinite(ages[second])).sum() > 2
    ]
    table = pd.DataFrame(rows, columns=columns).rename(columns={"n_people": "people"})
    return table.set_index(["clock", "minus"])


def ages_of(predictions: Mapping[str, ClockPredictions]) -> dict[str, FloatArray]:
    """The predictions of the clocks in years that apply."""
    return {
        name: each.prediction
        for name, each in predictions.items()
        if each.applies and each.unit == YEARS
    }


def _square(numbers: FloatArray, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(numbers, index=list(names), columns=list(names))
