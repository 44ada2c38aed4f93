"""Who is logged in, for how long, and where a login may lead."""

import pytest
from unit.dash_app.web_app import api, app_with, callback, csrf, log_in, send

from dash_app.sessions import safe_place

ELSEWHERE = "/otherwise"


@pytest.mark.parametrize(
    "place",
    [
        None,
        "",
        "wallet",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\x00/evil.example",
        "https://evil.example",
        "https:/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/login",
        "/login?next=/login",
        "/register",
        "/forms/logout",
    ],
)
def test_a_login_leads_nowhere_else(place: str | None) -> None:
    assert safe_place(place, ELSEWHERE) == ELSEWHERE


@pytest.mark.parametrize(
    ("place", "led_to"),
    [
        ("/", "/"),
        ("/wallet", "/wallet"),
        ("/compare?before=1&after=2", "/compare?before=1&after=2"),
        ("/results/4#factors", "/results/4"),
        ("/%2f/evil.example", "/%2f/evil.example"),  # a path of ours: browsers do not decode it
        ("/new?then=https://evil.example", "/new?then=https://evil.example"),
    ],
)
def test_a_login_leads_back_into_the_app(place: str, led_to: str) -> None:
    assert safe_place(place, ELSEWHERE) == led_to


@pytest.mark.parametrize("place", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_neither_a_form_nor_a_link_is_an_open_redirect(place: str) -> None:
    browser = app_with(api()).test_client()
    fields = {"email": "one@example.org", "password": "secret secret", "next": place}
    assert send(browser, "login", **fields).location == "/history"
    assert browser.get("/login", query_string={"next": place}).location == "/history"


def test_whoever_is_logged_in_goes_past_the_login() -> None:
    browser = app_with(api()).test_client()
    assert browser.get("/login").status_code == 200
    log_in(browser)
    assert browser.get("/login?next=/wallet").location == "/wallet"
    assert browser.get("/register").location == "/new"


def test_a_session_ends_with_its_token() -> None:
    browser = app_with(api(hours=-0.001)).test_client()
    log_in(browser)
    assert browser.get("/login").status_code == 200
    sent = callback(browser, "/wallet").get_json()
    assert sent["sideUpdate"]["login-needed"] == {"data": True}


def test_nothing_of_an_earlier_session_survives_a_login() -> None:
    browser = app_with(api()).test_client()
    before = csrf(browser)
    with browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    log_in(browser)
    with browser.session_transaction() as session:
        assert "planted" not in session
    after = browser.get_cookie("_csrf_token")
    assert after is not None
    assert after.value != before
    refused = browser.post("/forms/logout", data={"csrf_token": before})
    assert refused.status_code == 400


@pytest.mark.parametrize(("env", "secure"), [("development", False), ("production", True)])
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(env: str, secure: bool) -> None:
    browser = app_with(api(), env=env).test_client()
    scheme = {"base_url": "https://localhost"} if secure else {}
    page = browser.get("/login", **scheme)
    own, shared = sorted(page.headers.getlist("Set-Cookie"), key=lambda c: not c.startswith("age"))
    assert "HttpOnly" in own
    assert "SameSite=Lax" in own
    assert "SameSite=Strict" in shared
    assert ("Secure" in own) is secure
    assert ("Secure" in shared) is secure


def test_a_token_in_the_environment_makes_nobody_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGELENS_TOKEN", "of-the-operator")
    seen = []

    def handle(request):  # type: ignore[no-untyped-def]
        seen.append(request.headers.get("Authorization"))
        return api()(request)

    browser = app_with(handle).test_client()
    callback(browser, "/")
    sent = callback(browser, "/wallet").get_json()
    assert sent["sideUpdate"]["login-needed"] == {"data": True}
    log_in(browser)
    callback(browser, "/wallet")
    assert "Bearer of-the-operator" not in seen
    assert "Bearer its-token" in seen


def test_a_slow_answer_does_not_bring_back_who_has_logged_out() -> None:
    browser = app_with(api()).test_client()
    log_in(browser)
    answer = callback(browser, "/history")
    assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("agelens_session")]
