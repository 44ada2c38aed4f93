"""Expected interval width of an additive mortality clock after measuring one more marker."""

from statistics import NormalDist

import numpy as np

from agelens.clocks.additive_parameters import Parameters
from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.marker_tables import Cells

# equally likely scores of a marker, over which a width is averaged
N_OUTCOMES = 15
SCORES = np.array([NormalDist().inv_cdf((n + 0.5) / N_OUTCOMES) for n in range(N_OUTCOMES)])


def expected_spreads(
    parameters: Parameters,
    cells: Cells,
    known: FloatArray,
    missing: BoolArray,
    stratum: int,
    rest: float,
) -> FloatArray:
    """The expected standard deviation of one person's sum after measuring each missing marker alone.

    The model says how what would be measured is distributed given what is known. For each of its
    outcomes the variance is what the clock would then give: the marker's own, and what the markers
    that are still missing may add.

    Parameters
    ----------
    parameters : Parameters
    cells : Cells
        Of the one person.
    known : ndarray of float64, shape (2 * n_markers, 1)
        Years and deviations of what was measured; 0 where missing.
    missing : ndarray of bool, shape (n_markers, 1)
    stratum : int
        The person's sex and age group.
    rest : float
        The variance of base and measured markers.

    Returns
    -------
    ndarray of float64, shape (n_missing,)
        Years.
    """
    imputation, places = parameters.imputation, np.flatnonzero(missing)
    expected = imputation.one_more(known[:, 0], missing[:, 0], stratum)
    then = np.repeat(known, len(places) * N_OUTCOMES, axis=1)
    gone = np.repeat(missing, then.shape[1], axis=1)
    own = np.empty((len(places), N_OUTCOMES))
    for order, (place, mean, spread) in enumerate(
        zip(places.tolist(), expected.deviation, expected.spread, strict=True)
    ):
        some = slice(order * N_OUTCOMES, (order + 1) * N_OUTCOMES)
        outcomes, years, own[order] = _outcomes(parameters, cells, place, mean + spread * SCORES)
        then[place, some], then[len(missing) + place, some] = years, outcomes
        gone[place, some] = False
    left = imputation.impute(then, gone, np.full(then.shape[1], stratum)).variance
    return np.asarray(np.sqrt(rest + own + left.reshape(own.shape)).mean(axis=1))


def _outcomes(
    parameters: Parameters, cells: Cells, place: int, deviations: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A marker's deviations within its table, with its years and variances at them."""
    deviation, years, variance = (
        _curve(table[place], cells, parameters.knots.n_values)
        for table in (parameters.deviation, parameters.years, parameters.variance)
    )
    outcomes = np.clip(deviations, deviation[0], deviation[-1])
    return outcomes, np.interp(outcomes, deviation, years), np.interp(outcomes, deviation, variance)


def _curve(table: FloatArray, cells: Cells, n_values: int) -> FloatArray:
    """One marker's table at the age and sex of one person, shape (n_values,)."""
    rows = table.reshape(-1, n_values)
    below, above = rows[cells.line[0]], rows[cells.line[0] + 1]
    return np.asarray(below + (above - below) * cells.by_age[0])
