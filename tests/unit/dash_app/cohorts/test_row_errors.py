"""Rows that were not scored, a page at a time."""

import json
from typing import Any

import httpx
import pytest
from unit.client.cohort_wire import SCATTER, SUCCEEDED
from unit.dash_app.web_app import ORIGIN, api, app_with, callback, csrf, log_in, problem

COHORT_ID = "5f8f6d1c-0000-4000-8000-00000000000c"
OUTPUTS = [
    ("cohorts-faults-rows", "children"),
    ("cohorts-faults-next", "data"),
    ("cohorts-faults-further", "hidden"),
]


def fault(row: int) -> dict[str, Any]:
    return {"row": row, "id": f"p{row}", "field": "albumin", "message": f"row {row} is wrong"}


class Service:
    """An API with a cohort of 29 rows at fault, told in two pages."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/errors"):
            self.asked.append(dict(request.url.params))
            return httpx.Response(200, json=self._page(request.url.params.get("cursor")))
        if path.endswith("/warnings"):
            warned = {"row": 3, "id": "p3", "message": "row 3 is unusual"}
            return httpx.Response(200, json={"items": [warned], "next_cursor": None})
        if path.endswith("/scatter"):
            return httpx.Response(200, json=SCATTER)
        if path.startswith("/api/cohorts/"):
            known = path.endswith(COHORT_ID)
            return (
                httpx.Response(200, json=SUCCEEDED | {"id": COHORT_ID}) if known else problem(404)
            )
        if path == "/api/ml-models":
            return httpx.Response(200, json={"items": [], "next_cursor": None})
        return api()(request)

    def _page(self, cursor: str | None) -> dict[str, Any]:
        rows = range(26, 30) if cursor else range(1, 26)
        return {"items": [fault(row) for row in rows], "next_cursor": None if cursor else "more"}


def show_more(service: Service, id_column: str | None) -> dict[str, Any]:
    """Press the button below the rows, as the browser tells the server."""
    browser = app_with(service).test_client()
    log_in(browser)
    following = {"cursor": "more", "filters": {"cohort": COHORT_ID, "id_column": id_column}}
    body = {
        "output": "..{}..".format("...".join(f"{id}.{name}" for id, name in OUTPUTS)),
        "outputs": [{"id": id, "property": name} for id, name in OUTPUTS],
        "inputs": [{"id": "cohorts-faults-more", "property": "n_clicks", "value": 1}],
        "changedPropIds": ["cohorts-faults-more.n_clicks"],
        "state": [{"id": "cohorts-faults-next", "property": "data", "value": following}],
    }
    answer = browser.post(
        "/_dash-update-component",
        data=json.dumps(body),
        content_type="application/json",
        headers={"X-CSRFToken": csrf(browser), **ORIGIN},
    )
    found: dict[str, Any] = answer.get_json()["response"]
    return found


def shown(path: str) -> str:
    browser = app_with(Service()).test_client()
    log_in(browser)
    return json.dumps(callback(browser, path).get_json())


def test_the_first_rows_stand_on_the_page_with_a_way_to_the_others() -> None:
    page = shown(f"/cohorts/{COHORT_ID}")
    assert page.count(" is wrong") == 25
    assert page.count("row 3 is unusual") == 1
    assert '"cursor": "more"' in page
    assert "Show more" in page


@pytest.mark.parametrize("id_column", ["id", None])
def test_further_rows_follow_until_there_are_none(id_column: str | None) -> None:
    service = Service()
    answer = show_more(service, id_column)
    assert service.asked == [{"cursor": "more", "limit": "25"}]
    rows = json.dumps(answer["cohorts-faults-rows"]["children"])
    assert [f"row {row} is wrong" in rows for row in (25, 26, 29)] == [False, True, True]
    assert ("p29" in rows) is (id_column is not None)
    assert answer["cohorts-faults-further"]["hidden"] is True


def test_the_cohort_of_somebody_else_does_not_exist() -> None:
    assert "Page not found" in shown("/cohorts/5f8f6d1c-0000-4000-8000-00000000000d")
