"""Imputation variance: how much the terms of unmeasured markers vary among peers."""

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.peer_deviations import SHAPES, TERMS

# Every term: the place of its value or curve, and what this is multiplied by.
TERM_OF = ((0, "1"), (1, "1"), (2, "1"), (0, "age"), (0, "male"))
PRODUCTS = {
    ("1", "1"): 0,
    ("1", "age"): 1,
    ("age", "1"): 1,
    ("1", "male"): 2,
    ("male", "1"): 2,
    ("male", "male"): 2,  # 1 or 0
    ("age", "age"): 3,
    ("age", "male"): 4,
    ("male", "age"): 4,
}


def by_age_and_sex(decades: FloatArray, male: FloatArray) -> FloatArray:
    """What each part of `spread_of_sums` is multiplied by, shape (5, n_people).

    1, age, male, age squared and age times male; age in decades from 50.
    """
    return np.stack([np.ones_like(decades), decades, male, decades**2, decades * male])


def spread_of_sums(moments: FloatArray, peer_spread: FloatArray) -> FloatArray:
    """The covariance among peers of weighted sums of terms, one sum per marker.

    Parameters
    ----------
    moments : ndarray of float64, shape (5 * n_markers, 5 * n_markers)
        Of the weights.
    peer_spread : ndarray of float64, shape (3 * n_markers, 3 * n_markers)
        The covariance of the standardised values and their spline terms.

    Returns
    -------
    ndarray of float64, shape (5, n_markers, n_markers)
        The terms of age and sex make it a polynomial; the five parts of `by_age_and_sex`.
    """
    n_markers = len(moments) // TERMS
    weights = moments.reshape(TERMS, n_markers, TERMS, n_markers)
    peers = peer_spread.reshape(SHAPES, n_markers, SHAPES, n_markers)
    spread = np.zeros((len(set(PRODUCTS.values())), n_markers, n_markers))
    for row, (shape, by) in enumerate(TERM_OF):
        for column, (other_shape, other_by) in enumerate(TERM_OF):
            pairs = weights[row, :, column] * peers[shape, :, other_shape]
            spread[PRODUCTS[by, other_by]] += pairs
    return spread
