import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from agelens.client import AdminUser, Balance
from dash import no_update
from dash._utils import stringify_id
from unit.dash_app.web_app import USER, api, app_with, log_in, problem

from dash_app.pages.admin import top_up

UMLAUTS = "grün@example.org"


def test_the_button_of_any_address_has_an_id_that_browser_and_server_spell_alike():
    person = AdminUser(
        id="7",
        email=UMLAUTS,
        role="user",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        erased_at=None,
        wallet=Balance(0, 0, 0),
    )
    made = top_up.button(person)
    assert stringify_id(made.id).isascii()
    assert "\\u" not in stringify_id(made.id)
    assert UMLAUTS in json.dumps(made.to_plotly_json(), default=str, ensure_ascii=False)


class Service:
    """An API that takes no amount, and keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/topup"):
            self.sent.append(json.loads(request.read())["amount"])
            told = {"pointer": "/amount", "field": "amount", "message": "must be a whole number"}
            return problem(422, errors=[told])
        return api(user=USER | {"role": "admin"})(request)


@pytest.mark.parametrize("written", ["", "2e3", "1,5", "50 €"])
def test_what_is_no_amount_is_told_beside_the_field_in_the_service_s_words(written: str) -> None:
    service = Service()
    with app_with(service).test_client() as browser:
        log_in(browser)
        told = top_up._add_credits({"email": UMLAUTS, "key": "k"}, written)
    assert told == (no_update, None, "Must be a whole number")
    assert service.sent == [written]
