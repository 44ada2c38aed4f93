"""Lists that grow by "Show more"."""

import json
from typing import Any

import httpx
from unit.dash_app.history.made_up import entry
from unit.dash_app.web_app import ORIGIN, api, app_with, csrf, log_in

FILTERS = {"status": "succeeded", "model": None}


class Service:
    """An API with one further page of results over time."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/ml-models":
            return httpx.Response(200, json={"items": [], "next_cursor": None})
        if request.url.path == "/api/timeline":
            self.asked.append(dict(request.url.params))
            return httpx.Response(200, json={"items": [entry(id="further")], "next_cursor": None})
        return api()(request)


def show_more(service: Service, clicks: int | None, cursor: str | None) -> Any:
    """Press the button below the history, as the browser tells the server."""
    browser = app_with(service).test_client()
    log_in(browser)
    outputs = [
        ("history-rows", "children"),
        ("history-next", "data"),
        ("history-further", "hidden"),
    ]
    body = {
        "output": "..{}..".format("...".join(f"{id}.{name}" for id, name in outputs)),
        "outputs": [{"id": id, "property": name} for id, name in outputs],
        "inputs": [{"id": "history-more", "property": "n_clicks", "value": clicks}],
        "changedPropIds": ["history-more.n_clicks"],
        "state": [
            {
                "id": "history-next",
                "property": "data",
                "value": {"cursor": cursor, "filters": FILTERS},
            }
        ],
    }
    headers = {"X-CSRFToken": csrf(browser), **ORIGIN}
    answer = browser.post(
        "/_dash-update-component",
        data=json.dumps(body),
        content_type="application/json",
        headers=headers,
    )
    return answer.get_json()


def test_the_next_page_has_the_same_filters_and_the_last_one_hides_the_button() -> None:
    service = Service()
    answer = show_more(service, 1, "next")["response"]
    (asked,) = service.asked
    assert asked["cursor"] == "next"
    assert asked["status"] == "succeeded"
    assert "model" not in asked
    assert answer["history-next"]["data"] == {"cursor": None, "filters": FILTERS}
    assert answer["history-further"]["hidden"] is True
    assert "/results/further" in json.dumps(answer["history-rows"]["children"])


def test_nothing_is_asked_without_a_click_or_a_further_page() -> None:
    for clicks, cursor in ((None, "next"), (1, None)):
        service = Service()
        assert show_more(service, clicks, cursor)["response"] == {}
        assert service.asked == []
