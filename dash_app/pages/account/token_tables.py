"""The tables of devices and of personal tokens; both are what the API calls tokens."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Token
from agelens.languages import N_, _
from dash import set_props

from dash_app import html_tables, times
from dash_app.content import Component, Content

DEVICES, TOKENS = "account-devices", "account-tokens"  # ids of what the tables are in
OF_DEVICES = (N_("Device"), N_("Logged in"), N_("Last used"), "")
OF_TOKENS = (N_("Name"), N_("Created"), N_("Last used"), N_("Expires"), "")
NO_TOKENS = N_("You have no personal tokens.")
UP_TO_0_4 = "login"  # what every login was called then


def devices(mine: Sequence[Token]) -> Component:
    """Where one is logged in: here first, then the newest."""
    logins = [token for token in mine if token.kind == "login"]
    rows = map(_device, sorted(logins, key=lambda device: not device.current))
    return html_tables.table(OF_DEVICES, rows, caption=_("Your devices"))


def tokens(mine: Sequence[Token]) -> Component:
    """Personal tokens that work, newest first."""
    personal_tokens = [token for token in mine if token.kind == "personal"]
    if not personal_tokens:
        return dmc.Text(_(NO_TOKENS), c="dimmed")
    caption = _("Your personal tokens, newest first")
    return html_tables.table(OF_TOKENS, map(_token, personal_tokens), caption=caption)


def refresh(mine: Sequence[Token]) -> None:
    """Both tables again, from within a callback."""
    set_props(DEVICES, {"children": devices(mine)})
    set_props(TOKENS, {"children": tokens(mine)})


def _device(device: Token) -> Component:
    called = _called(device.name)
    name: list[Content] = [called]
    if device.current:
        name += [" ", dmc.Badge(_("This device"), variant="light", size="sm")]
    cells = (
        name,
        times.local(device.created_at, show="date"),
        times.local(device.last_used_at),
        _end(device, _("Log out"), called, _("Log out {device}", device=called)),
    )
    return html_tables.row(OF_DEVICES, cells)


def _called(name: str) -> str:
    """What the API calls a device, "Firefox on Windows", in the language of the page."""
    if name == UP_TO_0_4:
        return _("Unknown device")
    program, on, system = name.partition(" on ")
    return _("{program} on {system}", program=program, system=system) if on else _(name)


def _token(token: Token) -> Component:
    cells = (
        token.name,
        times.local(token.created_at, show="date"),
        times.local(token.last_used_at),
        times.local(token.expires_at, show="date"),
        _end(token, _("Revoke"), token.name, _("Revoke {token}", token=token.name)),
    )
    return html_tables.row(OF_TOKENS, cells)


def _end(token: Token, label: str, name: str, spoken: str) -> Component:
    """The button that ends it; `spoken` says which row it is in."""
    token_id = {"token": token.id, "name": name, "kind": token.kind, "here": token.current}
    return dmc.Button(
        label,
        id={"type": "account-revoke", **token_id},
        variant="subtle",
        color="red",
        size="compact-sm",
        **{"aria-label": spoken},
    )
