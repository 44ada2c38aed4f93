"""Tokens: making, looking at and ending them."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Token
from dash import html

from dash_app.content import Component
from dash_app.pages.account import new_token, token_revocation, token_table


def section(mine: Sequence[Token]) -> Component:
    """A form for a new one above those that work."""
    return dmc.Paper(
        [
            dmc.Title("Tokens", order=2, size="h4", mb="xs"),
            dmc.Text(
                "A token lets a notebook or a program act as you. Create one for each, "
                "so that you can revoke one without affecting the others."
            ),
            new_token.form(),
            html.Div(token_table.listed(mine), id="account-tokens"),
            token_revocation.dialog(),
        ],
        withBorder=True,
        p="lg",
    )
