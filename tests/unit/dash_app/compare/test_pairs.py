"""Which two results can be compared, and what is said of those that cannot."""

import json

import httpx
import pytest
from flask.testing import FlaskClient
from unit.dash_app.compare.made_up import comparison_wire
from unit.dash_app.result.made_up import result, wire
from unit.dash_app.web_app import api, app_with, callback, log_in, problem

TASKS = {
    "old": wire(id="old", created_at="2026-01-01T00:00:00+00:00"),
    "new": wire(id="new", result=result(prediction=51.0)),
    "sd": wire(id="sd", result=result(unit="SD", age_gap=None)),
    "draft": wire(id="draft", status="draft", result=None),
}
NOISE = {
    "real": False,
    "sentence": "This change is within noise: the same person's results differ.",
    "measurement": {"sd": 2, "minimum_detectable_change": 5.5, "left_out": [], "reason": None},
}


def service(request: httpx.Request) -> httpx.Response:
    """An API that knows the tasks above, and no clock."""
    path = request.url.path
    if "/compare/" in path:
        before, _, after = path.removeprefix("/api/tasks/").split("/")
        return httpx.Response(200, json=comparison_wire(TASKS[before], TASKS[after], **NOISE))
    if path.startswith("/api/tasks/"):
        found = TASKS.get(path.rsplit("/", 1)[-1])
        return httpx.Response(200, json=found) if found else problem(404)
    if path == "/api/biomarkers":
        return httpx.Response(200, json={"items": [], "next_cursor": None})
    if path.startswith("/api/ml-models"):
        return problem(404)
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
        ("?a=old&b=old", "You chose the same result twice"),
        ("?a=old&b=draft", "has no result yet"),
        ("?a=draft&b=old", "has no result yet"),
        ("?a=old&b=", "Tick two results in your history"),
        ("", "Tick two results in your history"),
        ("?a=old&b=sd", "One result is in years and the other in SD"),
    ],
)
def test_what_cannot_be_compared_is_said(browser: FlaskClient, search: str, told: str) -> None:
    page = shown(browser, search)
    assert told in page
    assert '"href": "/history"' in page
    assert "Why did it change?" not in page


def test_two_results_of_one_clock_are_explained_the_older_one_first(browser: FlaskClient) -> None:
    for search in ("?a=old&b=new", "?a=new&b=old"):
        page = shown(browser, search)
        assert "Why did it change?" in page
        assert page.index("/results/old") < page.index("/results/new")
        assert '"title": "Within noise"' in page
        assert "This change is within noise: the same person's results differ." in page


def test_the_result_of_somebody_else_does_not_exist(browser: FlaskClient) -> None:
    assert "Page not found" in shown(browser, "?a=old&b=unknown")
