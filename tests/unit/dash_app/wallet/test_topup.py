"""Topping up where the service says no, or nothing at all."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from unit.dash_app.web_app import ORIGIN, api, app_with, csrf, log_in, problem

Answer = Callable[[httpx.Request], httpx.Response]
ENTRY = {
    "id": "5f8f6d1c-0000-4000-8000-000000000009",
    "kind": "topup",
    "amount": 50,
    "held_change": 0,
    "balance_after": 50,
    "held_after": 0,
    "task_id": None,
    "created_at": "2026-01-01T00:00:00+00:00",
}


class Service:
    """An API that answers top-ups as the test wants, and remembers them."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.topups: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/api/wallet/topup":
            self.topups.append(request)
            return self.answer(request)
        if path == "/api/wallet":
            return httpx.Response(200, json={"balance": 50, "held": 0, "available": 50})
        if path == "/api/wallet/transactions":
            return httpx.Response(200, json={"items": [ENTRY], "next_cursor": None})
        return api()(request)


def top_up(browser: FlaskClient, typed: str, key: str = "k") -> dict[str, Any]:
    """Press the button, as the browser tells the server."""
    body = {
        "output": "wallet-amount.error",
        "outputs": {"id": "wallet-amount", "property": "error"},
        "inputs": [
            {"id": "wallet-topup", "property": "n_clicks", "value": 1},
            {"id": "wallet-amount", "property": "n_submit"},
        ],
        "changedPropIds": ["wallet-topup.n_clicks"],
        "state": [
            {"id": "wallet-amount", "property": "value", "value": typed},
            {"id": "wallet-key", "property": "data", "value": key},
            {"id": "wallet-back", "property": "data", "value": ""},
        ],
    }
    headers = {"X-CSRFToken": csrf(browser), **ORIGIN}
    sent = json.dumps(body)
    answer = browser.post(
        "/_dash-update-component", data=sent, content_type="application/json", headers=headers
    )
    return answer.get_json() or {}


def visit(service: Service) -> FlaskClient:
    browser = app_with(service).test_client()
    log_in(browser)
    return browser


def beside_the_field(answer: dict[str, Any]) -> Any:
    return answer["response"]["wallet-amount"]["error"]


def test_where_only_administrators_may_it_is_said_beside_the_field() -> None:
    service = Service(lambda _: problem(403, detail="Only an administrator can add credits."))
    told = beside_the_field(top_up(visit(service), "50"))
    assert told == "Only an administrator can add credits. Please ask yours."


def test_whose_login_has_ended_is_led_to_log_in_again() -> None:
    service = Service(lambda _: problem(401))
    assert top_up(visit(service), "50")["sideUpdate"]["login-needed"] == {"data": True}


def test_nothing_typed_asks_nobody() -> None:
    service = Service(lambda _: problem(500))
    assert beside_the_field(top_up(visit(service), "  ")) == "Enter the number of credits to add."
    assert service.topups == []


@pytest.mark.parametrize(("typed", "sent"), [("1 000", 1000), ("fifty", "fifty"), ("2,5", "2,5")])
def test_the_service_judges_what_is_no_whole_number(typed: str, sent: int | str) -> None:
    wrong = {"pointer": "/amount", "field": "amount", "message": "must be a whole number"}
    service = Service(lambda _: problem(422, errors=[wrong]))
    assert beside_the_field(top_up(visit(service), typed)) == "Must be a whole number"
    assert json.loads(service.topups[0].content) == {"amount": sent}


def test_after_an_answer_that_was_lost_the_same_wish_has_the_same_key() -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("gone", request=request)

    service = Service(lose)
    browser = visit(service)
    told = json.dumps(top_up(browser, "50"))
    assert "can't reach AgeLens" in told
    top_up(browser, "50")
    top_up(browser, "60")
    first, again, other = (request.headers["Idempotency-Key"] for request in service.topups)
    assert first == again
    assert other != first


def test_a_top_up_that_went_well_shows_the_wallet_anew_and_changes_the_key() -> None:
    service = Service(lambda _: httpx.Response(201, json=ENTRY))
    answer = top_up(visit(service), "50")
    changed = answer["sideUpdate"]
    assert "50 credits added." in json.dumps(changed["wallet-told"])
    assert "Top-up" in json.dumps(changed["wallet-rows"])
    assert changed["wallet-key"]["data"] != "k"
    assert changed["wallet-amount"] == {"value": ""}
    assert "credits-changed" in changed
