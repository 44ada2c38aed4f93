"""How the ledger's entries read for an administrator."""

import json
from datetime import UTC, datetime

import pytest
from agelens.client import Transaction
from agelens.client.cards.pages import page_card
from agelens.client.pages import Page
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from dash_app.pages.admin import transactions


def entry(*, is_welcome: bool) -> Transaction:
    return Transaction(
        "e1", "topup", 20, 0, 20, 0, None, datetime(2026, 3, 31, tzinfo=UTC),
        note="Welcome credits" if is_welcome else "by hand", is_welcome=is_welcome,
    )  # fmt: skip


@pytest.mark.parametrize("is_welcome", [True, False])
def test_welcome_credits_are_called_so_once(is_welcome: bool) -> None:
    with Dash(__name__).server.test_request_context():
        row = transactions.row(entry(is_welcome=is_welcome))
    cells = json.dumps(row, cls=PlotlyJSONEncoder)
    assert ('"welcome credits"' in cells, '"top-up"' in cells) == (is_welcome, not is_welcome)
    assert "Welcome credits" not in cells
    assert ('"by hand"' in cells) == (not is_welcome)


def test_a_notebooks_list_calls_them_so_as_well() -> None:
    assert "welcome credits" in page_card(Page([entry(is_welcome=True)], None))
    assert "topup" in page_card(Page([entry(is_welcome=False)], None))
