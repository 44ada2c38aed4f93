"""What stands on the page of the wallet."""

import json

import httpx
import pytest
from unit.dash_app.web_app import api, app_with, callback, log_in


def wallet(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/api/wallet":
        return httpx.Response(200, json={"balance": 0, "held": 0, "available": 0})
    if request.url.path in ("/api/wallet/transactions", "/api/ml-models"):
        return httpx.Response(200, json={"items": [], "next_cursor": None})
    return api()(request)


def entry(name: str, *, is_welcome: bool) -> dict[str, object]:
    moved = {"amount": 20, "held_change": 0, "balance_after": 20, "held_after": 0}
    return {
        "id": name, "kind": "topup", "task_id": None, "cohort_id": None,
        "created_at": "2026-03-31T10:00:00+00:00", "is_welcome": is_welcome, **moved,
    }  # fmt: skip


def test_welcome_credits_are_called_so() -> None:
    entries = [entry("e2", is_welcome=False), entry("e1", is_welcome=True)]

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/wallet/transactions":
            return httpx.Response(200, json={"items": entries, "next_cursor": None})
        return wallet(request)

    browser = app_with(service).test_client()
    log_in(browser)
    page = json.dumps(callback(browser, "/wallet", "").get_json())
    assert page.count('"Welcome credits"') == 1
    assert page.count('"Top-up"') == 1


def shown(search: str) -> str:
    browser = app_with(wallet).test_client()
    log_in(browser)
    return json.dumps(callback(browser, "/wallet", search).get_json())


@pytest.mark.parametrize(
    ("search", "way_back"),
    [
        ("?next=/new%3Fmodel%3Dphenoage", "Back to your assessment"),
        ("?next=/cohorts/7", "Back to your cohort"),
        ("?next=/account", "Go back"),
    ],
)
def test_one_finds_the_way_back_to_where_credits_were_missing(search: str, way_back: str) -> None:
    assert way_back in shown(search)


def test_there_is_no_way_to_another_site() -> None:
    page = shown("?next=https://elsewhere.example/new")
    assert "Credits to add" in page
    assert "Back to" not in page
    assert "elsewhere" not in page
