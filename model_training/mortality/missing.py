"""What becomes of a prediction when markers are missing, measured out of fold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray
from agelens.clocks.gompertz import score_columns

from model_training.mortality.fit import parameters_of
from model_training.mortality.out_of_fold import Fold
from model_training.mortality.people import People
from model_training.mortality.plan import Plan
from model_training.survival.concordance import concordance
from model_training.survival.strata import age_sex_strata

COUNTS = (0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 22)


@dataclass(frozen=True)
class Incomplete:
    """Complete people with so many of their markers taken away at random.

    `error_years` is the root mean square difference to their complete mortality-age, `inside` the
    share of them whose complete one lies in the interval that is given for missing markers alone.
    """

    n_missing: int
    stratified_c: float
    error_years: float
    inside: float


def measure_missing(
    plan: Plan, people: People, folds: Sequence[Fold], counts: Sequence[int] = COUNTS
) -> list[Incomplete]:
    """Take markers away from everybody who has them all."""
    rng = np.random.default_rng(plan.seed)
    parts: dict[int, list[FloatArray]] = {count: [] for count in counts}
    for fold in folds:
        teaching = np.setdiff1d(np.arange(len(people)), fold.held_out)
        parameters = parameters_of(plan, fold.fitted, people.rows(teaching))
        columns = parameters.readings.columns(people.rows(fold.held_out).table)
        known = ~np.isnan(columns).any(axis=0)
        rows, columns = fold.held_out[known], columns[:, known]
        age, male = people.age[rows], people.male[rows]
        order = rng.random(columns.shape).argsort(axis=0).argsort(axis=0)
        whole = None
        for count in counts:
            part = score_columns(parameters, np.where(order < count, np.nan, columns), age, male)
            years = part.base + part.contributions.sum(axis=0)
            whole = years if whole is None else whole
            parts[count].append(np.stack([rows, whole, years, part.half_width]))
    return [_summary(people, count, np.hstack(told)) for count, told in parts.items()]


def _summary(people: People, count: int, told: FloatArray) -> Incomplete:
    rows = told[0].astype(np.intp)
    _, whole, years, half_width = told
    follow_up = people.rows(rows).follow_up
    strata = age_sex_strata(follow_up.age_years, follow_up.male)
    return Incomplete(
        n_missing=count,
        stratified_c=concordance(follow_up.time_months, follow_up.died, years, strata),
        error_years=float(np.sqrt(np.mean((years - whole) ** 2))),
        inside=float(np.mean(np.abs(years - whole) <= half_width + 1e-9)),
    )
