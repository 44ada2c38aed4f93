"""The percentiles by age that a chart shows are those that results rank by."""

from typing import Any

import pytest
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.clocks.references import ranking_reference
from agelens.clocks.scoring import predict, read_panel_for
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem

CLOCKS = sorted({directory.parent.name for directory in SHIPPED})
WITHOUT = {"bortz"}
LINES = ["5", "25", "50", "75", "95"]
SEXES = ("female", "male", None)


def curve(http: FlaskClient, name: str, sex: str | None) -> dict[str, Any]:
    query = "" if sex is None else f"?sex={sex}"
    answer = http.get(f"/api/ml-models/{name}/reference-curve{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("name", sorted(set(CLOCKS) - WITHOUT))
def test_a_line_is_at_its_percentile_at_every_age(
    http: FlaskClient, name: str, sex: str | None
) -> None:
    found, clock = curve(http, name, sex), find_clock(name)
    reference = ranking_reference(clock)
    assert reference is not None
    assert list(found["percentiles"]) == LINES
    assert (found["unit"], found["sex"]) == (clock.manifest.unit, sex)
    assert (found["ages"][0], found["ages"][-1]) == reference.ages
    for line, answers in found["percentiles"].items():
        for age, answer in zip(found["ages"], answers, strict=True):
            gap = answer - age if found["unit"] == "years" else answer
            rank = reference.percentile(gap, age, sex)
            assert rank == pytest.approx(float(line), abs=0.5), (age, line)


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("name", sorted(set(CLOCKS) - WITHOUT))
def test_a_result_lies_between_the_lines_around_its_percentile(
    http: FlaskClient, name: str, sex: str
) -> None:
    found, clock = curve(http, name, sex), find_clock(name)
    usual = {f.key: f.example for f in clock.manifest.features} | {"sex": sex}
    units = {f.key: f.unit for f in clock.manifest.features if f.kind == "number"}
    for age in (35, 50, 65):
        result = predict(clock, read_panel_for(clock, usual, units, age))
        ranked = result["age_gap"] if found["unit"] == "years" else result["rank"]
        assert ranked is not None
        assert ranked["reference"] == found["reference"]
        assert sex not in str(found["reference"])
        place = found["ages"].index(age)
        for line, answers in found["percentiles"].items():
            assert ranked["percentile"] is not None
            above = ranked["percentile"] > float(line)
            at_the_end = not 1 < ranked["percentile"] < 99
            assert at_the_end or above == (result["prediction"] > answers[place])


def test_both_sexes_are_called_both_sexes(http: FlaskClient) -> None:
    for name in set(CLOCKS) - WITHOUT:
        assert "both sexes" in curve(http, name, None)["reference"]
        assert "same sex" in curve(http, name, "female")["reference"]


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_a_clock_without_reference_people_has_no_points(http: FlaskClient, name: str) -> None:
    found = curve(http, name, "female")
    assert (found["reference"], found["ages"], found["percentiles"]) == (None, [], {})


def test_a_version_may_be_named_and_an_unknown_clock_or_sex_is_refused(http: FlaskClient) -> None:
    pinned = curve(http, "mortality-age@1.1.0", "male")
    assert pinned["model"] == {"name": "mortality-age", "version": "1.1.0"}
    assert curve(http, "default", None)["model"]["name"] == "kaggle-age"
    expect_problem(http.get("/api/ml-models/none/reference-curve"), 404, "not_found")
    wrong = http.get("/api/ml-models/kdm/reference-curve?sex=both")
    expect_problem(wrong, 422, "invalid_input")
