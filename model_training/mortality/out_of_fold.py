"""Predictions for people that the clock was not fitted on, and the choice of the rounds by them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.peer_deviations import TERMS

from model_training.folds import k_folds
from model_training.mortality import hazard
from model_training.mortality.design import matrix, standardised_columns
from model_training.mortality.fit import (
    FittedClock,
    FittedHazard,
    TrainingDesign,
    assemble,
    fit_hazard,
)
from model_training.mortality.plan import HORIZON_MONTHS, Plan
from model_training.mortality.training_people import LAST_TESTED, People

WITHOUT_MARKERS = "age and sex alone"
Splits = list[tuple[IntArray, IntArray]]


@dataclass(frozen=True)
class Fold:
    """A clock, the people who taught it and those that it has not seen, by place."""

    fitted_clock: FittedClock
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
    weight_of_iii : float
        Of the best candidate.
    folds : list of Fold
    years : ndarray of float64, shape (n_people,)
        NaN for people whom no fold held out.
    """

    likelihoods: dict[str, float]
    rounds: int
    weight_of_iii: float
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


def candidate_name(rounds: int, weight_of_iii: float = 1.0) -> str:
    """A candidate in words."""
    model = f"Gompertz law and {rounds} rounds of boosting" if rounds else "Gompertz law alone"
    return (
        model if weight_of_iii == 1 else f"{model}, a person of NHANES III counts {weight_of_iii:g}"
    )


def cross_validate(
    plan: Plan, people: People, say: Callable[[str], None] = lambda _: None
) -> OutOfFold:
    """Choose by the likelihood of what happened to people held out, and predict them."""
    weights = plan.weights_of_iii if people.mixed else (1.0,)
    fits_by_weight = {weight: _fit_folds(plan, people, weight) for weight in weights}
    likelihoods: dict[str, float] = {}
    for weight, fold_fits in fits_by_weight.items():
        for rounds in plan.rounds:
            likelihoods[candidate_name(rounds, weight)] = sum(
                fold_fit.likelihood(rounds) for fold_fit in fold_fits
            )
    best = max(likelihoods, key=lambda name: likelihoods[name])
    likelihoods[WITHOUT_MARKERS] = sum(
        fold_fit.without_markers(plan) for fold_fit in fits_by_weight[weights[0]]
    )
    for name, value in likelihoods.items():
        say(f"  {value:12.1f}  {name}")
    (rounds, weight) = next(
        (r, w) for w in weights for r in plan.rounds if candidate_name(r, w) == best
    )
    years, folds = np.full(len(people), np.nan), []
    for fold_fit in fits_by_weight[weight]:
        fitted_clock = assemble(
            plan, fold_fit.training_design, replace(fold_fit.fitted_hazard, rounds=rounds)
        )
        years[fold_fit.held_out] = fitted_clock.predict(people.rows(fold_fit.held_out))
        folds.append(Fold(fitted_clock, fold_fit.teaching, fold_fit.held_out))
    likelihoods = {name: round(value, 2) for name, value in likelihoods.items()}
    return OutOfFold(likelihoods, rounds, weight, folds, years)


@dataclass(frozen=True)
class _FoldFit:
    """The fit of one split, and the people held out of it on whom candidates are compared."""

    training_design: TrainingDesign
    fitted_hazard: FittedHazard
    teaching: IntArray
    held_out: IntArray
    tested: People
    design: FloatArray

    def likelihood(self, rounds: int) -> float:
        """The log likelihood of the first ten years of people held out."""
        columns = standardised_columns(self.training_design.peer_model, self.tested)
        linear = replace(self.fitted_hazard, rounds=rounds).log_hazard(self.design, columns)
        happened = first_ten_years(self.tested)
        return hazard.log_likelihood(linear, self.fitted_hazard.hazard.gamma, *happened)

    def without_markers(self, plan: Plan) -> float:
        """The same of age, sex and survey alone."""
        n_base = len(self.design) - TERMS * len(plan.markers)
        people, of_base = (
            self.training_design.people.follow_up,
            self.training_design.design[:n_base],
        )
        alone = hazard.fit(of_base, people.time_months, people.died, np.zeros(n_base))
        linear = alone.coefficients @ self.design[:n_base]
        return hazard.log_likelihood(linear, alone.gamma, *first_ten_years(self.tested))


def _fit_folds(plan: Plan, people: People, weight_of_iii: float) -> list[_FoldFit]:
    fold_fits = []
    for teaching, held_out in splits(plan, people):
        training_design = TrainingDesign.from_people(plan, people.rows(teaching), weight_of_iii)
        fitted_hazard = fit_hazard(plan, training_design, max(plan.rounds))
        tested = people.rows(held_out)
        tested = tested.rows(tested.tested()) if people.mixed else tested
        design = matrix(training_design.peer_model, tested, training_design.with_surveys)
        fold_fits.append(
            _FoldFit(training_design, fitted_hazard, teaching, held_out, tested, design)
        )
    return fold_fits


def first_ten_years(people: People) -> tuple[FloatArray, FloatArray]:
    """Follow-up as if it had ended after 120 months."""
    months = people.follow_up.time_months
    died = people.follow_up.died * (months <= HORIZON_MONTHS)
    return np.minimum(months, HORIZON_MONTHS), died
