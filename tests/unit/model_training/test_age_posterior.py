import numpy as np
import pytest
from agelens.clocks.base import Table
from scipy import optimize, stats

from model_training.age_posterior import Plan, fit_choice, fit_linear
from model_training.folds import k_folds, rows_of

PLAN = Plan(ages=(18, 89), linear=(), floors={}, choices={})


def people(n_people, seed):
    rng = np.random.default_rng(seed)
    return rng, rng.integers(18, 90, size=n_people).astype(float)


def test_a_line_is_recovered_with_its_spread():
    rng, age = people(4000, seed=1)
    marker = fit_linear("bone_density", 2 - 0.02 * age + rng.normal(0, 0.15, 4000), age, None)

    reference = stats.linregress(age, 2 - 0.02 * age)
    assert marker.slope == pytest.approx(reference.slope, abs=5e-4)
    assert marker.sd == pytest.approx(0.15, rel=0.05)


def test_a_censored_line_has_the_highest_likelihood_that_a_plain_search_finds():
    rng, age = people(1500, seed=2)
    values = np.maximum(0.2, 1 - 0.01 * age + rng.normal(0, 0.1, 1500))
    marker = fit_linear("vision_sharpness", values, age, 0.2)

    def loss(theta):
        normal = stats.norm(theta[0] + theta[1] * age, np.exp(theta[2]))
        return -np.where(values <= 0.2, normal.logcdf(0.2), normal.logpdf(values)).sum()

    searched = optimize.minimize(
        loss,
        [1, -0.01, -2],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000},
    )
    found = [marker.intercept, marker.slope, np.log(marker.sd)]
    np.testing.assert_allclose(found, searched.x, rtol=1e-4)


def test_missing_values_are_left_out_of_a_fit():
    rng, age = people(500, seed=3)
    values = 100 + 0.5 * age + rng.normal(0, 10, 500)
    holes = rng.random(500) < 0.3

    with_holes = fit_linear("systolic_bp", np.where(holes, np.nan, values), age, None)
    assert with_holes == fit_linear("systolic_bp", values[~holes], age[~holes], None)


def test_probabilities_of_choices_are_smooth_positive_and_sum_to_one():
    rng, age = people(2000, seed=4)
    values = (rng.random(2000) < age / 100).astype(float)
    shares = fit_choice("smoking_status", values, age, 3, PLAN).probabilities

    assert shares.shape == (3, 72)
    assert (shares > 0).all()
    np.testing.assert_allclose(shares.sum(axis=0), 1)
    np.testing.assert_allclose(shares[1], np.arange(18, 90) / 100, atol=0.12)


def test_every_person_is_held_out_once():
    held_out = np.concatenate([held_out for _, held_out in k_folds(103, 5, seed=0)])

    assert sorted(held_out) == list(range(103))
    for train, out in k_folds(103, 5, seed=0):
        assert not set(train) & set(out)


def test_rows_of_a_table_keep_their_people_together():
    table = Table({"bmi": np.array([1.0, 2.0, 3.0])}, np.array([10.0, 20.0, 30.0]))
    part = rows_of(table, np.array([2, 0]))

    assert part.column("bmi").tolist() == [3.0, 1.0]
    assert part.chronological_age.tolist() == [30.0, 10.0]
