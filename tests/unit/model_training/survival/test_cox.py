import numpy as np
import pytest
from made_up_cohorts import cohort
from scipy.optimize import minimize

from model_training.survival.cox import CoxModel


def efron(beta, time, died, x):
    """Minus Efron's partial log likelihood, death by death."""
    total = 0.0
    hazard = np.exp(x @ beta)
    for month in np.unique(time[died == 1]):
        dying = (time == month) & (died == 1)
        n = dying.sum()
        total += (x[dying] @ beta).sum()
        for before in range(n):
            total -= np.log(hazard[time >= month].sum() - before / n * hazard[dying].sum())
    return -total


def test_it_maximises_efrons_partial_likelihood():
    time, died, x = cohort()
    found = minimize(efron, np.zeros(2), (time, died, x), method="BFGS", options={"gtol": 1e-8})
    fit = CoxModel(time, died, x).fit()
    assert fit.coefficients == pytest.approx(found.x, abs=1e-5)


def test_its_covariance_is_the_inverse_curvature_of_that_likelihood():
    time, died, x = cohort(120)
    fit = CoxModel(time, died, x).fit()
    h, at = 1e-4, fit.coefficients
    steps = h * np.eye(2)
    curvature = [
        [
            sum(
                a * b * efron(at + a * steps[i] + b * steps[j], time, died, x)
                for a in (-1, 1)
                for b in (-1, 1)
            )
            / (4 * h * h)
            for j in range(2)
        ]
        for i in range(2)
    ]
    assert fit.covariance == pytest.approx(np.linalg.inv(curvature), rel=1e-3)


def test_without_ties_three_people_worked_out_on_paper():
    # x = 1 dies first, then x = 0, then x = 1: log L = b - log(2 e^b + 1) - log(1 + e^b), whose
    # derivative is 0 where 2 e^(2b) = 1.
    fit = CoxModel(np.array([1.0, 2, 3]), np.ones(3), np.array([[1.0], [0], [1]])).fit()
    assert fit.coefficients[0] == pytest.approx(-0.5 * np.log(2))
    ratio, low, high = fit.hazard_ratio()
    assert ratio == pytest.approx(np.sqrt(0.5))
    assert low < ratio < high


def test_counts_are_people_drawn_so_often():
    time, died, x = cohort()
    drawn = np.random.default_rng(3).integers(len(time), size=len(time))
    counts = np.bincount(drawn, minlength=len(time)).astype(float)
    again = CoxModel(time[drawn], died[drawn], x[drawn]).fit()
    assert CoxModel(time, died, x).fit(counts).coefficients == pytest.approx(again.coefficients)


def test_a_covariate_that_separates_the_dead_is_refused():
    time, died = np.array([1.0, 2, 3, 4]), np.array([1.0, 1, 0, 0])
    with pytest.raises(ValueError, match="does not converge"):
        CoxModel(time, died, died[:, np.newaxis]).fit()
