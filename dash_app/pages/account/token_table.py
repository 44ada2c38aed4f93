"""The tokens that work, one a row."""

from collections.abc import Sequence
from datetime import datetime

import dash_mantine_components as dmc
from agelens.client import Token
from flask import session

from dash_app import tables, times
from dash_app.content import Component, Content

COLUMNS = ("Name", "Kind", "Last used", "Expires", "")
KINDS = {"login": "Login in a browser or program", "personal": "Personal token"}
EMPTY = "You have no tokens."


def listed(mine: Sequence[Token]) -> Component:
    """Those that work, newest first."""
    if not mine:
        return dmc.Text(EMPTY, c="dimmed")
    return tables.table(COLUMNS, map(_row, mine), caption="Your tokens, newest first")


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
    return tables.row(COLUMNS, cells)


def is_of_this_session(token: Token) -> bool:
    """Whether it is the one that this browser's cookie holds: they expire at the same microsecond."""
    kept = session.get("person") or {}
    expires = kept.get("expires_at")
    return bool(
        token.kind == "login" and expires and token.expires_at == datetime.fromisoformat(expires)
    )
