"""The wallet page: balance, top-up, prices, transactions."""

import dash_mantine_components as dmc
from agelens.client import Client, Model
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, number_text, routing
from dash_app.content import Component
from dash_app.pages.wallet import ledger, topup


def register(app: Dash) -> None:
    """Under /wallet."""
    routing.add("/wallet", layout, title=N_("Wallet"))
    topup.register(app)
    ledger.register(app)


def layout(next: str | None = None, amount: str | None = None) -> Component:
    """Drawn from one look at the wallet, its newest transactions and the clocks.

    `amount` is what somebody was short of where they come from.
    """
    with api_client.client() as client:
        return dmc.Stack(
            [
                dmc.Title(_("Wallet"), order=1),
                html.Div(ledger.balance(client.wallet.show()), id="wallet-balance"),
                dmc.SimpleGrid(
                    [topup.form(next, amount), _prices(client)],
                    cols={"base": 1, "md": 2},
                    style={"alignItems": "start"},
                ),
                ledger.section(client.wallet.transactions_page()),
            ],
            gap="lg",
        )


def _prices(client: Client) -> Component:
    return dmc.Paper(
        [
            dmc.Title(_("What an assessment costs"), order=2, size="h4", mb="xs"),
            html.Dl([_price(model) for model in client.models], className="wallet-prices"),
            dmc.Text(
                _(
                    "The price is reserved when you submit and charged when the result is ready. "
                    "An assessment that fails or is canceled costs nothing."
                ),
                size="sm",
                c="dimmed",
                mt="sm",
            ),
        ],
        withBorder=True,
        p="lg",
    )


def _price(model: Model) -> Component:
    return html.Div([html.Dt(model.title), html.Dd(number_text.credits(model.price))])
