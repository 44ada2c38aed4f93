"""Fit the age posterior: a regression on age for each marker, and conformal quantiles."""

from dataclasses import dataclass, replace

import numpy as np
from agelens.clocks.age_likelihoods import (
    AgePosteriorParameters,
    ChoiceMarker,
    LinearMarker,
    posterior,
)
from agelens.clocks.base import FloatArray, Table
from agelens.clocks.intervals import conformal_quantiles, conformity
from scipy.optimize import minimize
from scipy.special import log_ndtr

from model_training.folds import k_folds, rows_of

FEWEST_NEAR = 20.0  # people about an age, by weight, whose 90 % quantile is worth something


@dataclass(frozen=True)
class Plan:
    """What is decided before looking at the data.

    `linear` markers are linear in age; `floors` are instruments that record nothing below;
    `choices` have that many choices, whose probabilities are smoothed over `bandwidth_years`. The
    interval is calibrated at each age on people within about `interval_bandwidth_years`.
    """

    ages: tuple[int, int]
    linear: tuple[str, ...]
    floors: dict[str, float]
    choices: dict[str, int]
    bandwidth_years: float = 3.0
    interval_bandwidth_years: float = 4.0
    level: float = 0.90
    inner_folds: int = 5


def fit(plan: Plan, table: Table, age: FloatArray, seed: int) -> AgePosteriorParameters:
    """Learn every marker and calibrate the interval, out of fold, on the same people.

    Parameters
    ----------
    plan : Plan
    table : Table
    age : ndarray of float64, shape (n_people,)
        Years.
    seed : int
        Of the inner folds.

    Returns
    -------
    AgePosteriorParameters
        Rounded to 12 digits, so that the same data gives the same file on every processor.
    """
    scores = np.empty(len(age))
    for train, held_out in k_folds(len(age), plan.inner_folds, seed):
        inner = fit_markers(plan, rows_of(table, train), age[train])
        scores[held_out] = _conformity(inner, rows_of(table, held_out), age[held_out])
    parameters = fit_markers(plan, table, age)
    kernel_weights = _kernel_weights(parameters.ages, age, plan.interval_bandwidth_years)
    masses = conformal_quantiles(scores, kernel_weights, plan.level)
    return replace(parameters, interval_mass=_all_rounded(masses))


def fit_markers(plan: Plan, table: Table, age: FloatArray) -> AgePosteriorParameters:
    """Learn every marker; the interval is left uncalibrated."""
    ages = np.arange(plan.ages[0], plan.ages[1] + 1, dtype=float)
    return AgePosteriorParameters(
        ages=ages,
        linear=tuple(
            fit_linear(key, table.column(key), age, plan.floors.get(key)) for key in plan.linear
        ),
        choices=tuple(
            fit_choice(key, table.column(key), age, n_choices, plan)
            for key, n_choices in plan.choices.items()
        ),
        interval_mass=np.full(len(ages), plan.level),
    )


def fit_linear(key: str, values: FloatArray, age: FloatArray, floor: float | None) -> LinearMarker:
    """A marker's line in age and the spread around it; missing values are left out.

    Parameters
    ----------
    key : str
    values : ndarray of float64, shape (n_people,)
        Canonical unit; NaN is missing.
    age : ndarray of float64, shape (n_people,)
        Years.
    floor : float, optional
        Values at or below it are censored: a Tobit regression.
    """
    is_measured = ~np.isnan(values)
    values, age = values[is_measured], age[is_measured]
    design = np.stack([np.ones(len(age)), age], axis=1)
    line = np.linalg.lstsq(design, values, rcond=None)[0].astype(np.float64)
    sd = float(np.sqrt(((values - design @ line) ** 2).sum() / (len(values) - 2)))
    if floor is not None:
        line, sd = _tobit(values, age, floor, start=(line, sd))
    return LinearMarker(
        feature=key,
        intercept=_rounded(line[0]),
        slope=_rounded(line[1]),
        sd=_rounded(sd),
        low=_outward(values.min(), values.max()),
        high=_outward(values.max(), values.min()),
        floor=floor,
    )


def fit_choice(
    key: str, values: FloatArray, age: FloatArray, n_choices: int, plan: Plan
) -> ChoiceMarker:
    """The probability of each choice at each age: a kernel average with one person added to each."""
    is_measured = ~np.isnan(values)
    ages = np.arange(plan.ages[0], plan.ages[1] + 1, dtype=float)
    kernel = _kernel(ages, age[is_measured], plan.bandwidth_years)
    is_choice = values[is_measured] == np.arange(n_choices)[:, np.newaxis]
    counts = is_choice.astype(float) @ kernel.T + 1.0
    shares = counts / counts.sum(axis=0)
    return ChoiceMarker(key, _all_rounded(shares))


def _tobit(
    values: FloatArray, age: FloatArray, floor: float, start: tuple[FloatArray, float]
) -> tuple[FloatArray, float]:
    """A left-censored regression by maximum likelihood.

    In Olsen's parameters (line / sd, 1 / sd) the likelihood has a single peak.

    Source
    ------
    Tobin, Econometrica 1958; R. J. Olsen, Econometrica 1978.
    """
    years = (age - age.mean()) / age.std()
    design = np.stack([np.ones(len(age)), years], axis=1)
    censored = values <= floor
    line, sd = start
    centred = np.array([line[0] + line[1] * age.mean(), line[1] * age.std()]) / sd

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        mean, scale = design @ theta[:2], theta[2]
        residual = scale * values[~censored] - mean[~censored]
        tail = scale * floor - mean[censored]
        hazard = np.exp(-0.5 * tail**2 - log_ndtr(tail)) / np.sqrt(2 * np.pi)
        total = 0.5 * (residual**2).sum() - len(residual) * np.log(scale) - log_ndtr(tail).sum()
        by_line = -residual @ design[~censored] + hazard @ design[censored]
        by_scale = residual @ values[~censored] - len(residual) / scale - floor * hazard.sum()
        return total / len(age), np.array([*by_line, by_scale]) / len(age)

    optimum = minimize(
        loss,
        np.array([*centred, 1 / sd]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), (None, None), (1e-9, None)],
        options={"ftol": 1e-15, "gtol": 1e-9},
    )
    at_mean, per_sd, scale = optimum.x
    slope = per_sd / scale / age.std()
    return np.array([at_mean / scale - slope * age.mean(), slope]), float(1 / scale)


def _conformity(parameters: AgePosteriorParameters, table: Table, age: FloatArray) -> FloatArray:
    return conformity(age, posterior(parameters.likelihoods(table)), parameters.ages)


def _kernel_weights(ages: FloatArray, age: FloatArray, bandwidth_years: float) -> FloatArray:
    """The weight of each person at each age; where too few people are near an age, twice as wide, and so on."""
    weights = _kernel(ages, age, bandwidth_years)
    sparse = weights.sum(axis=1) < min(FEWEST_NEAR, 0.9 * len(age))
    if sparse.any():
        weights[sparse] = _kernel_weights(ages[sparse], age, 2 * bandwidth_years)
    return weights


def _kernel(ages: FloatArray, age: FloatArray, bandwidth_years: float) -> FloatArray:
    """How near each person is to each age, 1 when of that age, shape (n_ages, n_people)."""
    weights: FloatArray = np.exp(-0.5 * ((ages[:, np.newaxis] - age) / bandwidth_years) ** 2)
    return weights


def _outward(end: float, other_end: float) -> float:
    """A limit a twentieth beyond the training data: the next person may be a little more extreme."""
    return float(f"{end + (end - other_end) / 20:.4g}")


def _rounded(number: float) -> float:
    return float(f"{number:.12g}")


def _all_rounded(numbers: FloatArray) -> FloatArray:
    return np.array([_rounded(n) for n in numbers.ravel().tolist()]).reshape(numbers.shape)
