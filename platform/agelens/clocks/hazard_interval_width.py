"""Expected interval width of a mortality clock after measuring one more marker."""

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.gompertz_parameters import GompertzParameters


def expected_variances(
    parameters: GompertzParameters, missing: BoolArray, products: FloatArray, variance_now: float
) -> FloatArray:
    """The expected variance of one person's sum after measuring each missing marker alone.

    What would be measured deviates from the peers' average by 0 on average, with the covariance that
    the clock already counts for what is missing. So the uncertainty of the marker's own weights
    stays, as the expected uncertainty of what is measured; what goes is how much its contribution
    differs among peers, and all that it had in common with the other missing ones.

    Parameters
    ----------
    parameters : GompertzParameters
    missing : ndarray of bool, shape (n_markers,)
    products : ndarray of float64, shape (5,)
        1, age, male, age squared and age times male; age in decades from 50.
    variance_now : float
        In the clock's unit, squared.

    Returns
    -------
    ndarray of float64, shape (n_markers,)
        At least 0; of use where a marker is missing.
    """
    together = np.tensordot(products, parameters.missing_spread, axes=1)
    effects = np.tensordot(products, parameters.effect_spread, axes=1).diagonal()
    with_others = 2 * (together @ missing - together.diagonal())
    return np.maximum(variance_now - effects - with_others, 0.0)
