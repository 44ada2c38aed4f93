"""What figures of a scored cohort are made of: points against age, what is missing, reasons in groups."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from agelens.settings import Settings
from agelens.storage.files import Files
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.sent_cohorts import PATH, accepted, as_csv, result_rows, send
from integration.conftest import PersonFactory
from integration.people import Person

RunJobs = Callable[[], None]
MARKERS = {
    "albumin": 43, "creatinine": 80, "glucose": 5.2, "crp": 1.2, "lymphocytes": 30,
    "mean_cell_volume": 90, "red_cell_width": 13, "alkaline_phosphatase": 70, "white_cells": 6,
}  # fmt: skip


def blood(count: int) -> list[dict[str, Any]]:
    """People of 20 to 79 who differ in albumin."""
    return [
        {"who": f"P{n}", "sex": ("female", "male")[n % 2], "chronological_age": 20 + n % 60}
        | MARKERS
        | {"albumin": 38 + n % 11}
        for n in range(count)
    ]


@pytest.fixture
def scored(person: PersonFactory, run_jobs: RunJobs) -> Callable[..., tuple[Person, str]]:
    """A person with a cohort of these rows."""

    def make(rows: list[dict[str, Any]], **query: str) -> tuple[Person, str]:
        one = person(10_000)
        made = accepted(send(one, as_csv(rows), query={"model": "phenoage"} | query))
        run_jobs()
        return one, str(made["id"])

    return make


Scored = Callable[..., tuple[Person, str]]


def scatter(one: Person, cohort_id: str, query: str = "") -> Any:
    return accepted(one.get(f"{PATH}/{cohort_id}/scatter{query}"), 200)


def test_every_row_of_a_small_cohort_is_a_point_as_in_its_results(scored: Scored) -> None:
    rows = blood(40)
    rows[3]["albumin"] = ""
    one, cohort_id = scored(rows, id_column="who", model="mortality-age")
    found = scatter(one, cohort_id)
    results = [row for row in result_rows(one, cohort_id) if row["prediction"]]
    assert found["rows"] == len(found["points"]) == len(results) > 0
    assert found["bands"] == []
    for point, row in zip(found["points"], results, strict=True):
        assert (point["row"], point["id"]) == (int(row["row"]), row["id"])
        assert point["prediction"] == float(row["prediction"])
        assert point["age"] == pytest.approx(20 + (point["row"] - 1) % 60)
        assert point["low"] == (float(row["interval_low"]) if row["interval_low"] else None)
        assert set(point) == {"row", "id", "age", "prediction", "low", "high"}, "no other answers"
    assert found["level"] is not None
    assert "chronological_age" not in result_rows(one, cohort_id)[0], "the results are as ever"


def test_a_sample_is_fair_the_same_each_time_and_beside_it_stands_how_all_spread(
    scored: Scored,
) -> None:
    one, cohort_id = scored(blood(1800))
    found, again = (scatter(one, cohort_id, "?points=500") for _ in range(2))
    assert found == again
    assert (found["rows"], len(found["points"])) == (1800, 500)
    rows = [point["row"] for point in found["points"]]
    assert rows == sorted(set(rows))
    assert 750 < np.mean(rows) < 1050, "from everywhere in the file"
    ages = {point["age"] for point in found["points"]}
    assert len(ages) == 60
    results = {int(row["row"]): float(row["prediction"]) for row in result_rows(one, cohort_id)}
    assert len(found["bands"]) == 12
    for band in found["bands"]:
        of = [
            results[row]
            for row in results
            if band["age_from"] <= 20 + (row - 1) % 60 < band["age_to"]
        ]
        assert band["n"] == len(of) == 150
        expected = np.percentile(of, [10, 50, 90], method="inverted_cdf")
        told = [band[name] for name in ("p10", "median", "p90")]
        assert told == pytest.approx(expected, abs=0.051)


def test_it_is_made_when_the_cohort_ends_and_again_where_it_is_gone(
    scored: Scored, settings: Settings
) -> None:
    one, cohort_id = scored(blood(30))
    files, kept = Files.configured(settings), f"cohorts/{cohort_id}/scatter.json"
    found = scatter(one, cohort_id)
    assert files.exists(kept)
    files.delete(kept)
    assert scatter(one, cohort_id) == found
    assert one.delete(f"{PATH}/{cohort_id}").status_code == 204
    assert not files.exists(f"cohorts/{cohort_id}")


def test_a_clock_that_tells_no_age_has_points_too(scored: Scored) -> None:
    one, cohort_id = scored(blood(60), model="dysregulation")
    found = scatter(one, cohort_id)
    assert found["unit"] != "years"
    assert [point["age"] for point in found["points"][:3]] == [20, 21, 22]
    assert found["points"][0]["low"] is None


def test_a_cohort_without_a_scored_row_has_no_points(scored: Scored) -> None:
    one, cohort_id = scored([row | {"albumin": ""} for row in blood(3)])
    assert scatter(one, cohort_id) == {
        "unit": "years", "level": None, "rows": 0, "points": [], "bands": [],
    }  # fmt: skip


def test_the_scatter_is_ones_own_and_of_a_cohort_that_has_results(
    scored: Scored, person: PersonFactory
) -> None:
    one, cohort_id = scored(blood(2))
    expect_problem(person().get(f"{PATH}/{cohort_id}/scatter"), 404, "not_found")
    expect_field(one.get(f"{PATH}/{cohort_id}/scatter?points=0"), "/points")
    expect_field(one.get(f"{PATH}/{cohort_id}/scatter?points=2001"), "/points")
    waiting = accepted(send(one, as_csv(blood(2)), query={"model": "phenoage"}))
    expect_problem(one.get(f"{PATH}/{waiting['id']}/scatter"), 409, "conflict")


def test_the_summary_groups_reasons_and_counts_what_is_missing_together(scored: Scored) -> None:
    rows = blood(30)
    for place in range(6):
        rows[place]["crp"] = rows[place]["white_cells"] = ""
    for place, cell in {10: "1,200.5", 11: "1,300.5", 12: "much"}.items():
        rows[place]["albumin"] = cell
    one, cohort_id = scored(rows)
    summary = one.get(f"{PATH}/{cohort_id}").json["summary"]
    first, *others = summary["grouped_errors"]
    assert first["reason"] == "6 rows lack C-reactive protein and white blood cell count"
    assert first["first_rows"] == [1, 2, 3, 4, 5]
    assert first["advice"]
    assert {each["reason"] for each in others} == {
        "2 rows: albumin must be a number without commas, …",
        "1 row: albumin must be a number, not text",
    }
    missing = summary["missingness"]
    assert missing["rows"] == 30
    assert missing["patterns"][0]["features"] == []
    together = [each for each in missing["patterns"] if len(each["features"]) == 2]
    assert together == [{"features": ["crp", "white_cells"], "rows": 6}]
