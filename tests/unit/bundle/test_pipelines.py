"""A fitted pipeline becomes a clock: the same numbers, explained exactly, with an interval."""

import json
import warnings

import agelens
import numpy as np
import pandas as pd
import pytest
from agelens import bundle
from agelens.domain.errors import InvalidBundle, InvalidInput
from agelens.domain.registry import biomarker
from fitted_pipelines import (
    METHODS,
    PIPELINES,
    READING,
    canonical_frame,
    fitted,
    made,
    made_up_people,
    prepared,
)
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

NAMED = {"name": "own", "title": "Own"}
PEOPLE, AGE = made_up_people()


def contributions(answers):
    return answers.filter(like="contribution:").fillna(0).sum(axis=1)


@pytest.mark.parametrize("kind", PIPELINES)
def test_the_clock_says_what_the_pipeline_says_and_every_explanation_adds_up(kind):
    answers = made(kind).clock.predict(canonical_frame(PEOPLE[600:]))

    assert answers["error"].isna().all()
    given = fitted(kind).predict(PEOPLE[600:])
    np.testing.assert_allclose(answers["prediction"], given, rtol=0, atol=1e-9)
    gaps = answers["base_value"] + contributions(answers) - answers["prediction"]
    assert np.abs(gaps).max() < 1e-9


@pytest.mark.parametrize(("kind", "method"), METHODS.items())
def test_linear_pipelines_and_trees_are_explained_without_enumerating(kind, method):
    assert json.loads(made(kind).files["parameters.json"])["method"] == method


@pytest.mark.parametrize("kind", PIPELINES)
def test_columns_made_of_one_biomarker_are_one_contribution(kind):
    answers = made(kind).clock.predict(canonical_frame(PEOPLE[:1]))

    assert {name.partition(":")[2] for name in answers.filter(like="contribution:")} == {
        "systolic_bp", "albumin", "bmi", "sex", "smoking_status",
    }  # fmt: skip


def test_a_written_bundle_is_opened_by_its_path_and_gives_the_same_numbers(tmp_path):
    where = made("spline").write(tmp_path / "own")
    frame = canonical_frame(PEOPLE[:20])

    opened = agelens.load(where)

    pd.testing.assert_frame_equal(opened.predict(frame), made("spline").clock.predict(frame))
    assert opened.card == made("spline").files["card.md"].decode()
    assert opened.explain(frame).values.shape == (20, 5)


def test_the_same_pipeline_gives_the_same_bytes():
    again = made.__wrapped__("forest")

    assert again.files == made("forest").files


def test_the_schema_has_keys_canonical_training_ranges_and_what_may_be_missing():
    features = {feature.key: feature for feature in made("ridge").clock.features}

    low, high = features["albumin"].training
    assert (low, high) == pytest.approx(
        (PEOPLE[:600]["alb"].min() * 10, PEOPLE[:600]["alb"].max() * 10)
    )
    assert features["smoking_status"].training is None
    required = {key for key, feature in features.items() if feature.required}
    assert "albumin" not in required
    assert "smoking_status" in required


def test_what_is_missing_is_marked_and_explained_as_the_pipeline_takes_it():
    frame = canonical_frame(PEOPLE[600:620].assign(alb=np.nan))
    clock = made("ridge").clock

    answers = clock.predict(frame)

    given = fitted("ridge").predict(PEOPLE[600:620].assign(alb=np.nan))
    np.testing.assert_allclose(answers["prediction"], given, rtol=0, atol=1e-9)
    assert answers["error"].isna().all()
    assert answers["interval_low"].notna().all()  # some of the calibration people lacked it, too
    assert answers["contribution:albumin"].nunique() == 1


def test_there_is_no_interval_for_somebody_who_lacks_what_no_calibration_person_lacked():
    answers = made("ridge").clock.predict(canonical_frame(PEOPLE[600:620].assign(bmi=np.nan)))

    assert answers["prediction"].notna().all()
    assert answers["interval_low"].isna().all()


def test_a_value_that_the_pipeline_needs_is_its_rows_error_alone():
    frame = canonical_frame(PEOPLE[600:604])
    frame.loc[frame.index[1], "smoking_status"] = None

    answers = made("ridge").clock.predict(frame)

    assert answers["prediction"].isna().tolist() == [False, True, False, False]
    assert "smoking_status" in answers["error"].iloc[1]


def test_a_choice_that_nobody_had_in_training_is_its_rows_error():
    few = PEOPLE[:600].query("smoking_status != 'former'")
    pipeline = PIPELINES["ridge"]().fit(few, AGE[few.index])
    clock = bundle.from_estimator(pipeline, few, **NAMED, **READING).clock

    answers = clock.predict(canonical_frame(PEOPLE[600:640]))

    former = (PEOPLE[600:640]["smoking_status"] == "former").to_numpy()
    assert former.any()
    assert (answers["prediction"].isna().to_numpy() == former).all()
    assert "nobody in the training data" in answers["error"].to_numpy()[former][0]


def test_the_interval_is_the_conformal_quantile_of_the_held_out_errors():
    answers = made("ridge", level=0.8).clock.predict(canonical_frame(PEOPLE[600:]))

    errors = np.sort(np.abs(AGE[600:] - fitted("ridge").predict(PEOPLE[600:])))
    expected = errors[int(np.ceil(301 * 0.8)) - 1]
    half = answers["interval_high"] - answers["prediction"]
    np.testing.assert_allclose(half, expected, rtol=0, atol=1e-9)


def test_new_people_are_covered_as_often_as_the_interval_says():
    people, age = made_up_people(4000, seed=8)

    answers = made("ridge").clock.predict(canonical_frame(people))

    inside = (answers["interval_low"] <= age) & (age <= answers["interval_high"])
    assert 0.86 < inside.mean() < 0.94  # 300 calibration people: a standard deviation of 1.7 %


def test_without_held_out_people_the_interval_is_none_with_the_reason():
    made_without = bundle.from_estimator(
        fitted("ridge"), PEOPLE[:600], **NAMED, **READING, no_interval="all people were needed"
    )

    assert made_without.manifest.interval_level is None
    assert made_without.manifest.interval_method == "none: all people were needed"
    assert "not held" not in made_without.clock.card
    assert made_without.manifest.metrics == {}


def test_the_card_says_what_was_given_and_not_stated_for_the_rest():
    card = made("ridge").files["card.md"].decode()

    headings = [line for line in card.splitlines() if line.startswith("## ")]
    assert headings == [
        "## What it answers", "## What it is not", "## Data", "## Measured", "## Limits",
        "## How it is made",
    ]  # fmt: skip
    assert (card.count("\nNot stated."), card.count("\nOtherwise not stated.")) == (2, 3)
    errors = AGE[600:] - fitted("ridge").predict(PEOPLE[600:])
    assert f"mean absolute error {np.abs(errors).mean():.2f} years" in card
    given = bundle.from_estimator(
        fitted("ridge"), PEOPLE[:600], **NAMED, **READING,
        card={"answers": "Age, from a panel.", "source": "Doe, J. Ages. 2026."},
    ).clock  # fmt: skip
    assert "Age, from a panel." in given.card
    assert "Doe, J. Ages. 2026." in given.citation


def test_a_chronological_age_that_the_pipeline_reads_moves_the_base_value():
    people = PEOPLE[:600].assign(years=AGE[:600])
    pipeline = make_pipeline(
        prepared(StandardScaler()).set_params(remainder="passthrough"), Ridge()
    ).fit(people, AGE[:600] + people["sbp"] / 10)
    made_with = bundle.from_estimator(
        pipeline, people, **NAMED,
        **{**READING, "columns": {**READING["columns"], "years": "chronological_age"}},
    )  # fmt: skip
    frame = canonical_frame(PEOPLE[600:602]).assign(chronological_age=[30.0, 60.0])
    frame.iloc[1, :5] = frame.iloc[0, :5]

    answers = made_with.clock.predict(frame)

    assert made_with.manifest.needs_age
    assert "chronological_age" not in [f.key for f in made_with.manifest.features]
    np.testing.assert_allclose(*contributions(answers), atol=1e-9)
    moved = np.diff(answers["base_value"])[0]
    assert moved == pytest.approx(np.diff(answers["prediction"])[0], abs=1e-9)
    assert moved == pytest.approx(30, abs=2)


def test_of_a_search_the_best_pipeline_is_taken():
    search = GridSearchCV(PIPELINES["ridge"](), {"ridge__alpha": [0.1, 10]}, cv=3)
    search.fit(PEOPLE[:600], AGE[:600])

    clock = bundle.from_estimator(search, PEOPLE[:600], **NAMED, **READING).clock

    answers = clock.predict(canonical_frame(PEOPLE[600:610]))
    np.testing.assert_allclose(answers["prediction"], search.predict(PEOPLE[600:610]), atol=1e-9)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"columns": {}}, "columns", '"sbp" is no registry key'),
        ({"columns": {"sbp": "sistolic_bp", "alb": "albumin"}}, "columns", '"systolic_bp"'),
        ({"columns": {**READING["columns"], "hdl": "hdl"}}, "columns", "no column hdl"),
        ({"columns": {"sbp": "albumin", "alb": "albumin"}}, "columns", "two columns answer albumin"),
        ({"units": {"albumin": "mmol/L"}}, "units", "not one of g/L, g/dL"),
        ({"units": {}}, "units", "units={'albumin': 'g/dL'} would fit"),
        ({"units": {**READING["units"], "hdl": "mg/dL"}}, "units", "no column answers hdl"),
        ({"values": {}}, "values", "sex holds 1, 2"),
        ({"values": {"sex": {"man": 1, "woman": 2}}}, "values", "man, woman"),
        ({"X_calibration": PEOPLE[600:]}, "y_calibration", "go together"),
        ({"X_calibration": PEOPLE[:300], "y_calibration": AGE[:300]}, "X_calibration", "in X too"),
        ({"X_calibration": PEOPLE[600:605], "y_calibration": AGE[600:605]}, "X_calibration", "9 at"),
        ({"X_calibration": PEOPLE[600:].assign(alb="high"), "y_calibration": AGE[600:]}, "X_calibration", "must be numbers"),
        ({"y": ["old"] * 600}, "y", "one number for each of the 600 people"),
        ({"explanation": "lime"}, "explanation", "auto or one of"),
        ({"explanation": "tree"}, "explanation", "no tree"),
        ({"card": {"aim": "?"}}, "card", "headings"),
        ({"version": "1 0"}, "manifest.json", "version"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_its_argument(changes, field, words):
    with pytest.raises((InvalidInput, InvalidBundle)) as refused:
        bundle.from_estimator(fitted("ridge"), PEOPLE[:600], **{**NAMED, **READING, **changes})

    (problem,) = refused.value.problems
    assert problem.field == field
    assert words in problem.message


def test_a_frame_without_the_pipelines_columns_is_refused():
    with pytest.raises(InvalidInput, match="lacks the estimator's columns alb"):
        bundle.from_estimator(fitted("ridge"), PEOPLE.drop(columns="alb"), **NAMED, **READING)


def test_a_pipeline_fitted_on_an_array_is_refused():
    pipeline = LinearRegression().fit(PEOPLE[["sbp"]].to_numpy(), AGE)

    with pytest.raises(InvalidInput, match="fitted on a data frame"):
        bundle.from_estimator(pipeline, PEOPLE, **NAMED)


def test_another_frame_than_the_one_it_was_fitted_on_is_noticed():
    with pytest.raises(InvalidInput, match="units"):
        bundle.from_estimator(
            fitted("ridge"), PEOPLE[:600].assign(sbp=PEOPLE["sbp"] / 7.5), **NAMED, **READING
        )


def test_a_model_that_no_bundle_may_hold_is_named():
    pipeline = make_pipeline(prepared(StandardScaler()), SVR()).fit(PEOPLE[:600], AGE[:600])

    with pytest.raises(InvalidInput, match=r"sklearn\.svm\._classes\.SVR"):
        bundle.from_estimator(pipeline, PEOPLE[:600], **NAMED, **READING)


def test_a_pipeline_that_is_too_large_for_a_bundle_is_refused_before_anything_is_written(
    monkeypatch,
):
    monkeypatch.setattr("agelens.bundle.pipelines.MOST_BYTES", 1000)

    with pytest.raises(InvalidInput, match="may take 1,000"):
        bundle.from_estimator(fitted("forest"), PEOPLE[:600], **NAMED, **READING)


def test_many_biomarkers_of_a_model_that_is_no_sum_are_refused_with_the_reason():
    keys = [
        "albumin",
        "creatinine",
        "glucose",
        "crp",
        "lymphocytes",
        "mean_cell_volume",
        "red_cell_width",
        "alkaline_phosphatase",
        "white_cells",
        "hdl",
        "ldl",
        "triglycerides",
        "uric_acid",
    ]
    random = np.random.default_rng(1)
    middles = {key: sum(biomarker(key).typical or biomarker(key).plausible) / 2 for key in keys}
    people = pd.DataFrame({k: m * random.uniform(0.9, 1.1, 60) for k, m in middles.items()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = PIPELINES["network"]().steps[-1][1]
        pipeline = make_pipeline(StandardScaler(), network).fit(people, random.uniform(20, 80, 60))

    with pytest.raises(InvalidInput, match=r"13 biomarkers .* takes too long: up to 12"):
        bundle.from_estimator(pipeline, people, **NAMED)
