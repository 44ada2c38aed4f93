"""Restricted cubic splines: cubic between the knots, linear in the tails."""

import numpy as np

from agelens.clocks.base import FloatArray

KNOTS = 4
CURVES = KNOTS - 2


def spline_weights(knots: FloatArray) -> FloatArray:
    """How much each knot's cube counts in each curve.

    Parameters
    ----------
    knots : ndarray of float64, shape (n_markers, 4)
        Ascending.

    Returns
    -------
    ndarray of float64, shape (3, 2, n_markers)
        Of the curve's own knot, of the last but one, of the last.

    Source
    ------
    Harrell, Regression Modeling Strategies, section 2.4.5; Stone & Koo 1985.
    """
    own, near_last, last = knots[:, :CURVES].T, knots[:, -2], knots[:, -1]
    span = last - near_last
    outer_span_squared = np.broadcast_to((last - knots[:, 0]) ** 2, own.shape)
    return (
        np.stack([np.ones_like(own), (own - last) / span, (near_last - own) / span])
        / outer_span_squared
    )


def restricted_cubic(
    values: FloatArray, knots: FloatArray, weights: FloatArray, curves: FloatArray
) -> None:
    """The curved terms of many markers at once; the straight term is the value itself.

    Parameters
    ----------
    values : ndarray of float64, shape (n_markers, n_people)
    knots : ndarray of float64, shape (n_markers, 4)
        In the unit of the values.
    weights : ndarray of float64, shape (3, 2, n_markers)
        From `spline_weights`.
    curves : ndarray of float64, shape (2, n_markers, n_people)
        Where they are written, in the unit of the values: each is divided by the squared distance
        of the outer knots.
    """
    over = values - knots.T[:, :, np.newaxis]
    np.maximum(over, 0, out=over)
    cubes = over * over
    cubes *= over
    np.multiply(cubes[:CURVES], weights[0, :, :, np.newaxis], out=curves)
    for index, cube in ((1, cubes[-2]), (2, cubes[-1])):
        curves += cube * weights[index, :, :, np.newaxis]
