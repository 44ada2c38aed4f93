"""Leaving where the service does not let one go."""

import json
from typing import Any

import httpx
from flask.testing import FlaskClient
from unit.dash_app.web_app import ORIGIN, USER, api, app_with, csrf, log_in, problem


class Service:
    """An API that answers the erasure as the test wants, and counts."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.erasures = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            self.erasures += 1
            return self.answer
        return api()(request)


def erase(browser: FlaskClient, typed: str) -> dict[str, Any]:
    """Press the last button of the dialog, as the browser tells the server."""
    body = {
        "output": "account-erase-email.error",
        "outputs": {"id": "account-erase-email", "property": "error"},
        "inputs": [
            {"id": "account-erase-yes", "property": "n_clicks", "value": 1},
            {"id": "account-erase-email", "property": "n_submit"},
        ],
        "changedPropIds": ["account-erase-yes.n_clicks"],
        "state": [{"id": "account-erase-email", "property": "value", "value": typed}],
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


def test_nothing_is_erased_before_the_address_is_typed() -> None:
    service = Service(httpx.Response(204))
    browser = visit(service)
    for typed in ("", "two@example.org"):
        assert "not the e-mail address" in json.dumps(erase(browser, typed))
    assert service.erasures == 0


def test_the_only_administrator_is_told_to_appoint_another() -> None:
    words = "You are the only administrator; appoint another one first."
    service = Service(problem(409, detail=words))
    browser = visit(service)
    assert words in json.dumps(erase(browser, USER["email"]))
    with browser.session_transaction() as kept:
        assert "person" in kept


def test_an_erased_person_has_no_session_and_is_told_so_on_the_landing_page() -> None:
    service = Service(httpx.Response(204))
    browser = visit(service)
    answer = erase(browser, f" {USER['email'].upper()} ")
    assert answer["sideUpdate"]["account-leave"] == {"data": "/?goodbye=1"}
    assert service.erasures == 1
    with browser.session_transaction() as kept:
        assert "person" not in kept
