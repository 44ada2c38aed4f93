from dataclasses import replace

import numpy as np
import pytest
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.clocks.kinds.bayes import AgePosterior
from agelens.domain.errors import NotAdditive
from kaggle_people import make_people, write_csv
from lightgbm import LGBMRegressor

from model_training.datasets.kaggle import load
from model_training.explanation import check_posterior, check_trees

pytestmark = pytest.mark.slow  # shap compiles its masks at first use


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explanation")
    return load(write_csv(folder / "train.csv", make_people(200, seed=31)))


@pytest.fixture(scope="module")
def clock():
    return load_clock(read_bundle(shipped("kaggle-age")))


@pytest.fixture(scope="module")
def trees():
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(200, 4))
    model = LGBMRegressor(n_estimators=20, n_jobs=1, verbosity=-1)
    return model.fit(columns, columns[:, 0] * 10 + columns[:, 1] * columns[:, 2]), columns


def test_the_clocks_contributions_are_those_of_shap(clock, data):
    found = check_posterior(clock, data)

    assert (found["passed"], found["people"], found["tolerance_years"]) == (True, 24, 1e-9)


def test_contributions_that_add_up_but_belong_to_other_markers_are_refused(clock, data):
    class Swapped(AgePosterior):
        def score(self, table):
            scores = super().score(table)
            return replace(scores, contributions=scores.contributions[:, ::-1])

    with pytest.raises(NotAdditive, match="off by"):
        check_posterior(Swapped(clock.manifest, clock.parameters), data)


def test_a_prediction_that_is_not_the_games_is_refused(clock, data):
    class Older(AgePosterior):
        def score(self, table):
            scores = super().score(table)
            shift = {"prediction": scores.prediction + 1e-6, "base_value": scores.base_value + 1e-6}
            return replace(scores, **shift)

    with pytest.raises(NotAdditive):
        check_posterior(Older(clock.manifest, clock.parameters), data)


def test_path_dependent_trees_add_up_to_what_lightgbm_predicts(trees):
    assert check_trees(*trees)["passed"] is True


def test_trees_that_do_not_add_up_are_refused(trees):
    model, columns = trees
    model.predict = lambda asked: LGBMRegressor.predict(model, asked) + 1e-3

    with pytest.raises(NotAdditive, match="TreeExplainer"):
        check_trees(model, columns)
