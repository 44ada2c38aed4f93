"""A clock in scikit-learn: its own checks, pipelines, names of columns going in and out."""

import pickle
import subprocess
import sys

import agelens
import numpy as np
import pandas as pd
import polars as pl
import pytest
from agelens.domain.errors import InvalidInput
from agelens.sklearn import ClockRegressor
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline, make_union
from sklearn.utils.estimator_checks import parametrize_with_checks

PEOPLE = pd.DataFrame(
    {
        "chronological_age": [52, 67, 45, 58],
        "albumin": [44, 41, 4.3, 43],
        "creatinine": [70, 95, 80, 75],
        "glucose": [5.1, 6.4, 5.0, 5.5],
        "crp": [1.2, 4.0, 0.8, 2.2],
        "lymphocytes": [32, 24, 30, 28],
        "mean_cell_volume": [90, 93, 88, 91],
        "red_cell_width": [12.9, 14.1, 13.0, 13.3],
        "alkaline_phosphatase": [62, 85, 70, 66],
        "white_cells": [5.8, 7.9, 6.1, 6.6],
    },
    index=["Ada", "Ben", "Cem", "Dan"],
)

COLUMNS = "a clock reads the columns that it was made for; the check's array has another number"
FIXED_COLUMNS = dict.fromkeys(
    [
        "check_dict_unchanged",
        "check_dont_overwrite_parameters",
        "check_estimators_dtypes",
        "check_estimators_fit_returns_self",
        "check_estimators_overwrite_params",
        "check_estimators_pickle",
        "check_f_contiguous_array_estimator",
        "check_fit2d_predict1d",
        "check_fit_check_is_fitted",
        "check_fit_idempotent",
        "check_fit_score_takes_y",
        "check_methods_sample_order_invariance",
        "check_methods_subset_invariance",
        "check_n_features_in",
        "check_n_features_in_after_fitting",
        "check_pipeline_consistency",
        "check_positive_only_tag_during_fit",
        "check_readonly_memmap_input",
        "check_regressors_no_decision_function",
        "check_supervised_y_2d",
        "check_transformer_data_not_an_array",
        "check_transformer_general",
        "check_transformer_preserve_dtypes",
    ],
    COLUMNS,
)
UNLIKELY = "people made of random numbers cannot be scored, and scikit-learn's score takes no NaN"
COUNTED = "what comes as y is for the step behind it: it may be anything, and is only counted"
FIXED_MODEL = {
    "check_fit_score_takes_y": UNLIKELY,
    "check_pipeline_consistency": UNLIKELY,
    "check_supervised_y_2d": COUNTED,
    "check_supervised_y_no_nan": COUNTED,
}


class AnyNumberOfColumns(ClockRegressor):
    """Reads arrays of any number of columns, so that the checks reach what is behind that."""

    def _names_of_array(self, n_features):
        return (*self.inputs, *[""] * n_features)[:n_features]


@parametrize_with_checks(
    [ClockRegressor("phenoage")],
    expected_failed_checks=lambda estimator: FIXED_COLUMNS,
    xfail_strict=True,
)
def test_it_passes_the_checks_of_estimators(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [AnyNumberOfColumns("kaggle-age")],
    expected_failed_checks=lambda estimator: FIXED_MODEL,
    xfail_strict=True,
)
def test_it_passes_them_when_columns_are_named_for_it(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def expected():
    return agelens.load("phenoage").predict(PEOPLE)


@pytest.mark.parametrize(
    "people", [PEOPLE, pl.from_pandas(PEOPLE), PEOPLE.to_numpy()], ids=["pandas", "polars", "array"]
)
def test_predictions_are_those_of_the_clock(people, expected):
    found = ClockRegressor("phenoage").fit(people).predict(people)
    assert (found.dtype, found.shape) == (float, (4,))
    np.testing.assert_array_equal(found, expected["prediction"])
    assert np.isnan(found).tolist() == [False, False, True, False]


def test_what_a_frame_was_called_holds_for_the_array_behind_it(expected):
    turned = PEOPLE[PEOPLE.columns[::-1]]
    fitted = ClockRegressor("phenoage").fit(turned)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        found = fitted.predict(turned.to_numpy())
    np.testing.assert_array_equal(found, expected["prediction"])


def test_ages_are_features_of_another_model(expected):
    clocks = make_union(
        ClockRegressor("phenoage"), ClockRegressor("dysregulation"), verbose_feature_names_out=False
    )
    people = PEOPLE.drop("Cem").assign(sex=["female", "male", "male"])
    found = clocks.set_output(transform="pandas").fit_transform(people)
    assert list(found.columns) == ["phenoage", "phenoage_age_gap", "dysregulation"]
    assert list(found.index) == ["Ada", "Ben", "Dan"]
    of_clock = expected.drop("Cem")
    np.testing.assert_allclose(found["phenoage"], of_clock["prediction"], rtol=1e-14)
    np.testing.assert_allclose(found["phenoage_age_gap"], of_clock["age_gap"], rtol=1e-12)
    model = make_pipeline(clocks, LogisticRegression()).fit(people, ["well", "ill", "well"])
    assert set(model.predict(people)) <= {"well", "ill"}


def test_a_pipeline_hands_it_the_columns_that_it_reads(expected):
    mixed = PEOPLE.drop("Cem").assign(shoe=[40, 44, 42], outcome=[1.0, 2.0, 1.5])
    chosen = make_column_transformer(
        (ClockRegressor("phenoage"), list(PEOPLE.columns)),
        remainder="passthrough",
        verbose_feature_names_out=False,
    ).set_output(transform="polars")
    found = chosen.fit_transform(mixed)
    assert isinstance(found, pl.DataFrame)
    assert found.columns == ["phenoage", "phenoage_age_gap", "shoe", "outcome"]
    np.testing.assert_allclose(found["phenoage"], expected["prediction"].drop("Cem"), rtol=1e-14)


def test_folds_and_copies_say_the_same(expected):
    people = PEOPLE.drop("Cem")
    clock = ClockRegressor(agelens.load("phenoage"))
    found = cross_val_predict(clock, people, [1, 2, 3], cv=3)
    # the last bit may depend on how many are scored at once
    np.testing.assert_allclose(found, expected["prediction"].drop("Cem"), rtol=1e-14)
    fitted = pickle.loads(pickle.dumps(clock.fit(people)))  # noqa: S301  (our own)
    np.testing.assert_array_equal(fitted.predict(people), clock.predict(people))
    copied = clone(ClockRegressor("phenoage", units={"glucose": "mg/dL"}))
    assert copied.get_params()["units"] == {"glucose": "mg/dL"}


def test_units_and_names_are_handed_on(expected):
    other = PEOPLE.rename(columns={"chronological_age": "years", "crp": "CRP (mg/L)"})
    other["glucose"] *= 18.016
    mapping = {"years": "chronological_age", "CRP (mg/L)": "crp"}
    clock = ClockRegressor("phenoage", units={"glucose": "mg/dL"}, mapping=mapping)
    np.testing.assert_allclose(clock.fit(other).predict(other), expected["prediction"], atol=0.01)


def test_what_cannot_be_read_is_said_when_it_is_fitted():
    with pytest.raises(InvalidInput, match="Albumin"):
        ClockRegressor("phenoage").fit(PEOPLE.drop(columns="albumin"))
    with pytest.raises(ValueError, match="of an array phenoage reads 10: chronological_age, albu"):
        ClockRegressor("phenoage").fit(PEOPLE.to_numpy()[:, 1:])
    with pytest.raises(NotFittedError):
        ClockRegressor("phenoage").predict(PEOPLE)


def test_a_missing_scikit_learn_is_said_with_the_extra_that_brings_it():
    code = """
import sys
sys.modules["sklearn"] = None
try:
    import agelens.sklearn
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "scikit-learn, which is not installed: pip install 'agelens[train]'" in done.stdout
