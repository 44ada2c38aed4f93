from functools import cache
from itertools import permutations

import numpy as np
import pytest
from agelens.clocks.shapley import Coalitions, shapley_values

AGES = np.arange(18.0, 90.0)


def coalition_values(likelihoods):
    n_people, n_features, _ = likelihoods.shape
    return Coalitions(n_people, n_features, AGES).values(np.log(likelihoods))[0]


def value_of_coalition(likelihoods, members):
    """The posterior mean, straight from its definition."""
    weights = [np.prod([likelihoods[i][a] for i in members]) for a in range(len(AGES))]
    return sum(w * age for w, age in zip(weights, AGES, strict=True)) / sum(weights)


def shares_by_joining_in_every_order(n_players, value):
    """What each player adds on joining, averaged over all orders: Shapley's own words."""
    shares = np.zeros(n_players)
    orders = list(permutations(range(n_players)))
    for order in orders:
        for place, player in enumerate(order):
            shares[player] += value(order[: place + 1]) - value(order[:place])
    return shares / len(orders)


def random_likelihoods(n_people, n_features, seed):
    rng = np.random.default_rng(seed)
    middle = rng.uniform(10, 95, size=(n_people, n_features, 1))
    width = rng.uniform(5, 40, size=(n_people, n_features, 1))
    return np.exp(-0.5 * ((AGES - middle) / width) ** 2)


def test_the_value_of_a_coalition_is_the_posterior_mean_given_its_members():
    likelihoods = random_likelihoods(3, 4, seed=1)

    values = coalition_values(likelihoods)

    for person in range(3):
        for coalition in range(16):
            members = [i for i in range(4) if coalition >> i & 1]
            expected = value_of_coalition(likelihoods[person], members)
            assert values[person, coalition] == pytest.approx(expected, abs=1e-9)


def test_people_are_valued_alike_alone_and_after_a_larger_crowd():
    likelihoods = random_likelihoods(20, 5, seed=6)
    coalitions = Coalitions(20, 5, AGES)

    together = coalitions.values(np.log(likelihoods))[0]
    alone = [coalitions.values(np.log(likelihoods[p : p + 1]))[0][0] for p in range(20)]

    np.testing.assert_allclose(together, alone, rtol=1e-13)


def test_all_features_together_give_the_posterior_whose_mean_is_the_last_value():
    logs = np.log(random_likelihoods(3, 5, seed=7))
    values, posterior = Coalitions(3, 5, AGES).values(logs)

    weights = np.exp(logs.sum(axis=1))
    np.testing.assert_allclose(posterior, weights / weights.sum(axis=1, keepdims=True), rtol=1e-9)
    np.testing.assert_allclose(posterior @ AGES, values[:, -1], rtol=1e-13)


def test_shapley_values_agree_with_joining_in_every_order():
    likelihoods = random_likelihoods(2, 6, seed=2)

    shares = shapley_values(coalition_values(likelihoods))

    for person in range(2):

        @cache
        def value(members, p=person):
            return value_of_coalition(likelihoods[p], members)

        expected = shares_by_joining_in_every_order(6, lambda joined, v=value: v(frozenset(joined)))
        np.testing.assert_allclose(shares[person], expected, rtol=0, atol=1e-9)


def test_shares_add_up_to_what_all_know_beyond_what_nobody_knows():
    values = coalition_values(random_likelihoods(50, 9, seed=3))

    gap = values[:, 0] + shapley_values(values).sum(axis=1) - values[:, -1]

    assert np.abs(gap).max() < 1e-9


def test_a_feature_that_says_nothing_gets_exactly_nothing():
    likelihoods = random_likelihoods(5, 4, seed=4)
    likelihoods[:, 2] = 1.0

    assert (np.abs(shapley_values(coalition_values(likelihoods))[:, 2]) < 1e-12).all()


def test_nothing_known_is_the_middle_of_the_ages():
    assert coalition_values(np.ones((1, 1, 72)))[0, 0] == pytest.approx(53.5)
