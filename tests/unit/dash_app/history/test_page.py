"""What stands on the page of the history."""

import json
from typing import Any

import httpx
from unit.dash_app.history.made_up import clock, draft, entry, point, trend
from unit.dash_app.web_app import api, app_with, callback, log_in

ASKED: list[httpx.URL] = []


def shown(*entries: dict[str, Any], search: str = "") -> str:
    def handle(request: httpx.Request) -> httpx.Response:
        ASKED.append(request.url)
        if request.url.path == "/api/timeline":
            return httpx.Response(200, json={"items": entries, "next_cursor": None})
        if request.url.path == "/api/timeline/trend":
            return httpx.Response(200, json=trend(*[clock(point("2025-03-31"))] * bool(entries)))
        if request.url.path == "/api/ml-models":
            return httpx.Response(200, json={"items": [], "next_cursor": None})
        return api()(request)

    ASKED.clear()
    browser = app_with(handle).test_client()
    log_in(browser)
    return json.dumps(callback(browser, "/history", search).get_json())


def test_nobody_is_left_with_an_empty_page() -> None:
    page = shown()
    assert "Start your first assessment" in page
    assert '"href": "/new"' in page
    assert "history-rows" not in page


def test_a_filter_that_nothing_matches_is_no_empty_history() -> None:
    for search in ("?status=draft", "?period=12", "?model=clock"):
        page = shown(search=search)
        assert "No matches." in page
        assert "Start your first assessment" not in page


def test_panels_stand_in_the_order_of_the_service() -> None:
    page = shown(entry(draft(), id="the-draft"), entry(id="the-result"))
    assert page.index("/new?draft=the-draft") < page.index("/results/the-result")


def test_the_clock_and_the_period_hold_for_the_trend_as_well() -> None:
    shown(entry(), search="?status=succeeded&model=clock&period=12")
    asked = {url.path: dict(url.params) for url in ASKED if "timeline" in url.path}
    listed, drawn = asked["/api/timeline"], asked["/api/timeline/trend"]
    assert (listed["status"], listed["model"]) == ("succeeded", "clock")
    assert drawn == {"model": "clock", "since": listed["since"]}
