import json
from datetime import UTC, datetime

from agelens.client import AdminUser, Balance
from dash._utils import stringify_id

from dash_app.pages.admin import topping

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
    made = topping.button(person)
    assert stringify_id(made.id).isascii()
    assert "\\u" not in stringify_id(made.id)
    assert UMLAUTS in json.dumps(made.to_plotly_json(), default=str, ensure_ascii=False)
