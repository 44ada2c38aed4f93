"""What missing markers cost, and whether the interval knows it, measured out of fold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from agelens.clocks.additive_parameters import AdditiveParameters
from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.kinds.additive_mortality import Years, score_columns
from agelens.clocks.mortality_requirements import NORMAL_90

from model_training.mortality.out_of_fold import Fold
from model_training.mortality.plan import Plan
from model_training.mortality.training_people import People
from model_training.survival.concordance import concordance
from model_training.survival.strata import age_sex_strata

COUNTS = (1, 3, 5, 8, 12, 14)
REPEATS = 3
LEVEL = 0.9
SMALL = 1e-4
FEWEST = 100  # answers in a band, below which no share is given
BMI_BANDS = (0.0, 25.0, 30.0, 40.0, np.inf)


@dataclass(frozen=True)
class Incomplete:
    """Complete people with so many of their markers taken away at random.

    `left` is the share that is left of what all markers add to age and sex in C within strata,
    `error_years` the root mean square difference to their complete mortality-age, `inside` the share
    of them whose complete one lies in the interval, `inside_part` in that for missing markers alone.
    """

    n_missing: int
    stratified_c: float
    left: float
    error_years: float
    inside: float
    inside_part: float


@dataclass(frozen=True)
class Missingness:
    """What was measured; `inside` is also by bands of body mass index and of age."""

    by_count: list[Incomplete]
    widening: FloatArray
    inside: float
    by_bmi: dict[str, tuple[int, float]]
    by_age: dict[str, tuple[int, float]]


@dataclass(frozen=True)
class _IncompleteAnswers:
    """Complete people answered with markers missing; every array of one length.

    `variance` is the bootstrap's, `of_missing` what missing markers add.
    """

    person: FloatArray
    repeat: FloatArray
    n_missing: FloatArray
    complete_years: FloatArray
    years: FloatArray
    base: FloatArray
    variance: FloatArray
    of_missing: FloatArray
    stratum: FloatArray
    bmi: FloatArray
    age: FloatArray

    def rows(self, chosen: BoolArray) -> "_IncompleteAnswers":
        """Some of them."""
        return _IncompleteAnswers(**{name: values[chosen] for name, values in vars(self).items()})


def measure_missing(
    plan: Plan,
    people: People,
    folds: Sequence[Fold],
    served: AdditiveParameters,
    counts: Sequence[int] = COUNTS,
) -> Missingness:
    """Take markers away from everybody held out who has them all.

    A fold answers by its own tables; only the bootstrap's variance is that of the served ones.
    """
    rng = np.random.default_rng(plan.seed)
    parts = [part for fold in folds for part in _answers_without(people, fold, served, counts, rng)]
    names = vars(parts[0])
    answers = _IncompleteAnswers(
        **{name: np.concatenate([vars(p)[name] for p in parts]) for name in names}
    )
    widening = _widening(answers, len(folds[0].fitted_clock.parameters.imputation.widening))
    wider = widening[answers.stratum.astype(np.intp)] ** 2
    answers = replace(answers, of_missing=answers.of_missing * wider)
    return Missingness(
        by_count=_by_count(people, answers, counts),
        widening=widening,
        inside=float(_inside(answers).mean()),
        by_bmi=_by_band(answers.bmi, BMI_BANDS, answers),
        by_age=_by_band(answers.age, (20, 40, 60, 75, 91), answers),
    )


def _answers_without(
    people: People,
    fold: Fold,
    served: AdditiveParameters,
    counts: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[_IncompleteAnswers]:
    tested = people.rows(fold.held_out)
    parameters = replace(
        fold.fitted_clock.parameters, variance=served.variance, base_variance=served.base_variance
    )
    columns = parameters.knots.columns(tested.table, slice(None))
    complete = np.flatnonzero(~np.isnan(columns).any(axis=0))
    tested, columns = tested.rows(complete), columns[:, complete]
    all_markers = _scored(parameters, columns, tested)
    stratum = parameters.imputation.strata(tested.age, tested.male)
    bmi, ones = tested.table.column("bmi"), np.ones(len(tested))
    for repeat in range(REPEATS):
        order = rng.random(columns.shape).argsort(axis=0).argsort(axis=0)
        for count in counts:
            scored = _scored(parameters, np.where(order < count, np.nan, columns), tested)
            yield _IncompleteAnswers(
                person=fold.held_out[complete].astype(np.float64),
                repeat=ones * repeat,
                n_missing=ones * count,
                complete_years=_total_years(all_markers),
                years=_total_years(scored),
                base=scored.base,
                variance=scored.variance - scored.of_missing,
                of_missing=scored.of_missing,
                stratum=stratum.astype(np.float64),
                bmi=bmi,
                age=tested.age,
            )


def _scored(parameters: AdditiveParameters, columns: FloatArray, people: People) -> Years:
    return score_columns(parameters, columns, people.age, people.male)


def _total_years(years: Years) -> FloatArray:
    return np.asarray(years.base + years.contributions.sum(axis=0))


def _widening(answers: _IncompleteAnswers, n_strata: int) -> FloatArray:
    """By sex and age group, what makes the interval hold nine complete answers in ten."""
    squares = ((answers.years - answers.complete_years) / NORMAL_90) ** 2 - answers.variance
    squared_widening = squares / np.maximum(answers.of_missing, SMALL)
    strata = [squared_widening[answers.stratum == stratum] for stratum in range(n_strata)]
    return np.array(
        [
            _root_of_quantile(of_stratum if len(of_stratum) >= FEWEST else squared_widening)
            for of_stratum in strata
        ]
    )


def _root_of_quantile(squares: FloatArray) -> float:
    return float(np.sqrt(max(np.quantile(squares, LEVEL), SMALL)))


def _inside(answers: _IncompleteAnswers, with_bootstrap: bool = True) -> BoolArray:
    error = np.abs(answers.years - answers.complete_years)
    variance = answers.of_missing + (answers.variance if with_bootstrap else 0)
    return np.asarray(error <= NORMAL_90 * np.sqrt(variance) + 1e-9)


def _by_count(
    people: People, answers: _IncompleteAnswers, counts: Sequence[int]
) -> list[Incomplete]:
    first = answers.rows(answers.n_missing == counts[0])
    all_there, none = (
        _stratified_c(people, replace(first, years=years))
        for years in (first.complete_years, first.base)
    )
    rows = [Incomplete(0, all_there, 1.0, 0.0, 1.0, 1.0)]
    for count in counts:
        incomplete = answers.rows(answers.n_missing == count)
        c = _stratified_c(people, incomplete)
        error = float(np.sqrt(np.mean((incomplete.years - incomplete.complete_years) ** 2)))
        share_left = (c - none) / (all_there - none)
        inside, inside_part = (float(_inside(incomplete, each).mean()) for each in (True, False))
        rows.append(Incomplete(count, c, share_left, error, inside, inside_part))
    return rows


def _stratified_c(people: People, answers: _IncompleteAnswers) -> float:
    """The mean over the repeats."""
    repeats = []
    for repeat in range(REPEATS):
        of_repeat = answers.rows(answers.repeat == repeat)
        follow_up = people.follow_up.rows(of_repeat.person.astype(np.intp))
        strata = age_sex_strata(follow_up.age_years, follow_up.male)
        repeats.append(concordance(follow_up.time_months, follow_up.died, of_repeat.years, strata))
    return float(np.mean(repeats))


def _by_band(
    values: FloatArray, ends: Sequence[float], answers: _IncompleteAnswers
) -> dict[str, tuple[int, float]]:
    """How many people each band has, and how often the complete answer lies inside."""
    inside, bands = _inside(answers), {}
    for low, high in pairwise(ends):
        in_band = (values >= low) & (values < high)
        if in_band.sum() >= FEWEST:
            name = f"below {high:g}" if low == 0 else f"{low:g} and above" if high > 90 else ""
            name = name or f"{low:g} to {high:g}"
            bands[name] = (len(np.unique(answers.person[in_band])), float(inside[in_band].mean()))
    return bands
