"""Results as frames, as explanations for shap's plots, and as figures."""

from collections.abc import Iterator
from typing import Any

import httpx
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from agelens.client import Result, frame_to_shap
from unit.client.cohort_wire import SUCCEEDED
from unit.client.stub import RESULT, TASK, Stub, client_of

PART = RESULT["contributions"][0]  # type: ignore[index]
PARTS = [
    {**PART, "reference_range": {"low": 3.9, "high": 5.6}},
    {
        **PART,
        "feature": "smoking_status",
        "label": "Smoking",
        "value": "former",
        "unit": "",
        "years": 0.75,
    },
    {**PART, "feature": "crp", "label": "CRP", "value": None, "years": 0.25, "imputed": True},
]
EXPLAINED = RESULT | {"contributions": PARTS, "prediction": 52.0, "base_value": 53.5}
COHORT_RESULTS = pd.DataFrame(
    {
        "row": [1, 2, 3],
        "prediction": [52.0, np.nan, 48.5],
        "base_value": [50.0, np.nan, 50.0],
        "contribution:crp": [1.5, np.nan, -1.0],
        "contribution:hdl": [0.5, np.nan, -0.5],
        "error": [None, "sex is missing", None],
    }
)


@pytest.fixture
def result() -> Result:
    task = TASK | {"status": "succeeded", "result": EXPLAINED}
    return client_of(Stub(httpx.Response(200, json=task))).wait("t1")


@pytest.fixture
def plt() -> Iterator[Any]:
    mpl.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_a_result_as_a_frame_has_a_row_per_contribution(result: Result) -> None:
    frame = result.to_frame()
    assert list(frame.index) == ["glucose", "smoking_status", "crp"]
    assert frame.index.name == "feature"
    assert frame.loc["glucose", ["label", "value", "unit", "years"]].tolist() == [
        "Blood glucose", 5.4, "mmol/L", -2.5,
    ]  # fmt: skip
    assert frame.loc["glucose", ["reference_low", "reference_high"]].tolist() == [3.9, 5.6]
    assert frame["imputed"].tolist() == [False, False, True]
    assert result.base_value + frame["years"].sum() == pytest.approx(result.prediction, abs=1e-9)


def test_an_explanation_adds_up_to_the_prediction(result: Result) -> None:
    explanation = result.to_shap()
    total = explanation.base_values + explanation.values.sum()
    assert total == pytest.approx(result.prediction, abs=1e-9)
    assert explanation.feature_names == ["Blood glucose", "Smoking", "CRP"]
    assert list(explanation.data[:2]) == [5.4, "former"]
    assert np.isnan(explanation.data[2])


@pytest.mark.parametrize("plot", ["waterfall", "bar"])
def test_the_plots_of_shap_draw_one_person(result: Result, plt: Any, plot: str) -> None:
    import shap

    axes = getattr(shap.plots, plot)(result.to_shap(), show=False)
    labels = {label.get_text() for label in axes.get_yticklabels()}
    assert any("Smoking" in label for label in labels)


def test_a_cohort_explained_leaves_out_who_was_not_scored() -> None:
    explanation = frame_to_shap(COHORT_RESULTS)
    sums = explanation.base_values + explanation.values.sum(axis=1)
    assert sums.tolist() == [52.0, 48.5]
    assert explanation.feature_names == ["crp", "hdl"]
    assert explanation.data is None


def test_a_cohort_explained_with_its_data_has_them_row_by_row() -> None:
    people = pd.DataFrame({"hdl": [1.1, 1.2, 1.3], "age": [40, 50, 60]}, index=[9, 9, 8])
    explanation = frame_to_shap(COHORT_RESULTS, people)
    assert explanation.data[:, 1].tolist() == [1.1, 1.3]
    assert np.isnan(explanation.data[:, 0]).all()


@pytest.mark.parametrize("data", [None, pd.DataFrame({"crp": [1.0, 2.0, 3.0], "hdl": 1.0})])
def test_the_plots_of_shap_draw_many_people(plt: Any, data: pd.DataFrame | None) -> None:
    import shap

    axes = shap.plots.beeswarm(frame_to_shap(COHORT_RESULTS, data), show=False)
    assert {"crp", "hdl"} <= {label.get_text() for label in axes.get_yticklabels()}


def test_what_cannot_be_explained_is_said() -> None:
    with pytest.raises(ValueError, match="contributions=True"):
        frame_to_shap(COHORT_RESULTS[["row", "prediction", "base_value"]])
    with pytest.raises(ValueError, match="2 rows, the frame has 3"):
        frame_to_shap(COHORT_RESULTS, pd.DataFrame({"crp": [1, 2]}))


def test_a_cohort_is_explained_at_once(tmp_path: Any) -> None:
    place = tmp_path / "results.parquet"
    COHORT_RESULTS.to_parquet(place)
    answers = (httpx.Response(200, json=SUCCEEDED), httpx.Response(200, content=place.read_bytes()))
    explanation = client_of(Stub(*answers)).cohorts["c1"].to_shap()
    assert explanation.values.shape == (2, 2)


def test_the_waterfall_is_the_one_of_the_web_app(result: Result) -> None:
    from agelens import charts

    assert result.waterfall(most=2).to_json() == charts.waterfall(EXPLAINED, most=2).to_json()
