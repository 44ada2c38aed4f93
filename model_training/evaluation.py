"""Repeated cross-validation of the whole procedure, calibration included."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray, IntArray, Table
from agelens.clocks.intervals import intervals
from agelens.clocks.markers import Parameters, posterior

from model_training import age_posterior
from model_training.age_posterior import Plan
from model_training.candidates import CANDIDATES, matrix
from model_training.folds import k_folds, rows_of
from model_training.datasets.kaggle import Dataset, kaggle_features

PREDICTED = ((18, 40), (40, 50), (50, 60), (60, 70), (70, 89))
DECADES = ((18, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 79), (80, 89))


@dataclass(frozen=True)
class Protocol:
    """How it is measured; fixed before measuring."""

    repeats: int = 3
    folds: int = 5
    seed: int = 20261101

    def splits(self, n_people: int) -> Iterator[tuple[int, IntArray, IntArray]]:
        """Repeat, train rows and held-out rows; every candidate gets the same."""
        for repeat in range(self.repeats):
            for train, held_out in k_folds(n_people, self.folds, self.seed + repeat):
                yield repeat, train, held_out


@dataclass(frozen=True)
class HeldOut:
    """What was said of people who were held out, each array of shape (n_repeats, n_people)."""

    prediction: FloatArray
    low: FloatArray
    high: FloatArray


def cross_validate_clock(
    plan: Plan, data: Dataset, protocol: Protocol, asked: Callable[[Table], Table] = lambda t: t
) -> HeldOut:
    """Fit and calibrate on each fold's training people only, then ask about the others.

    `asked` may take answers away from the held-out people before they are asked about.
    """
    shape = (protocol.repeats, len(data))
    prediction, low, high = np.empty(shape), np.empty(shape), np.empty(shape)
    held_out_table = asked(data.table)
    for repeat, train, held_out in protocol.splits(len(data)):
        parameters = age_posterior.fit(
            plan, rows_of(data.table, train), data.age[train], protocol.seed + repeat
        )
        told = _tell(parameters, rows_of(held_out_table, held_out))
        prediction[repeat, held_out], low[repeat, held_out], high[repeat, held_out] = told
    return HeldOut(prediction, low, high)


def cross_validate_candidates(data: Dataset, protocol: Protocol) -> dict[str, FloatArray]:
    """The held-out predictions of every candidate, each of shape (n_repeats, n_people)."""
    features = kaggle_features()
    columns = matrix(data.table, features)
    told = {}
    for name, build in CANDIDATES.items():
        prediction = np.empty((protocol.repeats, len(data)))
        for repeat, train, held_out in protocol.splits(len(data)):
            model = build(features).fit(columns[train], data.age[train])
            prediction[repeat, held_out] = model.predict(columns[held_out])
        told[name] = prediction
    return told


def mean_absolute_error(prediction: FloatArray, age: FloatArray) -> float:
    """Years, over all repeats."""
    return float(np.abs(prediction - age).mean())


def coverage(told: HeldOut, age: FloatArray) -> dict[str, float]:
    """The share of people inside their interval, overall and by decade of age."""
    inside = (told.low <= age) & (age <= told.high)
    shares = {"all": float(inside.mean())}
    for first, last in DECADES:
        of_age = (age >= first) & (age <= last)
        shares[f"{first}-{last}"] = float(inside[:, of_age].mean())
    return shares


def coverage_by_prediction(told: HeldOut, age: FloatArray) -> dict[str, float]:
    """The share of people inside their interval, overall and by predicted age."""
    inside = (told.low <= age) & (age <= told.high)
    shares = {"all": float(inside.mean())}
    for first, end in PREDICTED:
        predicted = (told.prediction >= first) & (told.prediction < end)
        shares[f"{first}-{end}"] = float(inside[predicted].mean()) if predicted.any() else math.nan
    return shares


def mean_width(told: HeldOut) -> float:
    """Years."""
    return float((told.high - told.low).mean())


def answers_left_out(keys: tuple[str, ...], share: float, seed: int) -> Callable[[Table], Table]:
    """Leaves each of some features unanswered at random; of every person one answer stays."""

    def left_out(table: Table) -> Table:
        rng = np.random.default_rng(seed)
        dropped = rng.random((len(table), len(keys))) < share
        dropped[np.arange(len(table)), rng.integers(len(keys), size=len(table))] = False
        columns = dict(table.columns)
        for place, key in enumerate(keys):
            columns[key] = np.where(dropped[:, place], np.nan, columns[key])
        return Table(columns, table.chronological_age)

    return left_out


def answers_kept(keys: tuple[str, ...], count: int, seed: int) -> Callable[[Table], Table]:
    """Leaves each person so many of some features, drawn at random."""

    def kept(table: Table) -> Table:
        rng = np.random.default_rng(seed)
        keep = rng.random((len(table), len(keys))).argsort(axis=1).argsort(axis=1) < count
        columns = dict(table.columns)
        for place, key in enumerate(keys):
            columns[key] = np.where(keep[:, place], columns[key], np.nan)
        return Table(columns, table.chronological_age)

    return kept


def _tell(parameters: Parameters, table: Table) -> tuple[FloatArray, FloatArray, FloatArray]:
    of_age = posterior(parameters.likelihoods(table))
    low, high = intervals(of_age, parameters.ages, parameters.interval_mass)
    return of_age @ parameters.ages, low, high
