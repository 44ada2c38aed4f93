import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from model_training.mortality.age_scale import AgeScale, learn_age_scale
from model_training.mortality.hazard import Hazard, exposure, fit, log_likelihood


def made_up(n_people=4000, seed=0, slope=0.7, gamma=0.006):
    """Deaths of a Gompertz law in two covariates, the second without effect."""
    rng = np.random.default_rng(seed)
    terms = np.stack([np.ones(n_people), rng.normal(size=n_people), rng.normal(size=n_people)])
    level = np.exp(-6.5 + slope * terms[1])
    months = np.log1p(-gamma * np.log(rng.random(n_people)) / level) / gamma
    end = rng.uniform(60, 240, n_people)
    return terms, np.minimum(months, end), (months <= end).astype(float)


def test_it_finds_the_law_that_made_the_deaths():
    found = fit(*made_up(40_000), np.zeros(3))
    assert found.coefficients == pytest.approx([-6.5, 0.7, 0], abs=0.05)
    assert found.gamma == pytest.approx(0.006, abs=0.0007)


def test_it_maximises_the_penalised_likelihood():
    terms, months, died = made_up(800)
    penalties = np.array([0.0, 40, 40])
    spread = terms.std(axis=1)

    def loss(theta):
        ridge = 0.5 * 40 * ((theta[1:3] * spread[1:]) ** 2).sum()
        return ridge - log_likelihood(theta[:3] @ terms, theta[3], months, died)

    start = np.array([-6, 0.1, 0.1, 0.004])
    best = minimize(
        loss,
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 9000, "maxfev": 9000},
    )
    found = fit(terms, months, died, penalties)
    assert found.coefficients == pytest.approx(best.x[:3], abs=1e-5)
    assert found.gamma == pytest.approx(best.x[3], abs=1e-6)


def test_the_likelihood_is_that_of_the_hazard_integrated():
    hazard = Hazard(np.array([-7.0, 0.5]), 0.01)
    terms, months, died = (
        np.array([[1.0, 1.0], [0.3, -2]]),
        np.array([50.0, 120]),
        np.array([1.0, 0]),
    )

    def rate(t, person):
        return np.exp(hazard.coefficients @ terms[:, person] + hazard.gamma * t)

    expected = np.log(rate(50, 0)) - quad(rate, 0, 50, 0)[0] - quad(rate, 0, 120, 1)[0]
    linear = hazard.coefficients @ terms
    assert log_likelihood(linear, hazard.gamma, months, died) == pytest.approx(expected)


def test_counts_are_people_so_often():
    terms, months, died = made_up(500)
    counts = np.random.default_rng(1).integers(1, 4, 500)
    every = np.repeat(np.arange(500), counts)
    weighted = fit(terms, months, died, np.zeros(3), counts.astype(float))
    repeated = fit(terms[:, every], months[every], died[every], np.zeros(3))
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-6)


def test_a_term_with_an_infinite_penalty_is_left_out():
    terms, months, died = made_up(500)
    without = fit(terms[:2], months, died, np.zeros(2))
    held = fit(terms, months, died, np.array([0.0, 0, np.inf]))
    assert held.coefficients[2] == 0
    assert held.coefficients[:2] == pytest.approx(without.coefficients, abs=1e-9)


def test_a_stronger_penalty_shrinks():
    terms, months, died = made_up(500)
    slopes = [
        fit(terms, months, died, np.array([0, p, p])).coefficients[1] for p in (0.0, 50, 5000)
    ]
    assert slopes[0] > slopes[1] > slopes[2] > 0


def test_an_average_person_of_an_age_has_that_age():
    rng = np.random.default_rng(3)
    age = rng.uniform(20, 90, 20_000)
    level = np.exp(-12 + 0.085 * age)
    months = np.log1p(-0.007 * np.log(rng.random(20_000)) / level) / 0.007
    died = (months <= 240).astype(float)
    scale = learn_age_scale(age, np.minimum(months, 240), died)
    at = np.array([30.0, 55, 80])
    risk_of_the_law = 1 - np.exp(-np.exp(-12 + 0.085 * at) * exposure(0.007, np.array(120.0)))
    assert scale.risk(at) == pytest.approx(risk_of_the_law, rel=0.1)
    assert scale.per_decade == pytest.approx(0.85, abs=0.03)


def test_years_are_a_straight_line_in_the_logarithm_of_the_hazard():
    scale = AgeScale(at_50=-2.9, per_decade=0.85)
    assert scale.years(np.array([-2.9, -2.9 + 0.85])) == pytest.approx([50, 60])
    assert scale.log_hazard(np.array([50.0, 60])) == pytest.approx([-2.9, -2.9 + 0.85])
