import numpy as np
import pytest
from agelens.clocks.age_quadrature import gauss_rule

AGES = np.arange(18.0, 90.0)
UNEVEN = np.random.default_rng(0).uniform(0.05, 1, 72)


@pytest.mark.parametrize("mass", [np.ones(72), UNEVEN])
@pytest.mark.parametrize("n_nodes", [1, 5, 28])
def test_polynomials_below_twice_the_nodes_are_summed_exactly(mass, n_nodes):
    rule = gauss_rule(AGES, mass, n_nodes)

    for degree in range(2 * n_nodes):
        polynomial = np.polynomial.Legendre.basis(degree, domain=[18, 89])
        expected = (mass * polynomial(AGES)).sum()
        assert (rule.weights * polynomial(rule.nodes)).sum() == pytest.approx(expected, abs=1e-11)


def test_one_degree_more_is_no_longer_exact():
    rule = gauss_rule(AGES, UNEVEN, 5)

    polynomial = np.polynomial.Legendre.basis(10, domain=[18, 89])
    difference = (rule.weights * polynomial(rule.nodes)).sum() - (UNEVEN * polynomial(AGES)).sum()
    assert abs(difference) > 0.01


def test_with_a_node_for_each_age_they_are_the_ages_and_their_masses():
    rule = gauss_rule(AGES[:12], UNEVEN[:12], 12)

    np.testing.assert_allclose(rule.nodes, AGES[:12], rtol=0, atol=1e-9)
    np.testing.assert_allclose(rule.weights, UNEVEN[:12], rtol=1e-9)


def test_nodes_lie_within_the_ages_and_weights_are_positive():
    rule = gauss_rule(AGES, UNEVEN, 28)

    assert (np.diff(rule.nodes) > 0).all()
    assert 18 < rule.nodes[0] < rule.nodes[-1] < 89
    assert (rule.weights > 0).all()
