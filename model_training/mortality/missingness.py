"""Effect of missing markers on predictions, measured out of fold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray
from agelens.clocks.gompertz_parameters import Parameters
from agelens.clocks.kinds.gompertz import score_columns

from model_training.mortality.fit import parameters_of
from model_training.mortality.out_of_fold import Fold
from model_training.mortality.plan import Plan
from model_training.mortality.training_people import People
from model_training.survival.concordance import concordance
from model_training.survival.strata import age_sex_strata

COUNTS = (0, 1, 3, 5, 7, 9, 11, 13, 14, 15, 16, 17, 19, 21, 22)
REPEATS = 6


@dataclass(frozen=True)
class Incomplete:
    """Complete people with so many of their markers taken away at random.

    `left` is the share that is left of what all markers add to age and sex in C within strata,
    `error_years` the root mean square difference to their complete mortality-age, `inside` the share
    of them whose complete one lies in the interval that is given for missing markers alone.
    """

    n_missing: int
    stratified_c: float
    left: float
    error_years: float
    inside: float


def measure_missing(
    plan: Plan, people: People, folds: Sequence[Fold], counts: Sequence[int] = COUNTS
) -> list[Incomplete]:
    """Take markers away from everybody who has them all; `counts` begins with none, ends with all."""
    rng = np.random.default_rng(plan.seed)
    by_count: dict[int, list[FloatArray]] = {count: [] for count in counts}
    for fold in folds:
        teaching = np.setdiff1d(np.arange(len(people)), fold.held_out)
        parameters = parameters_of(plan, fold.fitted, people.rows(teaching))
        for count, part in _without(parameters, people, fold, counts, rng):
            by_count[count].append(part)
    parts = {count: np.hstack(part) for count, part in by_count.items()}
    c = {count: _stratified_c(people, part) for count, part in parts.items()}
    all_there, none = c[counts[0]], c[counts[-1]]
    left = {count: (each - none) / (all_there - none) for count, each in c.items()}
    return [
        Incomplete(count, c[count], left[count], *_errors(part)) for count, part in parts.items()
    ]


def _without(
    parameters: Parameters,
    people: People,
    fold: Fold,
    counts: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[tuple[int, FloatArray]]:
    """Per count and repeat: the repeat, the person, complete and incomplete years, half the width."""
    tested = people.rows(fold.held_out)
    columns = parameters.peer_model.columns(tested.table)
    complete = np.flatnonzero(~np.isnan(columns).any(axis=0))
    tested, columns = tested.rows(complete), columns[:, complete]
    whole, _ = _scored(parameters, columns, tested)
    for repeat in range(REPEATS):
        place = np.full(len(tested), repeat), fold.held_out[complete]
        order = rng.random(columns.shape).argsort(axis=0).argsort(axis=0)
        for count in counts:
            kept = np.where(order < count, np.nan, columns)
            yield count, np.stack([*place, whole, *_scored(parameters, kept, tested)])


def _scored(
    parameters: Parameters, columns: FloatArray, people: People
) -> tuple[FloatArray, FloatArray]:
    scored = score_columns(parameters, columns, people.age, people.male)
    return scored.base + scored.contributions.sum(axis=0), scored.half_width


def _stratified_c(people: People, scored: FloatArray) -> float:
    """The mean over the repeats."""
    repeats = []
    for repeat in range(REPEATS):
        _, rows, _, years, _ = scored[:, scored[0] == repeat]
        follow_up = people.rows(rows.astype(np.intp)).follow_up
        strata = age_sex_strata(follow_up.age_years, follow_up.male)
        repeats.append(concordance(follow_up.time_months, follow_up.died, years, strata))
    return float(np.mean(repeats))


def _errors(scored: FloatArray) -> tuple[float, float]:
    _, _, whole, years, half_width = scored
    error = years - whole
    return float(np.sqrt(np.mean(error**2))), float(np.mean(np.abs(error) <= half_width + 1e-9))
