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
class FittedHazard:
    """The hazard as it was fitted: the Gompertz law and the trees on what it leaves."""

    hazard: Hazard
    trees: Trees
    rounds: int

    def log_hazard(self, design: FloatArray, columns: FloatArray) -> FloatArray:
        """The logarithm of the hazard at the start, shape (n_people,)."""
        return self.hazard.coefficients @ design + self.trees.log_hazard(columns, self.rounds)


@dataclass(frozen=True)
class FittedClock:
    """A clock as it is served, with the scale and the slope it was fitted with.

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
class TrainingDesign:
    """The training people as matrices, in the form that every refit needs.

    `peers` are those who are centred on and who set the age scale, by place: people of the later
    surveys where there are any. `cells` and `is_measured` are theirs. `weights` say how much each person counts.
    """

    people: People
    peer_model: PeerModel
    design: FloatArray
    columns: FloatArray
    knots: Knots
    peers: IntArray
    cells: Cells
    is_measured: BoolArray
    weights: FloatArray

    @property
    def with_surveys(self) -> bool:
        """Whether NHANES III and later surveys have bases of their own."""
        return self.people.mixed

    @classmethod
    def from_people(
        cls, plan: Plan, people: People, weight_of_iii: float = 1.0
    ) -> "TrainingDesign":
        """Learn limits, knots and peers; the weight is of NHANES III beside later surveys."""
        peer_model = learn_peers(plan, people)
        value_knots = knots(plan, peer_model)
        peers = np.flatnonzero(people.later) if people.later.any() else np.arange(len(people))
        columns = value_knots.columns(people.table, slice(None))[:, peers]
        return cls(
            people,
            peer_model,
            matrix(peer_model, people, people.mixed),
            standardised_columns(peer_model, people),
            value_knots,
            peers,
            value_knots.cells(columns, people.age[peers], people.male[peers]),
            ~np.isnan(columns),
            np.where(people.later > 0, 1.0, weight_of_iii if people.mixed else 1.0),
        )

    def knots_standardised(self) -> FloatArray:
        """The standardised markers at their knots, shape (n_markers, n_values)."""
        return np.asarray(self.peer_model.shapes(knot_values(self.knots))[0])


def fit_hazard(
    plan: Plan,
    training_design: TrainingDesign,
    rounds: int,
    counts: FloatArray | None = None,
    start: Hazard | None = None,
    seeds: Sequence[int] | None = None,
) -> FittedHazard:
    """Fit the Gompertz law, then boost on what it leaves."""
    counts = training_design.weights if counts is None else counts * training_design.weights
    sampled = np.flatnonzero(counts)
    weights = counts[sampled]
    months = training_design.people.follow_up.time_months[sampled]
    died = training_design.people.follow_up.died[sampled]
    design = training_design.design[:, sampled]
    n_base = len(design) - TERMS * len(plan.markers)
    penalties = plan.terms.penalties(n_base, len(plan.markers))
    gompertz = hazard.fit(design, months, died, penalties, weights, start)
    expected = gompertz.coefficients @ design + np.log(exposure(gompertz.gamma, months))
    trees = grow(
        plan.boosting, training_design.columns[sampled], died, expected, rounds, weights, seeds
    )
    return FittedHazard(gompertz, trees, rounds)


@dataclass(frozen=True)
class KnotTables:
    """A fitted hazard at the knots, in years against peers."""

    years: FloatArray
    base: FloatArray
    scale: AgeScale


def tabulate(
    plan: Plan,
    training_design: TrainingDesign,
    fitted_hazard: FittedHazard,
    counts: FloatArray | None = None,
) -> KnotTables:
    """The fitted hazard at the knots; what peers have on average goes into the base."""
    of, follow_up = (
        training_design.peers,
        training_design.people.follow_up.rows(training_design.peers),
    )
    peer_counts = None if counts is None else counts[of]
    scale = learn_age_scale(follow_up.age_years, follow_up.time_months, follow_up.died, peer_counts)
    markers, base = _log_hazard(plan, training_design, fitted_hazard)
    years = np.ascontiguousarray(DECADE / scale.per_decade * markers)
    base = scale.years(
        base + np.log(exposure(fitted_hazard.hazard.gamma, np.array(HORIZON_MONTHS)))
    )
    averages = peer_averages(
        surface(years, training_design.cells),
        training_design.is_measured,
        training_design.cells,
        training_design.knots,
    )
    return KnotTables(years - averages[..., np.newaxis], base + averages.sum(axis=0), scale)


def deviations(training_design: TrainingDesign) -> FloatArray:
    """Standardised markers less their peers' at the knots, shaped like a table of years."""
    values = training_design.knots_standardised()[:, np.newaxis, np.newaxis]
    table = np.ascontiguousarray(np.broadcast_to(values, training_design.knots.shape))
    of_peers = surface(table, training_design.cells)
    averages = peer_averages(
        of_peers, training_design.is_measured, training_design.cells, training_design.knots
    )
    return table - averages[..., np.newaxis]


def assemble(
    plan: Plan, training_design: TrainingDesign, fitted_hazard: FittedHazard
) -> FittedClock:
    """The clock of a fitted hazard."""
    tables, deviation = tabulate(plan, training_design, fitted_hazard), deviations(training_design)
    complete = np.asarray(training_design.is_measured.all(axis=0))
    cells, complete_peers = training_design.cells.of(complete), training_design.peers[complete]
    imputation = learn_imputation(
        plan,
        surface(tables.years, cells),
        surface(deviation, cells),
        training_design.people.age[complete_peers],
        training_design.people.male[complete_peers],
    )
    parameters = AdditiveParameters(
        ages=plan.ages,
        knots=training_design.knots,
        years=tables.years,
        deviation=deviation,
        variance=np.zeros(training_design.knots.shape),
        base=tables.base,
        base_variance=np.zeros(tables.base.shape),
        imputation=imputation,
        risk=None,
        may_miss=plan.may_miss,
    )
    return FittedClock(parameters, tables.scale, fitted_hazard.hazard.gamma)


def fit(plan: Plan, people: People, rounds: int) -> FittedClock:
    """Learn everything from the same people."""
    training_design = TrainingDesign.from_people(plan, people)
    return assemble(plan, training_design, fit_hazard(plan, training_design, rounds))


def _log_hazard(
    plan: Plan, training_design: TrainingDesign, fitted_hazard: FittedHazard
) -> tuple[FloatArray, FloatArray]:
    """Markers and base at the knots, as the logarithm of the hazard."""
    value_knots = training_design.knots
    n_markers, _, n_ages, n_values = value_knots.shape
    weights = fitted_hazard.hazard.coefficients[-TERMS * n_markers :].reshape(TERMS, n_markers, 1)
    of_base = fitted_hazard.hazard.coefficients[: -TERMS * n_markers]
    markers, base = np.empty((n_markers, N_SEXES, n_ages, n_values)), np.empty((N_SEXES, n_ages))
    values = knot_values(value_knots)
    trees = _of_trees(training_design, fitted_hazard)
    for male in range(N_SEXES):
        for age_index, age in enumerate(value_knots.ages):
            of_person = np.full(n_values, age), np.full(n_values, float(male))
            terms = training_design.peer_model.deviations(values, *of_person)
            markers[:, male, age_index] = (weights * terms).sum(axis=0)
            later = np.ones(1) if training_design.with_surveys else None
            base[male, age_index] = (
                of_base @ base_terms(of_person[0][:1], of_person[1][:1], later)
            )[0]
    return markers + trees[0], base + trees[1]


def _of_trees(
    training_design: TrainingDesign, fitted_hazard: FittedHazard
) -> tuple[FloatArray, FloatArray]:
    """What trees add at the knots: markers against their average value, and the rest."""
    value_knots, values = training_design.knots, training_design.knots_standardised()
    n_markers, _, n_ages, _ = value_knots.shape
    rows = np.zeros((*value_knots.shape, n_markers + 2))
    for marker in range(n_markers):
        rows[marker, ..., marker] = values[marker]
    rows[..., -2] = value_knots.ages[np.newaxis, np.newaxis, :, np.newaxis]
    rows[..., -1] = np.arange(N_SEXES)[np.newaxis, :, np.newaxis, np.newaxis]
    average = rows[0, :, :, 0].copy()
    average[..., :n_markers] = 0
    base = fitted_hazard.trees.log_hazard(average.reshape(-1, n_markers + 2), fitted_hazard.rounds)
    base = base.reshape(N_SEXES, n_ages)
    added = fitted_hazard.trees.log_hazard(rows.reshape(-1, n_markers + 2), fitted_hazard.rounds)
    return added.reshape(value_knots.shape) - base[np.newaxis, :, :, np.newaxis], base
