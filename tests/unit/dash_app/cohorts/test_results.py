"""What the page of a scored cohort says and leads to."""

import ast
from typing import Any

import httpx
from agelens.client import Cohort
from unit.client.cohort_wire import (
    FAILED,
    GROUPED,
    MISSINGNESS,
    RUNNING,
    SCATTER,
    SUCCEEDED,
    SUMMARY,
)
from unit.client.stub import Stub, client_of

from dash_app.pages.cohorts import (
    age_scatter,
    downloads,
    listing,
    missing_values,
    progress,
    reason_groups,
    summary,
)


def cohort(wire: dict[str, Any], **other: Any) -> Cohort:
    answers = (httpx.Response(200, json=each) for each in (wire | other, SCATTER))
    return client_of(Stub(*answers)).cohorts["c1"]


def told(part: Any) -> str:
    return str(part.to_plotly_json()).replace("\N{NO-BREAK SPACE}", " ")


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
    assert "Histogram of 190 results: mean ± SD 51.2 ± 9.5 years" in said
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


def test_what_is_missing_is_a_figure_in_words_and_two_tables() -> None:
    said = told(missing_values.section(SUMMARY | {"missingness": MISSINGNESS}))  # type: ignore[operator]
    assert missing_values.words(MISSINGNESS).replace("\N{NO-BREAK SPACE}", " ") == (  # type: ignore[arg-type]
        "Missing in 200 rows: C-reactive <protein> 25 %, Blood glucose <1 %. Complete: 75 %."
    )
    assert "C-reactive <protein>, Blood glucose" in said
    assert "Other combinations" in said


def test_of_a_cohort_of_before_it_is_said_what_was_counted_then() -> None:
    assert "C-reactive <protein> (7)" in told(missing_values.section(SUMMARY))  # type: ignore[arg-type]
    nothing: Any = SUMMARY | {"missing": []}
    assert "before AgeLens counted" in told(missing_values.section(nothing))
    complete: Any = [each | {"rows": 0} for each in MISSINGNESS["features"]]
    all_there: Any = SUMMARY | {"missingness": MISSINGNESS | {"features": complete}}
    assert "Every biomarker is there in 200 rows." in told(missing_values.section(all_there))


def test_the_scatter_is_told_in_words_and_by_age_where_not_everybody_is_drawn() -> None:
    words = age_scatter.words(SCATTER)  # type: ignore[arg-type]
    assert words == ("Scatter of 2 of 190 people: ages 31.5 to 50.0, results 30.0 to 52.5 years.")
    band = {"age_from": 50, "age_to": 55, "n": 1200, "p10": 45.0, "median": 52.0, "p90": 59.0}
    one = client_of(
        Stub(
            httpx.Response(200, json=SUCCEEDED),
            httpx.Response(200, json=SCATTER | {"bands": [band]}),
        )
    ).cohorts["c1"]
    said = told(age_scatter.section(one))
    for text in ("50 to 54", "1,200", "45.0 to 59.0"):
        assert text in said


def test_groups_of_reasons_say_how_many_rows_which_and_what_to_do() -> None:
    said = told(reason_groups.table(GROUPED, caption="Reasons", body_id="x"))  # type: ignore[arg-type]
    for text in ("10 rows: blood glucose must be", "3, 1,200, …", "Check the unit."):
        assert text in said
    assert reason_groups.table([], caption="Reasons", body_id="x") is None


def test_a_cohort_with_more_rows_than_a_sheet_has_no_workbook() -> None:
    long = cohort(SUCCEEDED, rows=1_048_576)
    assert "xlsx" not in downloads.formats(long)
    said = told(downloads.too_long_for_excel(long))
    assert "A sheet of Excel holds 1,048,575 rows at most." in said
    fits = cohort(SUCCEEDED, rows=1_048_575)
    assert "xlsx" in downloads.formats(fits)
    assert downloads.too_long_for_excel(fits) is None


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
