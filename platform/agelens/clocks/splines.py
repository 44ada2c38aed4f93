"""Restricted cubic splines: cubic between the knots, straight beyond the first and the last."""

import numpy as np

from agelens.clocks.base import FloatArray

KNOTS = 4
CURVES = KNOTS - 2


def restricted_cubic(values: FloatArray, knots: FloatArray) -> FloatArray:
    """The curved terms of many markers at once; the straight term is the value itself.

    Parameters
    ----------
    values : ndarray of float64, shape (n_markers, n_people)
    knots : ndarray of float64, shape (n_markers, 4)
        Ascending, in the unit of the values.

    Returns
    -------
    ndarray of float64, shape (2, n_markers, n_people)
        In the unit of the values: each is divided by the squared distance of the outer knots.

    Source
    ------
    Harrell, Regression Modeling Strategies, section 2.4.5; Stone & Koo 1985.
    """
    first, last = knots[:, :1], knots[:, -1:]
    near_last = knots[:, -2:-1]
    bent = _above(values, near_last)
    ended = _above(values, last)
    span = last - near_last
    curves = np.empty((CURVES, *values.shape))
    for place in range(CURVES):
        knot = knots[:, place : place + 1]
        curve = _above(values, knot)
        curve -= bent * ((last - knot) / span)
        curve += ended * ((near_last - knot) / span)
        curve /= (last - first) ** 2
        curves[place] = curve
    return curves


def _above(values: FloatArray, knot: FloatArray) -> FloatArray:
    """The cube of what lies above the knot."""
    over = values - knot
    np.maximum(over, 0, out=over)
    cubed = over * over
    cubed *= over
    return cubed
