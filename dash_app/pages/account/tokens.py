"""The table of a person's tokens, and how one is revoked."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from agelens.client import NotFound, Token
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update, set_props
from flask import session

from dash_app import access, dialogs, html_tables, problems, sessions, times
from dash_app.content import Component, Content

COLUMNS = ("Name", "Kind", "Last used", "Expires", "")
KINDS = {"login": "Login in a browser or program", "personal": "Personal token"}
EMPTY = "You have no tokens."


def table(mine: Sequence[Token]) -> Component:
    """Those that work, newest first."""
    if not mine:
        return dmc.Text(EMPTY, c="dimmed")
    return html_tables.table(COLUMNS, map(_row, mine), caption="Your tokens, newest first")


def _row(token: Token) -> Component:
    here = is_of_this_session(token)
    name: list[Content] = [token.name or "unnamed"]
    if here:
        name += [" ", dmc.Badge("this login", variant="light", size="sm")]
    cells = (
        name,
        KINDS.get(token.kind, token.kind),
        times.local(token.last_used_at, otherwise="never"),
        times.local(token.expires_at, show="date"),
        dmc.Button(
            "Revoke",
            id={"type": "account-revoke", "token": token.id, "name": token.name, "here": here},
            variant="subtle",
            color="red",
            size="compact-sm",
            **{"aria-label": f"Revoke {token.name or 'this token'}"},
        ),
    )
    return html_tables.row(COLUMNS, cells)


def is_of_this_session(token: Token) -> bool:
    """Whether it is the one that this browser's cookie holds: they expire at the same microsecond."""
    kept = session.get("person") or {}
    expires = kept.get("expires_at")
    return bool(
        token.kind == "login" and expires and token.expires_at == datetime.fromisoformat(expires)
    )


def revocation_dialog() -> Component:
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
        message = f"“{chosen['name']}” will stop working immediately, wherever it is used."
        if chosen["here"]:
            message += " It is this browser's login, so you will be logged out."
        return True, message, {"token": chosen["token"], "here": chosen["here"]}

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
        set_props("account-tokens", {"children": table(list(client.tokens))})
    problems.notify("Token revoked.", good=True)
