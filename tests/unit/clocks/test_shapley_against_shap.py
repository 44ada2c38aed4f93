import numpy as np
import pytest
import shap
from agelens.clocks.shapley import Coalitions, shapley_values

AGES = np.arange(18.0, 90.0)
FEATURES = 9


@pytest.mark.slow
def test_shapley_values_agree_with_the_exact_explainer_of_shap():
    rng = np.random.default_rng(5)
    middle = rng.uniform(10, 95, size=(1, FEATURES, 1))
    width = rng.uniform(5, 40, size=(1, FEATURES, 1))
    logs = -0.5 * ((AGES - middle) / width) ** 2
    values = Coalitions(1, FEATURES, AGES).values(logs)[0]

    def game(members):
        return values[0, (members.astype(int) << np.arange(FEATURES)).sum(axis=1)]

    nobody = shap.maskers.Independent(np.zeros((1, FEATURES)))
    explained = shap.explainers.Exact(game, nobody)(np.ones((1, FEATURES)))

    np.testing.assert_allclose(explained.values, shapley_values(values), rtol=0, atol=1e-9)
    np.testing.assert_allclose(explained.base_values, values[:, 0], atol=1e-9)
