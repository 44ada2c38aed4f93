"""Every shipped clock through the same path: listed, priced, scored, charged, explained."""

from collections.abc import Callable

import pytest
from agelens.clocks.bundles import SHIPPED
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field
from integration.conftest import PersonFactory

RunJobs = Callable[[], None]
NAMES = sorted({directory.parent.name for directory in SHIPPED})
# One person who has what the blood clocks ask for, in the units of an American laboratory.
ANSWERS = {
    "sex": "male", "albumin": 4.2, "creatinine": 0.9, "glucose": 95, "crp": 0.2,
    "lymphocytes": 30, "mean_cell_volume": 90, "red_cell_width": 13,
    "alkaline_phosphatase": 70, "white_cells": 6.5, "fev1": 3.4, "systolic_bp": 130,
    "total_cholesterol": 200, "hba1c": 5.5, "urea_nitrogen": 14,
}  # fmt: skip
UNITS = {
    "albumin": "g/dL", "creatinine": "mg/dL", "glucose": "mg/dL", "crp": "mg/dL",
    "total_cholesterol": "mg/dL",
}  # fmt: skip

OF_MANY = ("bortz",)  # the person has too few of its 25 markers


def asked(http: FlaskClient, name: str, **changes: object) -> dict[str, object]:
    """A request with as much of the person as this clock takes."""
    features = http.get(f"/api/ml-models/{name}").json["features"]
    takes = {f["key"] for f in features}
    examples = {f["key"]: f["example"] for f in features if f["required"] or name in OF_MANY}
    answers = {k: v for k, v in {**examples, **ANSWERS, **changes}.items() if k in takes}
    units = {k: v for k, v in UNITS.items() if k in answers and k not in changes}
    return {"answers": answers, "units": units, "model": name, "chronological_age": 50}


def test_every_shipped_clock_is_listed_with_its_price(http: FlaskClient) -> None:
    prices = {m["name"]: m["price"] for m in http.get("/api/ml-models").json["items"]}
    assert set(prices) >= set(NAMES)
    assert (prices["phenoage"], prices["kdm"], prices["dysregulation"]) == (5, 5, 5)


@pytest.mark.parametrize("name", NAMES)
def test_every_clock_is_scored_charged_and_explained(
    http: FlaskClient, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(50)
    sent = one.predict(**asked(http, name))
    assert sent.status_code == 202, sent.text
    run_jobs()
    task = one.task(sent.json["task_id"])
    price = http.get(f"/api/ml-models/{name}").json["price"]
    assert (task["status"], task["charged"]) == ("succeeded", price)
    result = task["result"]
    total = result["base_value"] + sum(row["years"] for row in result["contributions"])
    assert total == pytest.approx(result["prediction"], abs=1e-6)
    assert (result["interval"] is None) == bool(result["interval_reason"])
    assert (result["age_gap"] is None) == (result["unit"] != "years")
    assert ("log_hd" in result["derived"]) == (name == "dysregulation")


@pytest.mark.parametrize("name", ["phenoage", "dysregulation"])
def test_a_missing_marker_is_named_and_costs_nothing(
    http: FlaskClient, person: PersonFactory, name: str
) -> None:
    one = person(50)
    body = asked(http, name)
    del body["answers"]["crp"]
    del body["units"]["crp"]
    expect_field(one.predict(**body), "/answers/crp")
    assert one.get("/api/wallet").json == {"balance": 50, "held": 0, "available": 50}


@pytest.mark.parametrize("name", ["phenoage", "kdm", "dysregulation"])
def test_a_unit_mistake_is_refused_with_the_unit_that_fits(
    http: FlaskClient, person: PersonFactory, name: str
) -> None:
    response = person(50).predict(**asked(http, name, albumin=4.2))
    expect_field(response, "/answers/albumin")
    assert "would fit in g/dL" in response.text


@pytest.mark.parametrize("name", ["phenoage", "kdm", "dysregulation"])
def test_published_clocks_are_for_adults_and_warn_where_they_extrapolate(
    http: FlaskClient, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one, request = person(50), asked(http, name, albumin=20)
    refused = one.predict(**request | {"chronological_age": 17})
    expect_field(refused, "/chronological_age", "must be between 18 and 110 for this clock")
    assert http.get(f"/api/ml-models/{name}").json["ages"] == [18, 110]
    sent = one.predict(**request | {"chronological_age": 90})
    run_jobs()
    warnings = one.task(sent.json["task_id"])["result"]["warnings"]
    assert "albumin is beyond the training data" in warnings
    assert "chronological_age is beyond 20 to 85, where this clock was validated" in warnings
    assert any(warning.startswith("albumin 20 g/L is unusual: nearly all") for warning in warnings)
