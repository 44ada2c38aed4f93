import numpy as np
import pandas as pd
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock
from lightgbm import LGBMRegressor
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline

from model_training import kaggle_winner
from model_training.candidates import used_features
from model_training.datasets.generated import generate_kaggle
from model_training.datasets.kaggle import load
from model_training.folds import k_folds, rows_of
from model_training.kaggle_plan import CANDIDATES, FEATURES, NAME
from model_training.portable_trees import portable

SEED = 7
OTHERS = [
    (c, settings) for c in CANDIDATES if c.name != NAME for settings in (c.grid[0], c.grid[-1])
]
METRICS = {
    "protocol": "as in a test",
    "mae_years": {NAME: 4.0},
    "selection": {"ahead_years": {}, "won_folds": {NAME: 1}, "mae_years": 4.0},
    "interval": {"mean_width_years": 16.0, "coverage": {"all": 0.9}},
    "half_of_the_markers_missing": {
        "mean_width_years": 20.0, "mae_years": 6.0, "coverage": {"all": 0.9},
    },
    "few_markers": {"1": {"coverage_by_predicted_age": {"all": 0.9}, "mean_width_years": 40.0}},
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """600 made-up people."""
    return load(generate_kaggle(tmp_path_factory.mktemp("winner") / "people.csv", 600, seed=5))


@pytest.fixture(scope="module", params=OTHERS, ids=lambda p: f"{p[0].name} {p[1]}")
def exported(request, data):
    """A candidate with some settings, and the clock of its bundle."""
    candidate, settings = request.param
    made = kaggle_winner.bundle_of(candidate.name, settings, data, "2.0", METRICS, SEED)
    return candidate, settings, load_clock(made.files), made


def people_of(data):
    """Who is fitted and who is held out; of those some lack a marker each."""
    train, held_out = next(k_folds(len(data), kaggle_winner.CALIBRATION_FOLDS, SEED))
    table = rows_of(data.table, held_out)
    columns = {key: values.copy() for key, values in table.columns.items()}
    for place, f in enumerate(FEATURES):
        columns[f.key][place::40] = np.nan
    return train, held_out, Table(columns, table.chronological_age)


def test_the_bundle_predicts_what_the_candidate_does_and_adds_up(exported, data):
    candidate, settings, clock, _ = exported
    train, _, asked = people_of(data)
    predict = candidate.fit(settings, rows_of(data.table, train), data.age[train])
    scores = clock.score(asked)

    assert not scores.errors
    assert scores.prediction == pytest.approx(predict(asked), abs=1e-9)
    total = scores.base_value + scores.contributions.sum(axis=1)
    assert np.abs(total - scores.prediction).max() < 1e-9


def test_it_asks_for_what_the_candidate_reads_and_no_more(exported):
    candidate, settings, clock, _ = exported
    keys = [f.key for f in clock.manifest.features]

    assert keys == [f.key for f in used_features(candidate.name, settings, FEATURES)]
    assert not any(f.required for f in clock.manifest.features)


def test_its_interval_is_the_conformal_quantile_of_people_who_did_not_teach(exported, data):
    candidate, settings, clock, _ = exported
    train, held_out, _ = people_of(data)
    whole = rows_of(data.table, held_out)
    predict = candidate.fit(settings, rows_of(data.table, train), data.age[train])
    errors = np.sort(np.abs(predict(whole) - data.age[held_out]))
    scores = clock.score(whole)

    # 120 people: the ceil(121 * 0.9) = 109th
    assert (scores.high - scores.low) / 2 == pytest.approx(errors[108], abs=1e-9)


def test_its_card_says_what_it_is_and_how_the_candidates_did(exported):
    candidate, _, clock, made = exported

    assert clock.manifest.name == NAME
    assert candidate.name in clock.manifest.title
    assert "as in a test" in made.files["card.md"].decode()
    assert "Not stated" not in made.files["card.md"].decode()


def as_they_are(n_columns):
    return ColumnTransformer([("used", "passthrough", list(range(n_columns)))])


@pytest.mark.parametrize("missing", [False, True])
def test_splits_by_category_become_splits_by_number_also_where_categories_are_missing(missing):
    rng = np.random.default_rng(1)
    effects = np.array([5.0, -3.0, 8.0, 0.0, -6.0])
    category = rng.integers(5, size=800).astype(float)
    people = pd.DataFrame({"x": rng.normal(size=800), "c": category})
    age = 50 + 3 * people["x"].to_numpy() + effects[category.astype(int)]
    if missing:
        people.loc[::7, "c"] = np.nan
    trees = HistGradientBoostingRegressor(
        max_iter=40, max_leaf_nodes=6, categorical_features=[False, True], random_state=0
    )
    model = make_pipeline(as_they_are(2), trees).fit(people, age)
    again = portable(model, people, age)

    assert again[-1].is_categorical_ is None
    assert any(predictor.nodes["is_categorical"].any() for (predictor,) in model[-1]._predictors)
    asked = pd.DataFrame(
        {"x": np.tile([-1.0, 0.5, np.nan], 6), "c": np.repeat([0, 1, 2, 3, 4, np.nan], 3)}
    )
    assert again.predict(asked) == pytest.approx(model.predict(asked), abs=1e-9)
    for (predictor,) in again[-1]._predictors:
        nodes = predictor.nodes
        inner = nodes[nodes["is_leaf"] == 0]
        assert (
            nodes["count"][inner["left"]] + nodes["count"][inner["right"]] == inner["count"]
        ).all()


def test_lightgbm_reads_a_missing_value_as_nought_where_none_was_missing_in_training():
    rng = np.random.default_rng(2)
    people = pd.DataFrame({"x": rng.normal(1, 2, 600), "y": rng.normal(size=600)})
    age = 50 + 5 * people["x"].to_numpy() ** 2
    trees = LGBMRegressor(n_estimators=30, num_leaves=5, n_jobs=1, verbosity=-1)
    model = make_pipeline(as_they_are(2), trees).fit(people, age)
    again = portable(model, people, age)

    asked = pd.DataFrame({"x": [np.nan, 0.0], "y": [0.3, 0.3]})
    told = again.predict(asked)
    assert told == pytest.approx(model.predict(asked), abs=1e-9)
    assert told[0] == told[1]


def test_trees_that_came_out_otherwise_are_refused(monkeypatch):
    people = pd.DataFrame({"x": np.arange(100.0)})
    age = np.arange(100.0)
    model = make_pipeline(as_they_are(1), HistGradientBoostingRegressor(max_iter=5))
    model.fit(people, age)
    monkeypatch.setattr("model_training.portable_trees._histogram_boosting", lambda _: (0.0, []))

    with pytest.raises(ValueError, match="the trees differ by"):
        portable(model, people, age)
