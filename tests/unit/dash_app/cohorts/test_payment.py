"""Pressing "Pay and run": what the API is asked by one press."""

import json
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from unit.client.cohort_wire import COHORT, PREVIEW
from unit.client.stub import problem
from unit.dash_app.web_app import ORIGIN, Handle, api, app_with, csrf, log_in

REFUSED = problem(422, "invalid_input", errors=[])
OPTIONS: dict[str, Any] = {
    "model": "made-up",
    "columns": None,
    "mapping": {"id": "ignored"},  # so that a page shows two previews side by side
    "units": {},
    "id_column": None,
    "draw": 0,
}


class Service:
    """An API with one draft."""

    def __init__(self, preview: httpx.Response, run: httpx.Response) -> None:
        self.answers = {"preview": preview, "run": run}
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.startswith("/api/cohorts/c1"):
            last = path.rsplit("/", 1)[-1]
            self.asked.append(last)
            known = httpx.Response(200, json=COHORT | {"status": "draft"})
            return self.answers.get(last, known)
        if path.startswith("/api/ml-models"):
            return httpx.Response(404, json={"title": "No", "detail": "No.", "code": "not_found"})
        if path == "/api/wallet":
            return httpx.Response(200, json={"balance": 900, "held": 0, "available": 900})
        return api()(request)


def browser_of(handle: Handle) -> FlaskClient:
    found = app_with(handle).test_client()
    log_in(found)
    return found


def press(browser: FlaskClient, told_price: int | None) -> Any:
    """Press the button, as the browser tells the server; the page shows `told_price`."""
    known = browser.get("/_dash-dependencies").get_json()
    (of_button,) = (each for each in known if each["inputs"][0]["id"] == "cohorts-run")
    outputs = [part.rsplit(".", 1) for part in of_button["output"].strip(".").split("...")]
    state = {"options": OPTIONS, "draft": "c1", "told-price": told_price}
    body = {
        "output": of_button["output"],
        "outputs": [{"id": id, "property": name} for id, name in outputs],
        "inputs": [{"id": "cohorts-run", "property": "n_clicks", "value": 1}],
        "changedPropIds": ["cohorts-run.n_clicks"],
        "state": [
            {"id": f"cohorts-{name}", "property": "data", "value": value}
            for name, value in state.items()
        ],
    }
    answer = browser.post(
        "/_dash-update-component",
        data=json.dumps(body),
        content_type="application/json",
        headers={"X-CSRFToken": csrf(browser), **ORIGIN},
    )
    assert answer.status_code == 200, answer.text
    return answer.get_json()


RUNS = httpx.Response(202, json=COHORT)
PRICED = httpx.Response(200, json=PREVIEW)


@pytest.mark.parametrize(
    ("preview", "run", "told_price", "asked"),
    [
        pytest.param(PRICED, RUNS, 600, ["c1", "preview", "run"], id="it runs"),
        pytest.param(PRICED, RUNS, 500, ["c1", "preview"], id="the price has changed"),
        pytest.param(REFUSED, REFUSED, None, ["c1", "preview", "run"], id="it cannot be read"),
    ],
)
def test_one_press_asks_for_one_preview_at_most(
    preview: httpx.Response, run: httpx.Response, told_price: int | None, asked: list[str]
) -> None:
    service = Service(preview, run)
    press(browser_of(service), told_price)
    assert service.asked == asked


def test_what_the_page_shows_is_what_is_paid() -> None:
    answer = json.dumps(press(browser_of(Service(PRICED, RUNS)), 500))
    assert "The price has changed" in answer
    assert "600 credits" in answer
