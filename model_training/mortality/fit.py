"""Fit the whole clock: peer model, hazard, age scale and bootstrap variance."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from agelens.clocks.base import FloatArray
from agelens.clocks.gompertz_parameters import BASE_TERMS, Parameters
from agelens.clocks.peer_deviations import TERMS, PeerModel

from model_training.mortality import hazard
from model_training.mortality.age_scale import AgeScale, learn_age_scale
from model_training.mortality.design import learn_peers, matrix, peer_spread, rounded
from model_training.mortality.hazard import Hazard
from model_training.mortality.plan import Plan, Terms
from model_training.mortality.training_people import People
from model_training.survival.bootstrap import draws


@dataclass(frozen=True)
class Fit:
    """What was learned from some people."""

    peer_model: PeerModel
    hazard: Hazard
    scale: AgeScale
    terms: Terms

    def weights(self) -> FloatArray:
        """Base and marker terms in years, shape (n_terms,)."""
        return rounded(self.scale.weights(self.hazard))


def fit(plan: Plan, terms: Terms, people: People) -> Fit:
    """Learn everything from the same people."""
    peer_model = learn_peers(plan, people)
    time, died = people.follow_up.time_months, people.follow_up.died
    design = matrix(peer_model, people.table, people.male)
    found = hazard.fit(design, time, died, terms.penalties(len(plan.markers)))
    return Fit(peer_model, found, learn_age_scale(people.age, time, died), terms)


def parameters_of(plan: Plan, fitted: Fit, people: People) -> Parameters:
    """What is served; its spread is yet to be measured by `with_spread`."""
    weights = fitted.weights()
    return Parameters(
        ages=plan.ages,
        peer_model=fitted.peer_model,
        base=weights[:BASE_TERMS],
        weights=weights[BASE_TERMS:].reshape(TERMS, -1),
        spread=np.zeros((len(weights), len(weights)), dtype=np.float32),
        peer_spread=peer_spread(fitted.peer_model, people),
        may_miss=plan.may_miss,
    )


def with_spread(
    parameters: Parameters,
    plan: Plan,
    fitted: Fit,
    people: People,
    say: Callable[[str], None] = lambda _: None,
) -> Parameters:
    """Refit hazard and age scale on bootstrap samples of the people; the peer model stays."""
    time, died = people.follow_up.time_months, people.follow_up.died
    design = matrix(fitted.peer_model, people.table, people.male)
    penalties = fitted.terms.penalties(len(plan.markers))
    weights = []
    for counts in draws(len(people), plan.refits, plan.seed):
        drawn = np.flatnonzero(counts)
        sample = design[:, drawn], time[drawn], died[drawn], penalties, counts[drawn]
        again = hazard.fit(*sample, start=fitted.hazard)
        scale = learn_age_scale(people.age[drawn], time[drawn], died[drawn], counts[drawn])
        weights.append(scale.weights(again))
        if len(weights) % 50 == 0:
            say(f"  {len(weights)} of {plan.refits} refits")
    return replace(parameters, spread=np.cov(np.array(weights).T).astype(np.float32))
