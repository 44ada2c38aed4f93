"""End one login or one personal token, after asking."""

from contextlib import suppress
from typing import Any

import dash_mantine_components as dmc
from agelens.client import NotFound
from agelens.languages import N_, _
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props

from dash_app import api_client, dialogs, problems, sessions
from dash_app.content import Component
from dash_app.pages.account import token_tables

BUTTON = {"type": "account-revoke", "token": ALL, "name": ALL, "kind": ALL, "here": ALL}


def dialog() -> Component:
    """What will happen, and both ways out."""
    return html.Div(
        [
            dcc.Store(id="account-revoking"),
            dialogs.confirmation(
                "account-revoke",
                _("Are you sure?"),
                dmc.Text("", id="account-revoke-words"),
                go=N_("Yes, end it"),
            ),
        ]
    )


def register(app: Dash) -> None:
    """Asking first, then ending it."""

    @app.callback(
        Output("account-revoke-dialog", "opened"),
        Output("account-revoke-words", "children"),
        Output("account-revoking", "data"),
        Input(BUTTON, "n_clicks"),
        Input("account-revoke-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def open_dialog(clicks: list[int | None], _cancel_clicks: object) -> object:
        button_id = ctx.triggered_id
        if button_id == "account-revoke-not":
            return False, no_update, None
        if not isinstance(button_id, dict) or not any(clicks):
            return no_update, no_update, no_update
        return (
            True,
            _consequences(button_id),
            {key: button_id[key] for key in ("token", "kind", "here")},
        )

    @app.callback(
        Output("account-revoke-dialog", "opened", allow_duplicate=True),
        Input("account-revoke-yes", "n_clicks"),
        State("account-revoking", "data"),
        running=[(Output("account-revoke-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def revoke(_clicks: object, target: dict[str, Any] | None) -> object:
        if target:
            _revoke(target)
        return False


def _consequences(target: dict[str, Any]) -> str:
    if target["here"]:
        return _("This is the device that you are using. You will be logged out.")
    if target["kind"] == "login":
        return _("“{device}” will be logged out immediately.", device=target["name"])
    return _("“{token}” will stop working immediately, wherever it is used.", token=target["name"])


def _revoke(target: dict[str, Any]) -> None:
    with api_client.client() as client:
        with suppress(NotFound):  # it was ended elsewhere meanwhile, which is what was wanted
            client.tokens.revoke(target["token"])
        if target["here"]:
            sessions.end()
            set_props("account-leave", {"data": "/login"})
            return
        token_tables.refresh(list(client.tokens))
    notice = _("Device logged out.") if target["kind"] == "login" else _("Token revoked.")
    problems.notify(notice, good=True)
