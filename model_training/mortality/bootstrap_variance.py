"""Bootstrap variance of the tables: how far they would move with other people to learn from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from agelens.clocks.absolute_risk import TenYearRisk
from agelens.clocks.base import FloatArray
from agelens.clocks.marker_tables import line, surface
from scipy.optimize import nnls

from model_training.mortality.fit import (
    FittedClock,
    KnotTables,
    TrainingDesign,
    fit_hazard,
    tabulate,
)
from model_training.mortality.plan import Plan
from model_training.survival.bootstrap import draws

PEOPLE = 6000  # complete people on whom the tables' variance is held against the sum's
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Agreement:
    """How well variance by base and markers stands for the variance of the sum.

    Attributes
    ----------
    base_factor, markers_factor : float
        What the variances are multiplied by, so that their sum is right on average.
    sd_ratio : tuple of float
        The served SD over the bootstrap's, over people: 5, 50 and 95 %.
    mean_sd : float
        The bootstrap's, years.
    """

    base_factor: float
    markers_factor: float
    sd_ratio: tuple[float, float, float]
    mean_sd: float


def with_variance(
    plan: Plan,
    training_design: TrainingDesign,
    fitted_clock: FittedClock,
    rounds: int,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[FittedClock, Agreement]:
    """Refit hazard, trees and age scale on bootstrap samples; limits, knots and peers stay.

    Returns
    -------
    Fit
        With variance, and with the risk where later surveys taught.
    Agreement
    """
    complete = np.flatnonzero(training_design.is_measured.all(axis=0))
    sample = np.random.default_rng(plan.seed).permutation(complete)[:PEOPLE]
    in_sample = np.zeros(len(training_design.peers), dtype=bool)
    in_sample[sample] = True
    cells = training_design.cells.of(in_sample)
    years, base, sums, log_hazards = [], [], [], []
    for tables in _refits(plan, training_design, rounds, say):
        years.append(tables.years.astype(np.float32))
        base.append(tables.base)
        sums.append(line(tables.base, cells) + surface(tables.years, cells).sum(axis=0))
        log_hazards.append(tables.scale.log_hazard(sums[-1]))
    variance = np.var(np.array(years), axis=0, ddof=1).astype(np.float64)
    base_variance = np.var(np.array(base), axis=0, ddof=1)
    of_sum = np.var(np.array(sums), axis=0, ddof=1)
    agreement = _agreement(line(base_variance, cells), surface(variance, cells), of_sum)
    risk = None
    if training_design.with_surveys:
        risk = _risk(fitted_clock, of_sum, np.var(np.array(log_hazards), axis=0, ddof=1))
    parameters = replace(
        fitted_clock.parameters,
        variance=agreement.markers_factor * variance,
        base_variance=agreement.base_factor * base_variance,
        risk=risk,
    )
    return replace(fitted_clock, parameters=parameters), agreement


def _refits(
    plan: Plan, training_design: TrainingDesign, rounds: int, say: Callable[[str], None]
) -> Iterator[KnotTables]:
    start = None
    for number, counts in enumerate(
        draws(len(training_design.people), plan.refits, plan.seed), start=1
    ):
        fitted_hazard = fit_hazard(plan, training_design, rounds, counts, start, seeds=(number,))
        start = fitted_hazard.hazard
        yield tabulate(plan, training_design, fitted_hazard, counts)
        if number % 20 == 0:
            say(f"  {number} of {plan.refits} refits")


def _agreement(of_base: FloatArray, of_markers: FloatArray, of_sum: FloatArray) -> Agreement:
    """Weigh both parts by least squares relative to what they must be, then to the right mean."""
    parts = np.stack([of_base, of_markers.sum(axis=0)], axis=1)
    factors, _ = nnls(parts / of_sum[:, np.newaxis], np.ones(len(of_sum)))
    factors *= of_sum.mean() / (parts @ factors).mean()
    ratio = np.sqrt(parts @ factors / of_sum)
    low, middle, high = (float(each) for each in np.quantile(ratio, QUANTILES))
    return Agreement(
        float(factors[0]), float(factors[1]), (low, middle, high), float(np.sqrt(of_sum).mean())
    )


def _risk(
    fitted_clock: FittedClock, of_years: FloatArray, of_log_hazard: FloatArray
) -> TenYearRisk:
    """The age scale, and what the logarithm of the hazard varies beyond the years."""
    slope = fitted_clock.scale.per_decade / 10
    beyond = float(np.mean(of_log_hazard - slope**2 * of_years))
    return TenYearRisk(
        fitted_clock.scale.at_50, fitted_clock.scale.per_decade, float(np.sqrt(max(beyond, 0)))
    )
