"""An explanation against people of one's own age, through the API."""

from collections.abc import Callable

import pytest
from agelens.domain.registry import example_age
from integration.api.problem_shape import expect_field
from integration.api.test_what_if import ask, finished
from integration.conftest import PersonFactory

RunJobs = Callable[[], None]


def test_a_task_is_explained_against_people_of_its_age(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    plain = one.task(finished(one, run_jobs, model="kaggle-age"))
    own_id = finished(one, run_jobs, model="kaggle-age", baseline="own_age")
    own = one.task(own_id)
    assert (plain["baseline"], own["baseline"]) == (None, "own_age")
    before, after = plain["result"], own["result"]
    assert after["prediction"] == before["prediction"]
    assert after["base_value"] == pytest.approx(example_age(), abs=1.5)
    assert before["base_value"] == pytest.approx(53.5)
    assert "same chronological age" in after["base_meaning"]
    total = after["base_value"] + sum(each["years"] for each in after["contributions"])
    assert total == pytest.approx(after["prediction"], abs=1e-6)
    (varied,) = ask(one, own_id, {"glucose": 6.3}).json["results"]
    assert varied["base_value"] == after["base_value"]
    assert one.get("/api/auth/me/export").json["tasks"][0]["baseline"] in (None, "own_age")


def test_results_of_different_baselines_are_compared_by_the_clocks_own(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    plain = finished(one, run_jobs, model="kaggle-age")
    own = finished(one, run_jobs, model="kaggle-age", baseline="own_age")
    compared = one.post(f"/api/tasks/{plain}/compare/{own}").json
    assert compared["change"] == 0
    assert compared["time"]["change"] == 0
    assert {each["change"] for each in compared["markers"]} == {0.0}


def test_it_needs_an_age_and_one_of_its_words(person: PersonFactory) -> None:
    one = person(100)
    body = {"answers": {"glucose": 5.5}, "baseline": "own_age"}
    expect_field(one.post("/api/tasks/predict", body), "/chronological_age", "baseline")
    draft = one.post("/api/tasks", body).json
    assert draft["baseline"] == "own_age"
    expect_field(one.post("/api/tasks/predict", body | {"baseline": "mine"}), "/baseline")
