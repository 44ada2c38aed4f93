"""What the page of a scored cohort says and leads to."""

import ast
from typing import Any

import httpx
from agelens.client import Cohort
from unit.client.cohort_wire import FAILED, RUNNING, SUCCEEDED, SUMMARY
from unit.client.stub import Stub, client_of

from dash_app.pages.cohorts import downloads, listing, progress, summary


def cohort(wire: dict[str, Any], **other: Any) -> Cohort:
    return client_of(Stub(httpx.Response(200, json=wire | other))).cohorts["c1"]


def told(part: Any) -> str:
    return str(part.to_plotly_json())


def test_what_was_charged_and_what_came_back_add_up() -> None:
    said = told(summary.money(cohort(SUCCEEDED)))
    for words in ("190 of 200 rows", "10 rows", "570 credits", "30 credits", "4 rows"):
        assert words in said


def test_the_numbers_are_those_of_the_summary() -> None:
    said = told(summary.section(cohort(SUCCEEDED)))
    for words in ("51.2 ± 9.5 years", "51.0 years", "33.0 to 66.0", "20.0 and 88.0", "1.5 years"):
        assert words in said
    assert "C-reactive <protein> (7)" in said


def test_every_figure_is_told_in_words() -> None:
    said = told(summary.section(cohort(SUCCEEDED)))
    assert "Histogram of 190 results: mean ± sd 51.2 ± 9.5 years" in said
    assert "Mean absolute effect of each factor in years: C-reactive <protein> 2.2." in said
    assert "cohorts-gaps" in said


def test_a_clock_that_measures_no_age_has_no_age_gaps() -> None:
    other = SUMMARY | {"unit": "SD", "age_gap": None}
    said = told(summary.section(cohort(SUCCEEDED, summary=other)))
    assert "cohorts-gaps" not in said
    assert "Mean age gap" not in said
    assert "51.25 ± 9.50 SD" in said


def test_a_cohort_of_which_nothing_was_scored_says_so() -> None:
    nobody = SUMMARY | {"scored": 0, "prediction": None, "histogram": None, "age_gap": None}
    assert "No rows could be scored." in told(summary.section(cohort(SUCCEEDED, summary=nobody)))


def test_results_are_taken_from_this_web_app_and_no_address_has_a_token() -> None:
    place = downloads.address(cohort(SUCCEEDED), "parquet", contributions=False)
    assert place == "/cohorts/c1/results?format=parquet&contributions=false"


def test_the_program_opens_this_cohort() -> None:
    code = downloads.as_python(cohort(SUCCEEDED), "https://age.example")
    ast.parse(code)
    assert "'https://age.example'" in code
    assert "client.cohorts['c1']" in code


def test_a_waiting_cohort_waits_and_a_running_one_says_how_far_it_is() -> None:
    assert "50 of 200 rows done" in str(progress.bar(cohort(RUNNING)))
    why = {"reason": "workers", "cohorts_ahead": 0, "message": "No worker is running."}
    queued = str(progress.bar(cohort(RUNNING, status="queued", waiting_for=why)))
    assert "Waiting for a worker" in queued
    assert "No worker is running." in queued


def test_a_cohort_in_the_list_says_what_it_cost_or_may_cost() -> None:
    assert listing.price(cohort(SUCCEEDED)) == "570"
    assert listing.price(cohort(RUNNING)) == "up to 600"
    assert listing.price(cohort(FAILED)) == "nothing"
    assert listing.price(cohort(RUNNING, status="draft")) is None
