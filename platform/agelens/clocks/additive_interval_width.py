"""Expected interval width of an additive mortality clock after measuring one more marker."""

from statistics import NormalDist

import numpy as np

from agelens.clocks.additive_parameters import AdditiveParameters
from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.marker_tables import Cells

# equally likely scores of a marker, over which a width is averaged
N_OUTCOMES = 15
SCORES = np.array([NormalDist().inv_cdf((n + 0.5) / N_OUTCOMES) for n in range(N_OUTCOMES)])


def expected_spreads(
    parameters: AdditiveParameters,
    cells: Cells,
    known: FloatArray,
    missing: BoolArray,
    stratum: int,
    other_variance: float,
) -> FloatArray:
    """The expected standard deviation of one person's sum after measuring each missing marker alone.

    The model says how what would be measured is distributed given what is known. For each of its
    outcomes the variance is what the clock would then give: the marker's own, and what the markers
    that are still missing may add.

    Parameters
    ----------
    parameters : AdditiveParameters
    cells : Cells
        Of the one person.
    known : ndarray of float64, shape (2 * n_markers, 1)
        Years and deviations of what was measured; 0 where missing.
    missing : ndarray of bool, shape (n_markers, 1)
    stratum : int
        The person's sex and age group.
    other_variance : float
        The variance of base and measured markers.

    Returns
    -------
    ndarray of float64, shape (n_missing,)
        Years.
    """
    imputation, indices = parameters.imputation, np.flatnonzero(missing)
    expected = imputation.one_more(known[:, 0], missing[:, 0], stratum)
    measured = np.repeat(known, len(indices) * N_OUTCOMES, axis=1)
    still_missing = np.repeat(missing, measured.shape[1], axis=1)
    marker_variance = np.empty((len(indices), N_OUTCOMES))
    for number, (index, mean, spread) in enumerate(
        zip(indices.tolist(), expected.deviation, expected.spread, strict=True)
    ):
        columns = slice(number * N_OUTCOMES, (number + 1) * N_OUTCOMES)
        outcomes, years, marker_variance[number] = _outcomes(
            parameters, cells, index, mean + spread * SCORES
        )
        measured[index, columns], measured[len(missing) + index, columns] = years, outcomes
        still_missing[index, columns] = False
    missing_variance = imputation.impute(
        measured, still_missing, np.full(measured.shape[1], stratum)
    ).variance
    return np.asarray(
        np.sqrt(
            other_variance + marker_variance + missing_variance.reshape(marker_variance.shape)
        ).mean(axis=1)
    )


def _outcomes(
    parameters: AdditiveParameters, cells: Cells, index: int, deviations: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A marker's deviations within its table, with its years and variances at them."""
    deviation, years, variance = (
        _curve(table[index], cells, parameters.knots.n_values)
        for table in (parameters.deviation, parameters.years, parameters.variance)
    )
    outcomes = np.clip(deviations, deviation[0], deviation[-1])
    return outcomes, np.interp(outcomes, deviation, years), np.interp(outcomes, deviation, variance)


def _curve(table: FloatArray, cells: Cells, n_values: int) -> FloatArray:
    """One marker's table at the age and sex of one person, shape (n_values,)."""
    rows = table.reshape(-1, n_values)
    below, above = rows[cells.line[0]], rows[cells.line[0] + 1]
    return np.asarray(below + (above - below) * cells.by_age[0])
