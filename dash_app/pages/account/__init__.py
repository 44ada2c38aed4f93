"""Account: who one is, tokens for programs, taking one's data away, and leaving."""

import dash_mantine_components as dmc
from agelens.client import User
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dash_app import access, routing, times
from dash_app.content import Component
from dash_app.pages.account import (
    account_deletion,
    data_export,
    logout_everywhere,
    new_token,
    token_revocation,
    tokens,
)

ROLES = {"user": "User", "admin": "Administrator"}


def register(app: Dash) -> None:
    """Under /account."""
    routing.add("/account", layout, title="Account")
    for part in (new_token, token_revocation, logout_everywhere, data_export, account_deletion):
        part.register(app)
    app.clientside_callback(  # the whole page anew: whoever was logged in is not any more
        ClientsideFunction("agelens_account", "leave"),
        Output("account-leave", "data"),
        Input("account-leave", "data"),
        prevent_initial_call=True,
    )


def layout() -> Component:
    """Drawn from who is logged in and their tokens."""
    with access.client() as client:
        user, mine = client.me(), list(client.tokens)
    return dmc.Stack(
        [
            dmc.Title("Account", order=1),
            _person(user),
            tokens.section(mine),
            logout_everywhere.section(),
            data_export.section(),
            account_deletion.section(user),
            dcc.Store(id="account-leave"),
        ],
        gap="lg",
    )


def _person(user: User) -> Component:
    facts = (
        ("E-mail", user.email),
        ("Role", ROLES.get(user.role, user.role)),
        ("Member since", times.local(user.created_at, show="date")),
    )
    return dmc.Paper(
        html.Dl(
            [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts],
            className="account-facts",
        ),
        withBorder=True,
        p="lg",
    )
