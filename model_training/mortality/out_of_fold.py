"""Predictions for people that the clock was not fitted on, within NHANES III."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.gompertz_parameters import BASE_TERMS

from model_training.folds import k_folds
from model_training.mortality import hazard
from model_training.mortality.design import learn_peers, matrix
from model_training.mortality.fit import Fit, fit
from model_training.mortality.plan import HORIZON_MONTHS, Plan, Terms
from model_training.mortality.training_people import People

WITHOUT_MARKERS = "age and sex alone"


@dataclass(frozen=True)
class Fold:
    """A clock and the people that it has not seen, by place."""

    fitted: Fit
    held_out: IntArray


def choose_terms(
    plan: Plan, people: People, say: Callable[[str], None] = lambda _: None
) -> tuple[Terms, dict[str, float]]:
    """The candidate under which what happened to the people held out was most likely.

    Returns
    -------
    Terms
        The best.
    dict of str to float
        Each candidate's log likelihood of the first ten years, out of fold, in nats.
    """
    likelihoods = dict.fromkeys(map(str, plan.candidates), 0.0) | {WITHOUT_MARKERS: 0.0}
    for train, held_out in k_folds(len(people), plan.folds, plan.seed):
        teaching, tested = people.rows(train), people.rows(held_out)
        peer_model = learn_peers(plan, teaching)
        design = matrix(peer_model, teaching.table, teaching.male)
        unseen = matrix(peer_model, tested.table, tested.male)
        happened = first_ten_years(tested)
        teach = teaching.follow_up.time_months, teaching.follow_up.died
        for terms in plan.candidates:
            found = hazard.fit(design, *teach, terms.penalties(len(plan.markers)))
            likelihoods[str(terms)] += hazard.log_likelihood(found, unseen, *happened)
        alone = hazard.fit(design[:BASE_TERMS], *teach, np.zeros(BASE_TERMS))
        likelihoods[WITHOUT_MARKERS] += hazard.log_likelihood(alone, unseen[:BASE_TERMS], *happened)
    for name, value in likelihoods.items():
        say(f"  {value:12.1f}  {name}")
    best = max(plan.candidates, key=lambda terms: likelihoods[str(terms)])
    return best, {name: round(value, 2) for name, value in likelihoods.items()}


def cross_validate(plan: Plan, terms: Terms, people: People) -> tuple[FloatArray, list[Fold]]:
    """Everybody's mortality-age from people of the other folds, and the fold's clocks.

    Returns
    -------
    ndarray of float64, shape (n_people,)
        Years.
    list of Fold
    """
    years = np.empty(len(people))
    folds = []
    for train, held_out in k_folds(len(people), plan.folds, plan.seed):
        fitted = fit(plan, terms, people.rows(train))
        tested = people.rows(held_out)
        years[held_out] = fitted.weights() @ matrix(fitted.peer_model, tested.table, tested.male)
        folds.append(Fold(fitted, held_out))
    return years, folds


def first_ten_years(people: People) -> tuple[FloatArray, FloatArray]:
    """Follow-up as if it had ended after 120 months."""
    months = people.follow_up.time_months
    died = people.follow_up.died * (months <= HORIZON_MONTHS)
    return np.minimum(months, HORIZON_MONTHS), died
