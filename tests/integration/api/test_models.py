"""Clocks and biomarkers, for everybody."""

from collections.abc import Callable
from typing import Any

import pytest
from agelens.clocks.bundles import SHIPPED
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory

MODEL = {"name", "version", "title", "unit", "price", "default", "features", "metrics", "card"}
FEATURE = {
    "key",
    "label",
    "unit",
    "units",
    "kind",
    "choices",
    "required",
    "plausible",
    "reference",
    "modifiable",
    "group",
    "aliases",
}


def test_the_default_clock_is_the_shipped_one(http: FlaskClient) -> None:
    model = http.get("/api/ml-models/default").json
    assert set(model) >= MODEL
    assert (model["name"], model["unit"], model["default"]) == ("kaggle-age", "years", True)
    assert isinstance(model["price"], int)
    assert model["card"].startswith("#")
    assert model["metrics"]


def test_a_clock_says_how_much_its_answer_differs_when_a_person_is_measured_twice(
    http: FlaskClient,
) -> None:
    pheno = http.get("/api/ml-models/phenoage").json["measurement"]
    assert 1 < pheno["sd"] < 4
    assert pheno["minimum_detectable_change"] == pytest.approx(1.96 * 2**0.5 * pheno["sd"])
    assert (pheno["left_out"], pheno["reason"]) == (["lymphocytes"], None)
    kaggle = http.get("/api/ml-models/kaggle-age").json["measurement"]
    assert (kaggle["sd"], kaggle["minimum_detectable_change"]) == (None, None)
    assert "within-person variation" in kaggle["reason"]
    assert http.get("/api/ml-models").json["items"][0]["measurement"] == kaggle


def test_a_clock_says_what_it_needs_and_what_its_numbers_mean(http: FlaskClient) -> None:
    models = {model["name"]: model for model in http.get("/api/ml-models").json["items"]}
    kaggle, mortality, pheno, kdm = (
        models[name] for name in ("kaggle-age", "mortality-age", "phenoage", "kdm")
    )
    assert (kaggle["needs_age"], kaggle["ages"]) == (False, None)
    # NHANES III, where mortality-age learned, measured adults from 20 to 90
    assert (mortality["needs_age"], mortality["ages"]) == (True, [20.0, 90.0])
    assert kaggle["needs"].startswith("needs at least one of: bone_density, ")
    assert "chronological age" not in kaggle["needs"]
    assert pheno["needs"] == "needs all its 9 markers and chronological age"
    assert kdm["needs"] == "needs at least 7 of its 9 markers, sex and chronological age"
    assert "sex" in mortality["needs"]
    assert kaggle["interval"]["level"] == 0.9
    assert pheno["interval"]["level"] is None
    assert pheno["interval"]["method"].startswith("none: ")
    for model in models.values():
        assert model["base_meaning"]
        assert "Shapley" in model["explanation"]


def test_the_list_begins_with_the_default(http: FlaskClient) -> None:
    page = http.get("/api/ml-models").json
    assert set(page) == {"items", "next_cursor"}
    assert page["items"][0]["name"] == "kaggle-age"
    assert [model["default"] for model in page["items"]].count(True) == 1


def test_a_clock_is_found_by_name(http: FlaskClient) -> None:
    by_name = http.get("/api/ml-models/kaggle-age")
    assert by_name.status_code == 200
    assert by_name.json == http.get("/api/ml-models/default").json


def test_both_forms_of_phenoage_say_how_they_differ_and_light_bioage_which_rank_to_read(
    http: FlaskClient,
) -> None:
    notes = {each["name"]: each["note"] for each in http.get("/api/ml-models").json["items"]}
    assert notes["phenoage"] == notes["phenoage-ln-crp"]
    assert "2.0 years lower on average (5 to 95 %: 0.5 to 3.8)" in notes["phenoage"]
    assert "Below 2.1 mg/L read the rank among NHANES IV" in notes["light-bioage"]
    assert "did not measure 11 of its 25 markers" in notes["bortz"]
    said = {"phenoage", "phenoage-ln-crp", "light-bioage", "bortz"}
    assert {name for name, note in notes.items() if note} == said


def test_only_the_clock_of_synthetic_people_is_a_demonstration(http: FlaskClient) -> None:
    items = http.get("/api/ml-models").json["items"]
    assert {each["name"]: each["demonstration"] for each in items} == {
        each["name"]: each["name"] == "kaggle-age" for each in items
    }


def test_an_unknown_clock_is_404(http: FlaskClient) -> None:
    for name in ("nonsense", "kaggle-age%20", "KAGGLE-AGE", "x" * 3000, "%F0%9F%92%A9"):
        expect_problem(http.get(f"/api/ml-models/{name}"), 404, "not_found")


def test_features_say_how_to_answer_them(http: FlaskClient) -> None:
    features = {f["key"]: f for f in http.get("/api/ml-models/default").json["features"]}
    for feature in features.values():
        assert set(feature) >= FEATURE
    bp, sex, cholesterol = (features[k] for k in ("systolic_bp", "sex", "total_cholesterol"))
    assert (bp["kind"], bp["unit"], bp["choices"]) == ("number", "mmHg", [])
    assert bp["plausible"] == [40.0, 370.0]
    assert "Blood Pressure (s/d)" in [alias["name"] for alias in bp["aliases"]]
    assert sex["kind"] == "choice"
    assert {"female", "male"} <= set(sex["choices"])
    assert {unit["unit"] for unit in cholesterol["units"]} >= {"mmol/L", "mg/dL"}


def test_the_registry_lists_every_biomarker_with_units_ranges_and_sources(
    http: FlaskClient,
) -> None:
    page = http.get("/api/biomarkers").json
    assert page["next_cursor"] is None
    entries = {entry["key"]: entry for entry in page["items"]}
    expected = FEATURE - {"required"}
    assert all(set(entry) >= expected for entry in entries.values())
    # 1 mmol/L of glucose is 18.016 mg/dL (molar mass 180.16 g/mol)
    units = {unit["unit"]: unit["factor"] for unit in entries["glucose"]["units"]}
    assert abs(units["mmol/L"] / units["mg/dL"] - 18.016) < 0.02
    assert entries["glucose"]["reference"]["source"]


def test_every_shipped_clock_is_listed_with_a_price_and_scores_through_the_same_tasks(
    http: FlaskClient, person: PersonFactory, run_jobs: Callable[[], None]
) -> None:
    listed = {model["name"]: model for model in http.get("/api/ml-models").json["items"]}
    shipped = {directory.parent.name for directory in SHIPPED}
    assert shipped <= set(listed)
    one = person(1000)
    task_ids = {}
    for name in shipped:
        answers = {f["key"]: _middle(f) for f in listed[name]["features"]}
        response = one.predict(answers, model=name, chronological_age=50)
        assert response.status_code == 202, response.text
        task_ids[name] = response.json["task_id"]
    run_jobs()
    for name, task_id in task_ids.items():
        task = one.task(task_id)
        assert task["error"] is None, name
        assert task["charged"] == listed[name]["price"] > 0
        result = task["result"]
        total = result["base_value"] + sum(part["years"] for part in result["contributions"])
        assert abs(total - result["prediction"]) < 1e-6
        assert result["unit"] == listed[name]["unit"]


def _middle(feature: dict[str, Any]) -> float | str:
    """An ordinary answer: the middle of what the clock's own people had, else of what can be."""
    if feature["choices"]:
        return str(feature["choices"][0])
    low, high = feature["training"] or feature["plausible"]
    return (low + high) / 2
