"""What stands on the page of the history."""

import json
from typing import Any

import httpx
from unit.dash_app.result.made_up import wire
from unit.dash_app.web_app import api, app_with, callback, log_in


def shown(*tasks: dict[str, Any], search: str = "") -> str:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/tasks/history":
            return httpx.Response(200, json={"items": tasks, "next_cursor": None})
        if request.url.path == "/api/ml-models":
            return httpx.Response(200, json={"items": [], "next_cursor": None})
        return api()(request)

    browser = app_with(handle).test_client()
    log_in(browser)
    return json.dumps(callback(browser, "/history", search).get_json())


def test_nobody_is_left_with_an_empty_page() -> None:
    page = shown()
    assert "Start your first assessment" in page
    assert '"href": "/new"' in page
    assert "history-rows" not in page


def test_a_filter_that_nothing_matches_is_no_empty_history() -> None:
    page = shown(search="?status=draft")
    assert "No matches." in page
    assert "Start your first assessment" not in page


def test_tasks_stand_in_the_order_of_the_service() -> None:
    draft = wire(id="the-draft", status="draft", result=None)
    page = shown(draft, wire(id="the-result"))
    assert page.index("/new?draft=the-draft") < page.index("/results/the-result")
