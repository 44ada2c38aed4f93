"""Fit the whole clock: peer model, hazard, trees, age scale, and the tables that they become."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from agelens.clocks.additive_parameters import AdditiveParameters
from agelens.clocks.base import BoolArray, FloatArray, IntArray
from agelens.clocks.kinds.additive_mortality import score_columns
from agelens.clocks.marker_tables import N_SEXES, Cells, Knots, surface
from agelens.clocks.peer_deviations import DECADE, TERMS, PeerModel

from model_training.mortality import hazard
from model_training.mortality.age_scale import AgeScale, learn_age_scale
from model_training.mortality.boosting import Trees, grow
from model_training.mortality.design import (
    base_terms,
    learn_peers,
    matrix,
    standardised_columns,
)
from model_training.mortality.hazard import Hazard, exposure
from model_training.mortality.imputation import learn_imputation
from model_training.mortality.plan import HORIZON_MONTHS, Plan
from model_training.mortality.tables import knot_values, knots, peer_averages
from model_training.mortality.training_people import People


@dataclass(frozen=True)
class Law:
    """What was learned of the hazard."""

    hazard: Hazard
    trees: Trees
    rounds: int

    def log_hazard(self, design: FloatArray, columns: FloatArray) -> FloatArray:
        """The logarithm of the hazard at the start, shape (n_people,)."""
        return self.hazard.coefficients @ design + self.trees.log_hazard(columns, self.rounds)


@dataclass(frozen=True)
class Fit:
    """A clock as it is served, and what it was made from.

    `parameters` has no variance, no widening and no risk until they are measured.
    """

    parameters: AdditiveParameters
    scale: AgeScale
    gamma: float

    def predict(self, people: People) -> FloatArray:
        """Everybody's mortality-age, missing markers imputed; shape (n_people,)."""
        return predict(self.parameters, people)


def predict(parameters: AdditiveParameters, people: People) -> FloatArray:
    """Everybody's mortality-age, missing markers imputed; shape (n_people,)."""
    columns = parameters.knots.columns(people.table, slice(None))
    years = score_columns(parameters, columns, people.age, people.male)
    return np.asarray(years.base + years.contributions.sum(axis=0))


@dataclass(frozen=True)
class Taught:
    """People in the form that every refit needs.

    `peers` are those who are centred on and who set the age scale, by place: people of the later
    surveys where there are any. `cells` and `known` are theirs. `weights` say how much each person counts.
    """

    people: People
    peer_model: PeerModel
    design: FloatArray
    columns: FloatArray
    knots: Knots
    peers: IntArray
    cells: Cells
    known: BoolArray
    weights: FloatArray

    @property
    def with_surveys(self) -> bool:
        """Whether NHANES III and later surveys have bases of their own."""
        return self.people.mixed

    @classmethod
    def by(cls, plan: Plan, people: People, weight_of_iii: float = 1.0) -> "Taught":
        """Learn limits, knots and peers; the weight is of NHANES III beside later surveys."""
        peer_model = learn_peers(plan, people)
        where = knots(plan, peer_model)
        peers = np.flatnonzero(people.later) if people.later.any() else np.arange(len(people))
        columns = where.columns(people.table, slice(None))[:, peers]
        return cls(
            people,
            peer_model,
            matrix(peer_model, people, people.mixed),
            standardised_columns(peer_model, people),
            where,
            peers,
            where.cells(columns, people.age[peers], people.male[peers]),
            ~np.isnan(columns),
            np.where(people.later > 0, 1.0, weight_of_iii if people.mixed else 1.0),
        )

    def knots_standardised(self) -> FloatArray:
        """The standardised markers at their knots, shape (n_markers, n_values)."""
        return np.asarray(self.peer_model.shapes(knot_values(self.knots))[0])


def learn_law(
    plan: Plan,
    taught: Taught,
    rounds: int,
    counts: FloatArray | None = None,
    start: Hazard | None = None,
    seeds: Sequence[int] | None = None,
) -> Law:
    """Fit the Gompertz law, then boost on what it leaves."""
    counts = taught.weights if counts is None else counts * taught.weights
    drawn = np.flatnonzero(counts)
    weights = counts[drawn]
    months = taught.people.follow_up.time_months[drawn]
    died = taught.people.follow_up.died[drawn]
    design = taught.design[:, drawn]
    n_base = len(design) - TERMS * len(plan.markers)
    penalties = plan.terms.penalties(n_base, len(plan.markers))
    found = hazard.fit(design, months, died, penalties, weights, start)
    expected = found.coefficients @ design + np.log(exposure(found.gamma, months))
    trees = grow(plan.boosting, taught.columns[drawn], died, expected, rounds, weights, seeds)
    return Law(found, trees, rounds)


@dataclass(frozen=True)
class Tables:
    """A law at the knots, in years against peers."""

    years: FloatArray
    base: FloatArray
    scale: AgeScale


def tabulate(plan: Plan, taught: Taught, law: Law, counts: FloatArray | None = None) -> Tables:
    """The law at the knots; what peers have on average goes into the base."""
    of, follow_up = taught.peers, taught.people.follow_up.rows(taught.peers)
    drawn = None if counts is None else counts[of]
    scale = learn_age_scale(follow_up.age_years, follow_up.time_months, follow_up.died, drawn)
    markers, base = _log_hazard(plan, taught, law)
    years = np.ascontiguousarray(DECADE / scale.per_decade * markers)
    base = scale.years(base + np.log(exposure(law.hazard.gamma, np.array(HORIZON_MONTHS))))
    averages = peer_averages(surface(years, taught.cells), taught.known, taught.cells, taught.knots)
    return Tables(years - averages[..., np.newaxis], base + averages.sum(axis=0), scale)


def deviations(taught: Taught) -> FloatArray:
    """Standardised markers less their peers' at the knots, shaped like a table of years."""
    values = taught.knots_standardised()[:, np.newaxis, np.newaxis]
    table = np.ascontiguousarray(np.broadcast_to(values, taught.knots.shape))
    of_peers = surface(table, taught.cells)
    averages = peer_averages(of_peers, taught.known, taught.cells, taught.knots)
    return table - averages[..., np.newaxis]


def assemble(plan: Plan, taught: Taught, law: Law) -> Fit:
    """The clock of a law."""
    tables, deviation = tabulate(plan, taught, law), deviations(taught)
    complete = np.asarray(taught.known.all(axis=0))
    cells, who = taught.cells.of(complete), taught.peers[complete]
    imputation = learn_imputation(
        plan,
        surface(tables.years, cells),
        surface(deviation, cells),
        taught.people.age[who],
        taught.people.male[who],
    )
    parameters = AdditiveParameters(
        ages=plan.ages,
        knots=taught.knots,
        years=tables.years,
        deviation=deviation,
        variance=np.zeros(taught.knots.shape),
        base=tables.base,
        base_variance=np.zeros(tables.base.shape),
        imputation=imputation,
        risk=None,
        may_miss=plan.may_miss,
    )
    return Fit(parameters, tables.scale, law.hazard.gamma)


def fit(plan: Plan, people: People, rounds: int) -> Fit:
    """Learn everything from the same people."""
    taught = Taught.by(plan, people)
    return assemble(plan, taught, learn_law(plan, taught, rounds))


def _log_hazard(plan: Plan, taught: Taught, law: Law) -> tuple[FloatArray, FloatArray]:
    """Markers and base at the knots, as the logarithm of the hazard."""
    where = taught.knots
    n_markers, _, n_ages, n_values = where.shape
    weights = law.hazard.coefficients[-TERMS * n_markers :].reshape(TERMS, n_markers, 1)
    of_base = law.hazard.coefficients[: -TERMS * n_markers]
    markers, base = np.empty((n_markers, N_SEXES, n_ages, n_values)), np.empty((N_SEXES, n_ages))
    values = knot_values(where)
    trees = _of_trees(taught, law)
    for male in range(N_SEXES):
        for place, age in enumerate(where.ages):
            of_person = np.full(n_values, age), np.full(n_values, float(male))
            terms = taught.peer_model.deviations(values, *of_person)
            markers[:, male, place] = (weights * terms).sum(axis=0)
            later = np.ones(1) if taught.with_surveys else None
            base[male, place] = (of_base @ base_terms(of_person[0][:1], of_person[1][:1], later))[0]
    return markers + trees[0], base + trees[1]


def _of_trees(taught: Taught, law: Law) -> tuple[FloatArray, FloatArray]:
    """What trees add at the knots: markers against their average value, and the rest."""
    where, values = taught.knots, taught.knots_standardised()
    n_markers, _, n_ages, _ = where.shape
    rows = np.zeros((*where.shape, n_markers + 2))
    for marker in range(n_markers):
        rows[marker, ..., marker] = values[marker]
    rows[..., -2] = where.ages[np.newaxis, np.newaxis, :, np.newaxis]
    rows[..., -1] = np.arange(N_SEXES)[np.newaxis, :, np.newaxis, np.newaxis]
    average = rows[0, :, :, 0].copy()
    average[..., :n_markers] = 0
    base = law.trees.log_hazard(average.reshape(-1, n_markers + 2), law.rounds)
    base = base.reshape(N_SEXES, n_ages)
    added = law.trees.log_hazard(rows.reshape(-1, n_markers + 2), law.rounds)
    return added.reshape(where.shape) - base[np.newaxis, :, :, np.newaxis], base
