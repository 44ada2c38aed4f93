"""Bootstrap variance of the tables: how far they would move with other people to learn from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from agelens.clocks.absolute_risk import TenYearRisk
from agelens.clocks.base import FloatArray
from agelens.clocks.marker_tables import line, surface
from scipy.optimize import nnls

from model_training.mortality.fit import Fit, Tables, Taught, learn_law, tabulate
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
    taught: Taught,
    fitted: Fit,
    rounds: int,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Fit, Agreement]:
    """Refit hazard, trees and age scale on bootstrap samples; limits, knots and peers stay.

    Returns
    -------
    Fit
        With variance, and with the risk where later surveys taught.
    Agreement
    """
    complete = np.flatnonzero(taught.known.all(axis=0))
    chosen = np.random.default_rng(plan.seed).permutation(complete)[:PEOPLE]
    whom = np.zeros(len(taught.peers), dtype=bool)
    whom[chosen] = True
    cells = taught.cells.of(whom)
    years, base, sums, log_hazards = [], [], [], []
    for tables in _refits(plan, taught, rounds, say):
        years.append(tables.years.astype(np.float32))
        base.append(tables.base)
        sums.append(line(tables.base, cells) + surface(tables.years, cells).sum(axis=0))
        log_hazards.append(tables.scale.log_hazard(sums[-1]))
    variance = np.var(np.array(years), axis=0, ddof=1).astype(np.float64)
    base_variance = np.var(np.array(base), axis=0, ddof=1)
    of_sum = np.var(np.array(sums), axis=0, ddof=1)
    agreement = _agreement(line(base_variance, cells), surface(variance, cells), of_sum)
    risk = None
    if taught.with_surveys:
        risk = _risk(fitted, of_sum, np.var(np.array(log_hazards), axis=0, ddof=1))
    parameters = replace(
        fitted.parameters,
        variance=agreement.markers_factor * variance,
        base_variance=agreement.base_factor * base_variance,
        risk=risk,
    )
    return replace(fitted, parameters=parameters), agreement


def _refits(
    plan: Plan, taught: Taught, rounds: int, say: Callable[[str], None]
) -> Iterator[Tables]:
    start = None
    for number, counts in enumerate(draws(len(taught.people), plan.refits, plan.seed), start=1):
        law = learn_law(plan, taught, rounds, counts, start, seeds=(number,))
        start = law.hazard
        yield tabulate(plan, taught, law, counts)
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


def _risk(fitted: Fit, of_years: FloatArray, of_log_hazard: FloatArray) -> TenYearRisk:
    """The age scale, and what the logarithm of the hazard varies beyond the years."""
    slope = fitted.scale.per_decade / 10
    beyond = float(np.mean(of_log_hazard - slope**2 * of_years))
    return TenYearRisk(fitted.scale.at_50, fitted.scale.per_decade, float(np.sqrt(max(beyond, 0))))
