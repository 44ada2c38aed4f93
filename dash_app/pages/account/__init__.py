"""Account page: profile, password, devices, tokens, data export, and account deletion."""

import dash_mantine_components as dmc
from agelens.client import User
from agelens.languages import N_, _
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dash_app import api_client, routing, times
from dash_app.content import Component
from dash_app.pages.account import (
    devices,
    links,
    new_token,
    password,
    personal_data,
    profile,
    revocation,
    tokens,
)

ROLES = {"user": N_("User"), "admin": N_("Administrator")}
SECTIONS = (profile, password, devices, new_token, links, revocation, personal_data)


def register(app: Dash) -> None:
    """Under /account."""
    routing.add("/account", layout, title=N_("Account"))
    for section in SECTIONS:
        section.register(app)
    app.clientside_callback(  # the whole page anew: whoever was logged in is not any more
        ClientsideFunction("agelens_account", "leave"),
        Output("account-leave", "data"),
        Input("account-leave", "data"),
        prevent_initial_call=True,
    )


def layout() -> Component:
    """Drawn from who is logged in, where, and with which tokens."""
    with api_client.client() as client:
        user, mine = client.me(), list(client.tokens)
        shared = links.section(client)
    return dmc.Stack(
        [
            dmc.Title(_("Account"), order=1),
            _person(user),
            profile.section(),
            password.section(user),
            devices.section(mine),
            tokens.section(mine),
            shared,
            personal_data.export_section(),
            personal_data.deletion_section(user),
            revocation.dialog(),
            dcc.Store(id="account-leave"),
        ],
        gap="lg",
    )


def _person(user: User) -> Component:
    facts = (
        (N_("E-mail"), user.email),
        (N_("Role"), _(ROLES.get(user.role, user.role))),
        (N_("Member since"), times.local(user.created_at, show="date")),
    )
    return dmc.Paper(
        html.Dl(
            [html.Div([html.Dt(_(name)), html.Dd(value)]) for name, value in facts],
            className="account-facts",
        ),
        withBorder=True,
        p="lg",
    )
