"""Repeated cross-validation of the whole procedure, calibration included."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from agelens.clocks.age_likelihoods import AgePosteriorParameters, posterior
from agelens.clocks.base import BoolArray, FloatArray, Table
from agelens.clocks.intervals import intervals

from model_training import age_posterior
from model_training.age_posterior import Plan
from model_training.datasets.kaggle import Dataset
from model_training.folds import Protocol, rows_of

PREDICTED = ((18, 40), (40, 50), (50, 60), (60, 70), (70, 89))
DECADES = ((18, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 79), (80, 89))

MissingnessScenario = Callable[[Table], Table]


@dataclass(frozen=True)
class HeldOut:
    """Predictions and intervals of held-out people, each array of shape (n_repeats, n_people)."""

    prediction: FloatArray
    low: FloatArray
    high: FloatArray

    def inside(self, age: FloatArray) -> FloatArray:
        """1 where a person's age is in the interval, 0 where not."""
        return ((self.low <= age) & (age <= self.high)).astype(float)


def cross_validate_clock(
    plans: Sequence[Plan],
    data: Dataset,
    protocol: Protocol,
    missingness_scenarios: Mapping[str, MissingnessScenario],
) -> dict[str, HeldOut]:
    """Fit and calibrate on each fold's training people only, then ask about the others.

    Parameters
    ----------
    plans : sequence of Plan
        One for each outer fold.
    data : Dataset
    protocol : Protocol
    missingness_scenarios : mapping of str to callable
        Each may take answers away from the held-out people before they are asked about.

    Returns
    -------
    dict of str to HeldOut
        By the names of `missingness_scenarios`.
    """
    tables = {name: scenario(data.table) for name, scenario in missingness_scenarios.items()}
    predictions = {
        name: np.empty((3, protocol.repeats, len(data))) for name in missingness_scenarios
    }
    splits = protocol.splits(len(data))
    for plan, (repeat, train, held_out) in zip(plans, splits, strict=True):
        parameters = age_posterior.fit(
            plan, rows_of(data.table, train), data.age[train], protocol.seed + repeat
        )
        for name, table in tables.items():
            predictions[name][:, repeat, held_out] = predict_with_intervals(
                parameters, rows_of(table, held_out)
            )
    return {name: HeldOut(*numbers) for name, numbers in predictions.items()}


def predict_with_intervals(
    parameters: AgePosteriorParameters, table: Table
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The prediction of each person and the ends of the interval, years."""
    of_age = posterior(parameters.likelihoods(table))
    low, high = intervals(of_age, parameters.ages, parameters.interval_mass)
    return of_age @ parameters.ages, low, high


def mean_absolute_error(prediction: FloatArray, age: FloatArray) -> float:
    """Years, over all repeats."""
    return float(np.abs(prediction - age).mean())


def coverage(held_out: HeldOut, age: FloatArray) -> dict[str, float]:
    """The share of people inside their interval, overall and by decade of age; none where nobody is."""
    inside = held_out.inside(age)
    members = {f"{first}-{last}": (age >= first) & (age <= last) for first, last in DECADES}
    shares = {
        name: float(inside[:, in_decade].mean())
        for name, in_decade in members.items()
        if in_decade.any()
    }
    return {"all": float(inside.mean()), **shares}


def coverage_by_prediction(held_out: HeldOut, age: FloatArray) -> dict[str, float | None]:
    """The share of people inside their interval, overall and by predicted age; None where nobody is."""
    inside = held_out.inside(age)
    shares: dict[str, float | None] = {"all": float(inside.mean())}
    for first, end in PREDICTED:
        predicted = (held_out.prediction >= first) & (held_out.prediction < end)
        share = float(inside[predicted].mean()) if predicted.any() else None
        shares[f"{first}-{end}"] = share
    return shares


def mean_width(held_out: HeldOut) -> float:
    """Years."""
    return float((held_out.high - held_out.low).mean())


def all_answers(table: Table) -> Table:
    """Nothing is taken away."""
    return table


def answers_dropped(keys: tuple[str, ...]) -> MissingnessScenario:
    """Takes some features away from everybody."""
    return lambda table: _without_answers(table, keys, np.ones((len(table), len(keys)), dtype=bool))


def answers_left_out(keys: tuple[str, ...], share: float, seed: int) -> MissingnessScenario:
    """Leaves each of some features unanswered at random; of every person one answer stays."""

    def random_answers_left_out(table: Table) -> Table:
        rng = np.random.default_rng(seed)
        dropped = rng.random((len(table), len(keys))) < share
        dropped[np.arange(len(table)), rng.integers(len(keys), size=len(table))] = False
        return _without_answers(table, keys, dropped)

    return random_answers_left_out


def answers_kept(keys: tuple[str, ...], count: int, seed: int) -> MissingnessScenario:
    """Leaves each person so many of some features, drawn at random."""

    def random_answers_kept(table: Table) -> Table:
        rng = np.random.default_rng(seed)
        keep = rng.random((len(table), len(keys))).argsort(axis=1).argsort(axis=1) < count
        return _without_answers(table, keys, ~keep)

    return random_answers_kept


def _without_answers(table: Table, keys: tuple[str, ...], dropped: BoolArray) -> Table:
    columns = dict(table.columns)
    for column, key in enumerate(keys):
        columns[key] = np.where(dropped[:, column], np.nan, table.column(key))
    return Table(columns, table.chronological_age)
