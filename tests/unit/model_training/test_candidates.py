import numpy as np
import pytest
from agelens.clocks.base import Table
from kaggle_people import make_people, write_csv

from model_training.candidates import candidates, matrix, numeric_ridge
from model_training.datasets.kaggle import SIGNALS, load
from model_training.folds import rows_of
from model_training.kaggle_plan import CANDIDATES, FEATURES, NAME, PLAN

LEARNED, ASKED = np.arange(300), np.arange(300, 420)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("candidates")
    return load(write_csv(folder / "train.csv", make_people(420, seed=21)))


def learned(candidate, data, table=None):
    table = data.table if table is None else table
    settings = candidate.grid[0]
    return candidate.fit(settings, rows_of(table, LEARNED), data.age[LEARNED])


def test_the_five_candidates_of_the_comparison_are_there_with_a_grid_each():
    names = [candidate.name for candidate in candidates(NAME, PLAN, FEATURES)]

    assert names == [
        "kaggle-age",
        "numeric ridge",
        "spline ridge",
        "histogram boosting",
        "LightGBM",
    ]
    assert all(len(candidate.grid) >= 3 for candidate in CANDIDATES)


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_each_candidate_learns_age_and_says_the_same_again(candidate, data):
    asked, age = rows_of(data.table, ASKED), data.age[ASKED]
    predicted = learned(candidate, data)(asked)

    assert np.abs(predicted - age).mean() < 0.45 * np.abs(age - age.mean()).mean()
    np.testing.assert_array_equal(predicted, learned(candidate, data)(asked))


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_each_candidate_takes_missing_answers_in_learning_and_asking(candidate, data):
    rng = np.random.default_rng(3)
    columns = {
        key: np.where(rng.random(len(column)) < 0.1, np.nan, column)
        for key, column in data.table.columns.items()
    }
    holes = Table({**columns, "diet": np.full(len(data), np.nan)}, data.table.chronological_age)
    predicted = learned(candidate, data, holes)(rows_of(holes, ASKED))

    age = data.age[ASKED]
    assert np.abs(predicted - age).mean() < 0.6 * np.abs(age - age.mean()).mean()


def test_a_choice_that_nobody_made_in_learning_can_be_asked_about(data):
    never = data.table.column("smoking_status") == 0
    for candidate in CANDIDATES:
        rows = np.flatnonzero(never)[:100]
        predict = candidate.fit(candidate.grid[0], rows_of(data.table, rows), data.age[rows])
        assert np.isfinite(predict(rows_of(data.table, ASKED))).all()


def test_the_numeric_ridge_is_the_textbooks_formula(data):
    numbers = [place for place, f in enumerate(FEATURES) if f.kind == "number"]
    columns, age = matrix(data.table, FEATURES), data.age
    model = numeric_ridge({"penalty": 10.0}, FEATURES).fit(columns[LEARNED], age[LEARNED])

    mean, sd = columns[LEARNED][:, numbers].mean(axis=0), columns[LEARNED][:, numbers].std(axis=0)
    known, asked = ((columns[rows][:, numbers] - mean) / sd for rows in (LEARNED, ASKED))
    centre = age[LEARNED].mean()
    slopes = np.linalg.solve(
        known.T @ known + 10.0 * np.eye(len(numbers)), known.T @ (age[LEARNED] - centre)
    )
    np.testing.assert_allclose(model.predict(columns[ASKED]), centre + asked @ slopes, atol=1e-8)


def test_what_is_not_informative_changes_no_posterior_and_no_spline(data):
    asked = rows_of(data.table, ASKED)
    blank = Table({key: asked.column(key) for key in SIGNALS}, asked.chronological_age)
    for candidate in CANDIDATES:
        if candidate.name in (NAME, "spline ridge"):
            predict = learned(candidate, data)
            np.testing.assert_array_equal(predict(asked), predict(blank))
