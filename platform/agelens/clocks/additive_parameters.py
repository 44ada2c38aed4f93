"""Parameters of an additive mortality clock: JSON serialisation and validation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.absolute_risk import TenYearRisk, risk_from_json
from agelens.clocks.base import FloatArray
from agelens.clocks.conditional_imputation import Imputation
from agelens.clocks.marker_tables import N_SEXES, Knots
from agelens.clocks.marker_transforms import numbers

MAX_MARKERS, MAX_AGES, MAX_VALUES, MAX_GROUPS = 64, 128, 257, 8
# beyond anything that people could have taught: years, SD, a variance of either, and marker values
MAX_YEARS, MAX_VARIANCE, MAX_VALUE = 1000.0, 1e6, 1e9
LEAST_RANGE = 1e-6  # so that a value has a place between the knots; of the limit, and in all


@dataclass(frozen=True)
class AdditiveParameters:
    """The tables of the clock, in years.

    Attributes
    ----------
    ages : pair of float
        The youngest and the oldest age, years.
    knots : Knots
    years : ndarray of float64, shape (n_markers, 2, n_ages, n_values)
        What a marker adds, against the average of peers of the same age and sex.
    deviation : ndarray of float64, shape (n_markers, 2, n_ages, n_values)
        The standardised value, of some markers of its logarithm, minus the peers' average.
    variance : ndarray of float64, shape (n_markers, 2, n_ages, n_values)
        A marker's part of the variance of the sum over bootstrap samples, years squared.
    base, base_variance : ndarray of float64, shape (2, n_ages)
        An average peer's years, and their variance.
    imputation : Imputation
    risk : TenYearRisk, optional
    may_miss : int
        How many markers may be missing.
    """

    ages: tuple[float, float]
    knots: Knots
    years: FloatArray
    deviation: FloatArray
    variance: FloatArray
    base: FloatArray
    base_variance: FloatArray
    imputation: Imputation
    risk: TenYearRisk | None
    may_miss: int

    @property
    def features(self) -> tuple[str, ...]:
        """The markers, in the order of the contributions."""
        return self.knots.features


def parameters_from_json(document: Mapping[str, Any]) -> AdditiveParameters:
    """Parameters of a bundle.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing, of the wrong kind or not a number that could have been learned.
    """
    knots = _knots(document)
    n_markers, may_miss = len(knots.features), document["may_miss"]
    if type(may_miss) is not int or not 0 <= may_miss < n_markers:
        raise ValueError("at least one marker must be given")
    tables = {
        name: np.stack([numbers(entry[name], *knots.shape[1:]) for entry in document["markers"]])
        for name in ("years", "deviation", "variance")
    }
    lines = {name: numbers(document[name], *knots.shape[1:3]) for name in ("base", "base_variance")}
    variances = tables["variance"], lines["base_variance"]
    if min(array.min() for array in variances) < 0:
        raise ValueError("a variance is at least 0")
    _limited("years and deviations", MAX_YEARS, tables["years"], tables["deviation"], lines["base"])
    _limited("variances", MAX_VARIANCE, *variances)
    if np.diff(tables["deviation"], axis=-1).min() < 0:
        raise ValueError("a marker's deviation from the peers grows with its value")
    return AdditiveParameters(
        ages=(float(knots.ages[0]), float(knots.ages[-1])),
        knots=knots,
        years=tables["years"],
        deviation=tables["deviation"],
        variance=tables["variance"],
        **lines,
        imputation=_imputation(document["missing"], n_markers),
        risk=risk_from_json(document["risk"]),
        may_miss=may_miss,
    )


def _knots(document: Mapping[str, Any]) -> Knots:
    entries, n_values = document["markers"], document["n_value_knots"]
    n_markers = len(entries)
    if not 1 <= len({entry["feature"] for entry in entries}) == n_markers <= MAX_MARKERS:
        raise ValueError(f"a mortality clock reads 1 to {MAX_MARKERS} markers, each once")
    if type(n_values) is not int or not 2 <= n_values <= MAX_VALUES:
        raise ValueError(f"a table has 2 to {MAX_VALUES} knots in value")
    if not all(isinstance(entry["logarithm"], bool) for entry in entries):
        raise ValueError("logarithm is true or false")
    ages = _ascending(document["age_knots"], 2, MAX_AGES)
    if not np.array_equal(ages[[0, -1]], numbers(document["ages"], 2)):
        raise ValueError("the knots in age reach from the first age to the last")
    floors = [None if entry["floor"] is None else float(entry["floor"]) for entry in entries]
    if not np.isfinite([floor for floor in floors if floor is not None]).all():
        raise ValueError("a floor is a number or null")
    knots = Knots(
        features=tuple(str(entry["feature"]) for entry in entries),
        ages=ages,
        n_values=n_values,
        logarithm=np.array([entry["logarithm"] for entry in entries]),
        low=numbers([entry["low"] for entry in entries], n_markers),
        high=numbers([entry["high"] for entry in entries], n_markers),
        floor=np.array(floors, dtype=np.float64),
    )
    _limited("values of markers", MAX_VALUE, knots.low, knots.high)
    if not (knots.high - knots.low > LEAST_RANGE * np.maximum(np.abs(knots.high), 1)).all():
        raise ValueError("a marker has an empty range")
    if not (knots.low[knots.logarithm] > 0).all():
        raise ValueError("only values above 0 have a logarithm")
    return knots


def _imputation(document: Mapping[str, Any], n_markers: int) -> Imputation:
    ages = _ascending(document["ages"], 2, MAX_GROUPS + 1)
    n_groups, ridge = len(ages) - 1, float(document["ridge"])
    widening = np.array(document["widening"], dtype=np.float64)
    widening = np.broadcast_to(widening, (N_SEXES, n_groups)).ravel()
    if not (0 < ridge <= MAX_VARIANCE and ((widening > 0) & (widening <= MAX_YEARS)).all()):
        raise ValueError("the ridge and the widening are numbers above 0, and not huge")
    sexes = document["covariance"]
    if len(sexes) != N_SEXES or any(len(groups) != n_groups for groups in sexes):
        raise ValueError("a covariance is needed for each sex and age group")
    matrices = [
        _covariance(triangle, 2 * n_markers, ridge) for groups in sexes for triangle in groups
    ]
    degrees = float(np.inf if document["degrees"] is None else document["degrees"])
    if not degrees > 0:
        raise ValueError("degrees of freedom are above 0")
    return Imputation(ages, np.stack(matrices), ridge, widening, degrees)


def _limited(what: str, most: float, *arrays: FloatArray) -> None:
    """Refuse numbers that would drown the rest of a sum."""
    if max(np.abs(array).max() for array in arrays) > most:
        raise ValueError(f"{what} are at most {most:,.0f}")


def _ascending(values: Sequence[float], least: int, most: int) -> FloatArray:
    if not least <= len(values) <= most:
        raise ValueError(f"there must be {least} to {most} ages")
    ages = numbers(values, len(values))
    if not (ages[0] >= 0 and ages[-1] <= 200 and (np.diff(ages) > 0).all()):
        raise ValueError("the ages must be ascending years")
    return ages


def _covariance(triangle: object, size: int, ridge: float) -> FloatArray:
    """A symmetric matrix from its lower triangle; ValueError unless it is a covariance.

    With the ridge it must have an inverse.
    """
    matrix = np.zeros((size, size))
    rows, columns = np.tril_indices(size)
    matrix[rows, columns] = matrix[columns, rows] = numbers(triangle, len(rows))
    _limited("covariances", MAX_VARIANCE, matrix)
    spread = np.linalg.eigvalsh(matrix)
    if spread[0] < -1e-4 * max(spread[-1], 0):
        raise ValueError("a covariance gives no sum a negative variance")
    if spread[0] + ridge < 1e-9 * max(spread[-1], 1):
        raise ValueError("the ridge is too small for this covariance")
    return matrix
