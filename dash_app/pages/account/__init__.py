"""Account page: profile, tokens, data export, and account deletion."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Token, User
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dash_app import access, routing, times
from dash_app.content import Component
from dash_app.pages.account import (
    logout_everywhere,
    new_token,
    personal_data,
    tokens,
)

ROLES = {"user": "User", "admin": "Administrator"}


def register(app: Dash) -> None:
    """Under /account."""
    routing.add("/account", layout, title="Account")
    for part in (new_token, tokens, logout_everywhere, personal_data):
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
            _tokens(mine),
            logout_everywhere.section(),
            personal_data.export_section(),
            personal_data.deletion_section(user),
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


def _tokens(mine: Sequence[Token]) -> Component:
    """A form for a new token above those that work."""
    return dmc.Paper(
        [
            dmc.Title("Tokens", order=2, size="h4", mb="xs"),
            dmc.Text(
                "A token lets a notebook or a program act as you. Create one for each, "
                "so that you can revoke one without affecting the others."
            ),
            new_token.form(),
            html.Div(tokens.table(mine), id="account-tokens"),
            tokens.revocation_dialog(),
        ],
        withBorder=True,
        p="lg",
    )
