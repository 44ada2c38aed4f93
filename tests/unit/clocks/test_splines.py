import numpy as np
import pytest
from agelens.clocks.splines import restricted_cubic, spline_weights
from mortality_by_hand import harrell

KNOTS = np.array([[-1.5, -0.2, 0.4, 2.0], [0.0, 1.0, 3.0, 7.0]])


def curves(values):
    """Both curves of two markers with the same values."""
    values = np.stack([values, values])
    written = np.empty((2, *values.shape))
    restricted_cubic(values, KNOTS, spline_weights(KNOTS), written)
    return written


def test_the_curves_equal_harrells_formula():
    x = np.linspace(-4, 10, 57)
    written = curves(x)
    for marker, knots in enumerate(KNOTS.tolist()):
        expected = np.array([harrell(float(each), knots) for each in x]).T
        np.testing.assert_allclose(written[:, marker], expected, rtol=0, atol=1e-12)


def test_they_are_straight_beyond_the_outer_knots():
    below, above = curves(np.array([-9.0, -8, -7])), curves(np.array([8.0, 9, 10]))
    assert below == pytest.approx(0)
    np.testing.assert_allclose(np.diff(above, n=2, axis=2), 0, atol=1e-9)


def test_slope_and_bend_have_no_jump_at_a_knot():
    step = 1e-4
    for knot in KNOTS[0]:
        bends = np.diff(curves(knot + step * np.arange(-3, 4))[:, 0], n=2) / step**2
        assert np.abs(np.diff(bends)).max() < 1e-2
