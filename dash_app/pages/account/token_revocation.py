"""Ending a token."""

from contextlib import suppress
from typing import Any

import dash_mantine_components as dmc
from agelens.client import NotFound
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props

from dash_app import access, dialogs, problems, sessions
from dash_app.content import Component
from dash_app.pages.account import token_table


def dialog() -> Component:
    """What will happen, and both ways out."""
    return html.Div(
        [
            dcc.Store(id="account-revoking"),
            dialogs.confirmation(
                "account-revoke",
                "Revoke this token?",
                dmc.Text("", id="account-revoke-words"),
                go="Revoke",
            ),
        ]
    )


def register(app: Dash) -> None:
    """Asking first, then ending it."""

    @app.callback(
        Output("account-revoke-dialog", "opened"),
        Output("account-revoke-words", "children"),
        Output("account-revoking", "data"),
        Input({"type": "account-revoke", "token": ALL, "name": ALL, "here": ALL}, "n_clicks"),
        Input("account-revoke-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def ask(clicks: list[int | None], _not: object) -> object:
        chosen = ctx.triggered_id
        if chosen == "account-revoke-not":
            return False, no_update, None
        if not isinstance(chosen, dict) or not any(clicks):
            return no_update, no_update, no_update
        words = f"“{chosen['name']}” will stop working immediately, wherever it is used."
        if chosen["here"]:
            words += " It is this browser's login, so you will be logged out."
        return True, words, {"token": chosen["token"], "here": chosen["here"]}

    @app.callback(
        Output("account-revoke-dialog", "opened", allow_duplicate=True),
        Input("account-revoke-yes", "n_clicks"),
        State("account-revoking", "data"),
        running=[(Output("account-revoke-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def revoke(_clicks: object, chosen: dict[str, Any] | None) -> object:
        if chosen:
            _revoke(chosen["token"], here=chosen["here"])
        return False


def _revoke(token_id: str, *, here: bool) -> None:
    with access.client() as client:
        with suppress(NotFound):  # it was revoked elsewhere meanwhile, which is what was wanted
            client.tokens.revoke(token_id)
        if here:
            sessions.end()
            set_props("account-leave", {"data": "/login"})
            return
        set_props("account-tokens", {"children": token_table.listed(list(client.tokens))})
    problems.notify("Token revoked.", good=True)
