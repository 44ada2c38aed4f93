"""Pages for the right people only, and a page in words for every failure."""

import json

import httpx
import pytest
from unit.dash_app.web_app import USER, Handle, api, app_with, callback, log_in, problem

ADMIN_PAGES = [
    "/admin",
    "/admin/users",
    "/admin/transactions",
    "/admin/tasks",
    "/admin/cohorts",
    "/admin/models",
    "/admin/queues",
    "/admin/retrainings",
]
OWN_PAGES = [
    "/new",
    "/import",
    "/history",
    "/compare",
    "/wallet",
    "/account",
    "/cohorts",
    "/results/1",
    "/assessments/1",
]


def shown(handle: Handle, path: str, *, logged_in: bool = True) -> str:
    """The content of a page as it is sent."""
    browser = app_with(handle).test_client()
    if logged_in:
        log_in(browser)
    answer = callback(browser, path)
    assert answer.status_code == 200
    return json.dumps(answer.get_json())


def failing(answer: httpx.Response | Exception) -> Handle:
    """An API that lets people in, and then fails."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path in ("/api/auth/login", "/api/auth/me"):
            return api()(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handle


@pytest.mark.parametrize("path", OWN_PAGES + ADMIN_PAGES)
def test_a_page_asks_strangers_to_log_in_and_tells_them_nothing(path: str) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return api()(request)

    assert '"login-needed": {"data": true}' in shown(handle, path, logged_in=False)
    assert asked == []


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_administration_does_not_exist_for_others(path: str) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return api()(request)

    assert "Page not found" in shown(handle, path)
    assert not [path for path in asked if path.startswith("/api/admin")]


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_somebody_who_is_no_administrator_any_more_sees_nothing(path: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/admin"):
            return problem(403)
        return api(user=USER | {"role": "admin"})(request)

    assert "Page not found" in shown(handle, path)


@pytest.mark.parametrize("path", ["/history", "/wallet", "/account", "/results/1"])
def test_a_page_without_its_api_says_so_and_offers_to_try_again(path: str) -> None:
    page = shown(failing(httpx.ConnectError("refused")), path)
    assert "We can't reach AgeLens right now" in page
    assert "try-again" in page


def test_the_landing_page_stands_without_the_api() -> None:
    page = shown(failing(httpx.ConnectError("refused")), "/", logged_in=False)
    assert "Biological age, with every number explained" in page
    assert "No example right now" in page


@pytest.mark.parametrize("path", ["/history", "/wallet", "/account"])
def test_a_revoked_token_leads_to_the_login(path: str) -> None:
    assert '"login-needed": {"data": true}' in shown(failing(problem(401)), path)


def test_what_belongs_to_somebody_else_does_not_exist() -> None:
    assert "Page not found" in shown(failing(problem(404)), "/results/1")
