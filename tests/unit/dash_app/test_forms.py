"""The plain forms: what they say when the API refuses, and who may send them."""

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from unit.dash_app.web_app import ORIGIN, api, app_with, callback, csrf, log_in, problem, send

ONE = {"email": "one@example.org", "password": "secret secret"}
WEAK = [{"pointer": "/password", "field": "password", "message": "is too easy to guess"}]


def browser_of(answer: httpx.Response) -> FlaskClient:
    """A browser in front of an API that always gives that answer."""
    return app_with(lambda _: answer).test_client()


def told(browser: FlaskClient) -> dict[str, Any]:
    """What the form will show."""
    with browser.session_transaction() as session:
        found: dict[str, Any] = session["form_message"]
        return found


def test_a_wrong_password_is_told_and_the_address_kept_but_not_the_password() -> None:
    browser = browser_of(problem(401))
    answer = send(browser, "login", next="/wallet?a=1", **ONE)
    assert answer.status_code == 303
    assert answer.location == "/login?next=%2Fwallet%3Fa%3D1"
    assert told(browser)["message"] == "Wrong e-mail address or password."
    assert told(browser)["email"] == ONE["email"]
    assert ONE["password"] not in str(told(browser))


@pytest.mark.parametrize(
    ("answer", "beside"),
    [
        (problem(422, errors=WEAK), {"password": "Choose a stronger password"}),
        (problem(409, detail="It exists already."), {"email": "It exists already."}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    answer: httpx.Response, beside: dict[str, str]
) -> None:
    browser = browser_of(answer)
    assert send(browser, "register", **ONE).location == "/register"
    assert told(browser)["problems"] == beside
    assert told(browser)["message"] is None


def test_too_many_attempts_are_told_with_the_time_to_wait() -> None:
    answer = problem(429)
    answer.headers["Retry-After"] = "30"
    browser = browser_of(answer)
    send(browser, "login", **ONE)
    assert "Try again in 30 seconds" in told(browser)["message"]


def test_an_api_that_is_away_is_told_in_words() -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    browser = app_with(away).test_client()
    assert send(browser, "login", **ONE).location == "/login"
    assert "can't reach AgeLens" in told(browser)["message"]


def test_registering_leads_to_the_first_assessment() -> None:
    assert send(app_with(api()).test_client(), "register", **ONE).location == "/new"


def test_logging_out_revokes_the_token_and_forgets_the_person() -> None:
    asked: list[tuple[str, str | None]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, request.headers.get("Authorization")))
        return api()(request)

    browser = app_with(handle).test_client()
    log_in(browser)
    cookie = browser.get_cookie("_csrf_token")
    assert cookie is not None
    answer = browser.post("/forms/logout", data={"csrf_token": cookie.value})
    assert answer.location == "/"
    assert ("/api/auth/logout", "Bearer its-token") in asked
    assert browser.get("/login").status_code == 200


def test_logging_out_works_without_the_api_and_says_what_it_could_not_do() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/auth/logout":
            raise httpx.ConnectError("refused")
        return api()(request)

    browser = app_with(handle).test_client()
    log_in(browser)
    cookie = browser.get_cookie("_csrf_token")
    assert cookie is not None
    browser.post("/forms/logout", data={"csrf_token": cookie.value})
    assert "You are logged out in this browser." in told(browser)["message"]
    assert browser.get("/login").status_code == 200


@pytest.mark.parametrize("form", ["login", "register", "logout"])
@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_a_form_without_our_token_is_refused(form: str, headers: dict[str, str]) -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return api()(request)

    browser = app_with(handle).test_client()
    csrf(browser)
    assert browser.post(f"/forms/{form}", data=ONE, headers=headers).status_code == 400
    assert asked == []


def test_a_callback_without_our_token_is_refused_and_does_nothing() -> None:
    browser = app_with(api()).test_client()
    log_in(browser)
    for origin in ({}, {"Origin": "https://evil.example"}):
        answer = browser.post("/_dash-update-component", json={}, headers=origin)
        assert answer.status_code == 400


def test_a_page_whose_session_has_ended_is_taken_to_the_login() -> None:
    browser = app_with(api()).test_client()
    answer = callback(browser, "/wallet", **{"X-CSRFToken": "of a session that has ended"})
    assert answer.status_code == 200
    assert answer.get_json()["sideUpdate"] == {"login-needed": {"data": True}}
    assert answer.get_json()["response"] == {}


def test_a_form_that_was_open_for_too_long_says_so() -> None:
    browser = app_with(api()).test_client()
    answer = browser.post("/forms/login", data=ONE | {"csrf_token": "old"}, headers=ORIGIN)
    assert answer.location == "/login"
    assert "open for too long" in told(browser)["message"]
