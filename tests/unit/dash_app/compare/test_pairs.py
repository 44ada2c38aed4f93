"""Which two panels can be compared, and what is said of those that cannot."""

import json
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from unit.dash_app.compare.made_up import comparison_wire
from unit.dash_app.history.made_up import draft, entry
from unit.dash_app.history.made_up import result as short
from unit.dash_app.result.made_up import GLUCOSE, result, row, wire
from unit.dash_app.web_app import api, app_with, callback, log_in, problem

MODEL = {"name": "a-clock", "version": "1.0.0"}
OTHER = {"name": "other", "version": "1.0.0"}
TASKS = {
    "old": wire(id="old", model=MODEL, measured_on="2025-01-10"),
    "new": wire(
        id="new",
        model=MODEL,
        measured_on="2026-01-10",
        result=result(prediction=51.0, contributions=[row(value=5.0, years=1.0)]),
    ),
    "old2": wire(id="old2", model=OTHER, measured_on="2025-01-10"),
    "new2": wire(id="new2", model=OTHER, measured_on="2026-01-10"),
}
NOISE = {
    "real": False,
    "sentence": "This change is within noise: the same person's results differ.",
    "measurement": {"sd": 2, "minimum_detectable_change": 5.5, "left_out": [], "reason": None},
}
REAL = {**NOISE, "real": True, "sentence": "This change is larger than chance explains."}
CHANGED = {
    "feature": "glucose", "label": "Blood glucose", "unit": "mmol/L", "before": 6.1, "after": 5.0,
    "changed": True, "reference_range": {"low": 3.9, "high": 5.6, "source": "made up"},
}  # fmt: skip


def panel(name: str, day: str, *tasks: str, **more: Any) -> dict[str, Any]:
    """A panel of these tasks."""
    results = [
        short(
            task_id=each, model=TASKS[each]["model"], prediction=TASKS[each]["result"]["prediction"]
        )
        for each in tasks
    ]
    return entry(*results, id=name, measured_on=day, **more)


PANELS = {
    "old": panel("old", "2025-01-10", "old"),
    "new": panel("new", "2026-01-10", "new"),
    "draft": entry(draft(task_id="draft"), id="draft"),
    "new2": panel("new2", "2026-01-10", "new2"),
    "a": panel("a", "2025-01-10", "old", "old2", assessment_id="a"),
    "b": panel("b", "2026-01-10", "new", "new2", assessment_id="b"),
}


def compared(before: str, after: str) -> dict[str, Any]:
    """As the service compares two panels: the tasks of a clock in both."""
    first, second = PANELS[before], PANELS[after]
    pairs = [
        (one["task_id"], other["task_id"])
        for one in first["results"]
        for other in second["results"]
        if one["model"] == other["model"] and one["prediction"] and other["prediction"]
    ]
    left_out = [] if pairs else [("a-clock", "only_before"), ("other", "only_after")]
    return {
        "before": first,
        "after": second,
        "years_passed": 1.0,
        "comparisons": [
            comparison_wire(TASKS[x], TASKS[y], **(REAL if x == "old2" else NOISE))
            for x, y in pairs
        ],
        "not_compared": [{"model": m, "reason": r, "detail": ""} for m, r in left_out],
        "biomarkers": [CHANGED, {**CHANGED, "feature": "x", "changed": False}],
    }


def assessment(name: str) -> dict[str, Any]:
    """With its tasks."""
    tasks = [TASKS[each["task_id"]] for each in PANELS[name]["results"]]
    return {
        "id": name, "answers": {}, "units": {}, "chronological_age": 50, "age_from_profile": False,
        "measured_on": PANELS[name]["measured_on"], "context": [], "baseline": None, "price": 2,
        "charged": 2, "created_at": "2026-05-04T21:30:00+00:00", "tasks": tasks, "not_run": [],
    }  # fmt: skip


def service(request: httpx.Request) -> httpx.Response:
    """An API that knows the panels above, and no clock."""
    path = request.url.path
    name = path.rsplit("/", 1)[-1]
    if "/compare/" in path:
        pair = path.removeprefix("/api/timeline/").split("/")[::2]
        if not all(each in PANELS for each in pair):
            return problem(404)
        as_given = request.url.params.get("as_given") == "true"
        ordered = pair if as_given else sorted(pair, key=lambda p: PANELS[p]["measured_on"])
        return httpx.Response(200, json=compared(*ordered))
    if path.startswith("/api/assessments/"):
        return httpx.Response(200, json=assessment(name))
    if path.startswith("/api/tasks/"):
        return httpx.Response(200, json=TASKS[name])
    if path == "/api/biomarkers":
        return httpx.Response(200, json={"items": [GLUCOSE], "next_cursor": None})
    if path == "/api/ml-models":
        return httpx.Response(200, json={"items": [], "next_cursor": None})
    return api()(request)


@pytest.fixture(scope="module")
def browser() -> FlaskClient:
    """Of somebody who is logged in."""
    found = app_with(service).test_client()
    log_in(found)
    return found


def shown(browser: FlaskClient, search: str) -> str:
    return json.dumps(callback(browser, "/compare", search).get_json(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("search", "told"),
    [
        ("?a=old&b=old", "You chose the same assessment twice"),
        ("?a=old&b=draft", "has no result yet"),
        ("?a=draft&b=old", "has no result yet"),
        ("?a=old&b=", "Tick two assessments in your history"),
        ("", "Tick two assessments in your history"),
        ("?a=old&b=new2", "The two results come from different clocks: a-clock, other."),
    ],
)
def test_what_cannot_be_compared_is_said(browser: FlaskClient, search: str, told: str) -> None:
    page = shown(browser, search)
    assert told in page
    assert '"href": "/history"' in page
    assert "Why did it change?" not in page


def test_two_results_of_one_clock_are_explained_the_one_measured_first_before(
    browser: FlaskClient,
) -> None:
    for search in ("?a=old&b=new", "?a=new&b=old"):
        page = shown(browser, search)
        assert page.index("Within noise") < page.index("Why did it change?")
        assert page.index("/results/old") < page.index("/results/new")
        assert "This change is within noise: the same person's results differ." in page
        assert "From 10 Jan 2025 to 10 Jan 2026: 12 months passed." in page
        assert '"compare-within-noise"' in page
    turned = shown(browser, "?a=new&b=old&order=given")
    assert turned.index("/results/new") < turned.index("/results/old")
    assert "From 10 Jan 2026 back to 10 Jan 2025: 12 months before." in turned


def test_biomarkers_that_changed_stand_beside_what_is_usual(browser: FlaskClient) -> None:
    page = shown(browser, "?a=old&b=new")
    table = page[page.index("Biomarkers that changed") :]
    for words in ("6.1 mmol/L", "above range", "5 mmol/L", "in range", "3.9 to 5.6 mmol/L"):
        assert words in table
    assert "1 value did not change." in table


def test_several_clocks_begin_with_how_many_changed_by_more_than_noise(
    browser: FlaskClient,
) -> None:
    page = shown(browser, "?a=a&b=b")
    assert "1 of 2 clocks changed by more than noise" in page
    assert "More than noise: other 0.0 years." in page
    assert "measured twice may differ as much: a-clock −1.0 years." in page
    assert page.index("Clock by clock") < page.index("One clock in detail")
    assert "up to 5.5 years by chance" in page
    assert page.count("Why did it change?") == 2
    assert '"keepMounted": false' in page  # a hidden figure would have no width


def test_what_somebody_else_has_does_not_exist(browser: FlaskClient) -> None:
    assert "Page not found" in shown(browser, "?a=old&b=unknown")
