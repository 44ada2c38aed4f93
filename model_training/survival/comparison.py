"""Compare clocks on the same people by discrimination, with bootstrap intervals by person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray, IntArray

from model_training.survival.auc import auc_at
from model_training.survival.bootstrap import draws, percentile_interval
from model_training.survival.concordance import Concordance
from model_training.survival.cox import CoxModel
from model_training.survival.strata import age_sex_strata

AGE = "age"
Measure = Callable[[FloatArray | None], float]


@dataclass(frozen=True)
class FollowUp:
    """Who was followed how long; every array has shape (n_people,)."""

    time_months: FloatArray
    died: FloatArray
    age_years: FloatArray
    male: FloatArray

    def __len__(self) -> int:
        return len(self.time_months)

    def rows(self, chosen: BoolArray | IntArray) -> "FollowUp":
        """Some of the people."""
        columns = {name: column[chosen] for name, column in vars(self).items()}
        return replace(self, **columns)


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ClockFigures:
    """What one clock reaches on the people it can score.

    `figures` has `c`, `stratified_c`, `auc_10_years` (people censored before are left out),
    `auc_10_years_weighted` (they are made up for by weights) and, but for age itself,
    `hazard_ratio` per SD of advance, adjusted for age and sex. `ahead` is how much higher the C of
    the reference clock is on the same people; None for the reference.
    """

    n_people: int
    n_deaths: int
    figures: Mapping[str, Figure]
    ahead: Figure | None


@dataclass(frozen=True)
class Bootstrap:
    """How the intervals are drawn."""

    n_draws: int = 300
    seed: int = 20261103


def compare(
    people: FollowUp,
    clocks: Mapping[str, FloatArray],
    *,
    reference: str,
    advances: Mapping[str, FloatArray] | None = None,
    bootstrap: Bootstrap | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, ClockFigures]:
    """Every clock, and age alone, on everybody whom the clock and the reference can score.

    Parameters
    ----------
    people : FollowUp
    clocks : mapping of str to ndarray of float64, shape (n_people,)
        Predictions; NaN where there is none.
    reference : str
        The clock that the others are compared with.
    advances : mapping of str to ndarray of float64, shape (n_people,), optional
        Where the advance is not the prediction minus age, as for clocks in other units.
    bootstrap : Bootstrap, optional
    say : callable
        Hears how it goes.
    """
    bootstrap = bootstrap or Bootstrap()
    advances = dict(advances or {})
    compared = {}
    for name, prediction in {**clocks, AGE: people.age_years}.items():
        say(f"  {name} ...")
        rows = np.isfinite(prediction) & np.isfinite(clocks[reference])
        advance = advances.get(name, prediction - people.age_years)
        compared[name] = _figures(
            people.rows(rows),
            prediction[rows],
            None if name == AGE else advance[rows],
            None if name == reference else clocks[reference][rows],
            bootstrap,
        )
    return compared


def _figures(
    people: FollowUp,
    prediction: FloatArray,
    advance: FloatArray | None,
    reference: FloatArray | None,
    bootstrap: Bootstrap,
) -> ClockFigures:
    measures = discrimination(people, prediction)
    if advance is not None:
        measures["hazard_ratio"] = hazard_ratio(people, advance)
    if reference is not None:
        measures["reference_c"] = Concordance(people.time_months, people.died, reference).value
    values = {name: measure(None) for name, measure in measures.items()}
    rows = [
        [measure(counts) for measure in measures.values()]
        for counts in draws(len(people), bootstrap.n_draws, bootstrap.seed)
    ]
    bootstrap_values = dict(zip(measures, np.array(rows).T, strict=True))
    figures = {name: _figure(values[name], bootstrap_values[name]) for name in values}
    theirs = figures.pop("reference_c", None)
    ahead = theirs and _figure(
        values["reference_c"] - values["c"], bootstrap_values["reference_c"] - bootstrap_values["c"]
    )
    return ClockFigures(len(people), int(people.died.sum()), figures, ahead)


def discrimination(people: FollowUp, risk: FloatArray) -> dict[str, Measure]:
    """How well a risk orders deaths; each measure takes the counts of a draw, or None for all."""
    time, died = people.time_months, people.died
    strata = age_sex_strata(people.age_years, people.male)
    return {
        "c": Concordance(time, died, risk).value,
        "stratified_c": Concordance(time, died, risk, strata).value,
        "auc_10_years": lambda counts: auc_at(time, died, risk, censoring="known", weights=counts),
        "auc_10_years_weighted": lambda counts: auc_at(
            time, died, risk, censoring="weighted", weights=counts
        ),
    }


def hazard_ratio(people: FollowUp, advance: FloatArray) -> Measure:
    """The hazard ratio per SD of the advance among these people, at the same age and sex."""
    covariates = np.stack([advance / advance.std(), people.age_years, people.male], axis=1)
    model = CoxModel(people.time_months, people.died, covariates)
    start = model.fit().coefficients

    def measure(counts: FloatArray | None) -> float:
        return float(np.exp(model.fit(counts, start).coefficients[0]))

    return measure


def _figure(value: float, bootstrap_values: FloatArray) -> Figure:
    return Figure(value, *percentile_interval(bootstrap_values))
