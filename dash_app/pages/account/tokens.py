"""Personal tokens, for notebooks and programs."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Token
from agelens.languages import _
from dash import html

from dash_app.content import Component
from dash_app.pages.account import new_token, token_tables


def section(mine: Sequence[Token]) -> Component:
    """A form for a new token above those that work."""
    return dmc.Paper(
        [
            dmc.Title(_("Personal tokens"), order=2, size="h4", mb="xs"),
            dmc.Text(
                _(
                    "A token lets a notebook or a program act as you. Create one for each, so that "
                    "you can revoke one without affecting the others."
                )
            ),
            new_token.form(),
            html.Div(token_tables.tokens(mine), id=token_tables.TOKENS),
        ],
        withBorder=True,
        p="lg",
    )
