"""Clocks and biomarkers, for everybody."""

from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem

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


def test_the_list_begins_with_the_default(http: FlaskClient) -> None:
    page = http.get("/api/ml-models").json
    assert set(page) == {"items", "next_cursor"}
    assert page["items"][0]["name"] == "kaggle-age"
    assert [model["default"] for model in page["items"]].count(True) == 1


def test_a_clock_is_found_by_name(http: FlaskClient) -> None:
    by_name = http.get("/api/ml-models/kaggle-age")
    assert by_name.status_code == 200
    assert by_name.json == http.get("/api/ml-models/default").json


def test_an_unknown_clock_is_404(http: FlaskClient) -> None:
    for name in ("nonsense", "kaggle-age%20", "KAGGLE-AGE", "x" * 3000, "%F0%9F%92%A9"):
        expect_problem(http.get(f"/api/ml-models/{name}"), 404, "not_found")


def test_features_say_how_to_answer_them(http: FlaskClient) -> None:
    features = {f["key"]: f for f in http.get("/api/ml-models/default").json["features"]}
    for feature in features.values():
        assert set(feature) >= FEATURE
    bp, sex, cholesterol = (features[k] for k in ("systolic_bp", "sex", "total_cholesterol"))
    assert (bp["kind"], bp["unit"], bp["choices"]) == ("number", "mmHg", [])
    assert bp["plausible"] == [50.0, 300.0]
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
