"""Learn how markers go together, so that missing ones are expected from those that were measured."""

from dataclasses import replace

import numpy as np
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.conditional_imputation import Imputation
from agelens.clocks.marker_tables import N_SEXES

from model_training.mortality.plan import Plan

POOLED_PEOPLE = 30.0  # of everybody, whom each stratum's covariance is drawn towards


def learn_imputation(
    plan: Plan, years: FloatArray, deviation: FloatArray, age_years: FloatArray, male: FloatArray
) -> Imputation:
    """The moments of complete people by sex and age group.

    Parameters
    ----------
    plan : Plan
    years, deviation : ndarray of float64, shape (n_markers, n_people)
        What the markers add, and their standardised values, both against peers.
    age_years, male : ndarray of float64, shape (n_people,)

    Returns
    -------
    Imputation
        Its widening is 1 until it is measured.
    """
    n_strata = N_SEXES * (len(plan.age_groups) - 1)
    years_and_deviation = np.concatenate([years, deviation])
    none = np.empty((n_strata, len(years_and_deviation), len(years_and_deviation)))
    blank = Imputation(np.array(plan.age_groups), none, plan.ridge, np.ones(n_strata), plan.degrees)
    strata = blank.strata(age_years, male)
    covariance = np.stack(
        [_moments(years_and_deviation, strata == each) for each in range(len(none))]
    )
    return replace(blank, covariance=covariance)


def _moments(values: FloatArray, rows: IntArray) -> FloatArray:
    """Second moments around the peers, whose average is 0."""
    of = values[:, rows]
    pooled = values @ values.T / max(values.shape[1], 1)
    return np.asarray((of @ of.T + POOLED_PEOPLE * pooled) / (of.shape[1] + POOLED_PEOPLE))
