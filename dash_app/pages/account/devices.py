"""The devices on which a person is logged in, and logging out on all of them."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Token
from agelens.languages import N_, _
from dash import Dash, Input, Output, ctx, html, set_props

from dash_app import api_client, dialogs, sessions
from dash_app.content import Component
from dash_app.pages.account import token_tables


def section(mine: Sequence[Token]) -> Component:
    """Where one is logged in, and the way out of all of it: for a lost telephone."""
    return dmc.Paper(
        [
            dmc.Title(_("Devices"), order=2, size="h4", mb="xs"),
            dmc.Text(_("Browsers and programs in which you are logged in."), mb="md"),
            html.Div(token_tables.devices(mine), id=token_tables.DEVICES),
            dmc.Button(
                _("Log out everywhere …"), id="account-logout-all", variant="default", mt="md"
            ),
            dialogs.confirmation(
                "account-logout",
                _("Log out everywhere?"),
                dmc.Text(
                    _(
                        "All your devices, this one too, will be logged out, and your personal "
                        "tokens will stop working immediately. Your data is kept."
                    )
                ),
                go=N_("Log out everywhere"),
                dangerous=False,
            ),
        ],
        withBorder=True,
        p="lg",
    )


def register(app: Dash) -> None:
    """Asking first."""

    @app.callback(
        Output("account-logout-dialog", "opened"),
        Input("account-logout-all", "n_clicks"),
        Input("account-logout-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def open_dialog(_clicks: object, _cancel_clicks: object) -> object:
        return ctx.triggered_id == "account-logout-all"

    @app.callback(
        Output("account-logout-yes", "disabled"),
        Input("account-logout-yes", "n_clicks"),
        running=[(Output("account-logout-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def log_out(_clicks: object) -> object:
        with api_client.client() as client:
            client.logout_everywhere()
        sessions.end()
        set_props("account-leave", {"data": "/login"})
        return True
