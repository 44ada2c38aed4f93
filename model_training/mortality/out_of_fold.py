"""Predictions for people that the clock was not fitted on, and the choice of the rounds by them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.peer_deviations import TERMS

from model_training.folds import k_folds
from model_training.mortality import hazard
from model_training.mortality.design import matrix, standardised_columns
from model_training.mortality.fit import Fit, Law, Taught, assemble, learn_law
from model_training.mortality.plan import HORIZON_MONTHS, Plan
from model_training.mortality.training_people import LAST_TESTED, People

WITHOUT_MARKERS = "age and sex alone"
Splits = list[tuple[IntArray, IntArray]]


@dataclass(frozen=True)
class Fold:
    """A clock, the people who taught it and those that it has not seen, by place."""

    fitted: Fit
    teaching: IntArray
    held_out: IntArray


@dataclass(frozen=True)
class OutOfFold:
    """What people held out tell.

    Attributes
    ----------
    likelihoods : dict of str to float
        Each candidate's log likelihood of the first ten years, in nats.
    rounds : int
        Of the best candidate.
    folds : list of Fold
    years : ndarray of float64, shape (n_people,)
        NaN for people whom no fold held out.
    """

    likelihoods: dict[str, float]
    rounds: int
    folds: list[Fold]
    years: FloatArray


def splits(plan: Plan, people: People) -> Splits:
    """Leave one survey out where later surveys teach, else folds by person."""
    if not people.later.any():
        return list(k_folds(len(people), plan.folds, plan.seed))
    waves = [wave for wave in np.unique(people.wave) if 0 < wave <= LAST_TESTED]
    return [
        (np.flatnonzero(people.wave != wave), np.flatnonzero(people.wave == wave)) for wave in waves
    ]


def named(rounds: int) -> str:
    """A candidate in words."""
    return f"Gompertz law and {rounds} rounds of boosting" if rounds else "Gompertz law alone"


def cross_validate(
    plan: Plan, people: People, say: Callable[[str], None] = lambda _: None
) -> OutOfFold:
    """Choose the rounds by the likelihood of what happened to people held out, and predict them."""
    candidates = [named(rounds) for rounds in plan.rounds]
    likelihoods = dict.fromkeys([*candidates, WITHOUT_MARKERS], 0.0)
    learned: list[tuple[Taught, Law, IntArray, IntArray]] = []
    for train, held_out in splits(plan, people):
        taught = Taught.by(plan, people.rows(train))
        law = learn_law(plan, taught, max(plan.rounds))
        learned.append((taught, law, train, held_out))
        for name, value in _likelihoods(plan, taught, law, people.rows(held_out)):
            likelihoods[name] += value
    for name, value in likelihoods.items():
        say(f"  {value:12.1f}  {name}")
    rounds = max(plan.rounds, key=lambda each: likelihoods[named(each)])
    years, folds = np.full(len(people), np.nan), []
    for taught, law, train, held_out in learned:
        fitted = assemble(plan, taught, Law(law.hazard, law.trees, rounds))
        years[held_out] = fitted.predict(people.rows(held_out))
        folds.append(Fold(fitted, train, held_out))
    likelihoods = {name: round(value, 2) for name, value in likelihoods.items()}
    return OutOfFold(likelihoods, rounds, folds, years)


def _likelihoods(
    plan: Plan, taught: Taught, law: Law, held_out: People
) -> Iterator[tuple[str, float]]:
    tested = held_out.rows(held_out.tested()) if held_out.later.any() else held_out
    design, happened = (
        matrix(taught.peer_model, tested, taught.with_surveys),
        first_ten_years(tested),
    )
    columns = standardised_columns(taught.peer_model, tested)
    for rounds in plan.rounds:
        linear = Law(law.hazard, law.trees, rounds).log_hazard(design, columns)
        yield named(rounds), hazard.log_likelihood(linear, law.hazard.gamma, *happened)
    n_base = len(design) - TERMS * len(plan.markers)
    months, died = taught.people.follow_up.time_months, taught.people.follow_up.died
    alone = hazard.fit(taught.design[:n_base], months, died, np.zeros(n_base))
    linear = alone.coefficients @ design[:n_base]
    yield WITHOUT_MARKERS, hazard.log_likelihood(linear, alone.gamma, *happened)


def first_ten_years(people: People) -> tuple[FloatArray, FloatArray]:
    """Follow-up as if it had ended after 120 months."""
    months = people.follow_up.time_months
    died = people.follow_up.died * (months <= HORIZON_MONTHS)
    return np.minimum(months, HORIZON_MONTHS), died
