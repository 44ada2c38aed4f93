"""Log out everywhere: revoke every login and token."""

import dash_mantine_components as dmc
from agelens.client import NotFound
from dash import Dash, Input, Output, ctx, set_props

from dash_app import access, dialogs, sessions
from dash_app.content import Component
from dash_app.pages.account import tokens


def section() -> Component:
    """For a lost telephone, or a token in the wrong hands."""
    return dmc.Paper(
        [
            dmc.Title("Log out everywhere", order=2, size="h4", mb="xs"),
            dmc.Text(
                "Ends every login and every personal token, including this browser's login. "
                "Your data is kept.",
                mb="md",
            ),
            dmc.Button("Log out everywhere …", id="account-logout-all", variant="default"),
            dialogs.confirmation(
                "account-logout",
                "Log out everywhere?",
                dmc.Text(
                    "All your logins and personal tokens will stop working immediately. "
                    "Programs that use one will need a new token."
                ),
                go="Log out everywhere",
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
    def ask(_clicks: object, _not: object) -> object:
        return ctx.triggered_id == "account-logout-all"

    @app.callback(
        Output("account-logout-yes", "disabled"),
        Input("account-logout-yes", "n_clicks"),
        running=[(Output("account-logout-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def log_out(_clicks: object) -> object:
        _revoke_all()
        sessions.end()
        set_props("account-leave", {"data": "/login"})
        return True


def _revoke_all() -> None:
    """This browser's own last: it is what the others are revoked with."""
    with access.client() as client:
        for token in sorted(client.tokens, key=tokens.is_of_this_session):
            try:
                client.tokens.revoke(token.id)
            except NotFound:  # it has ended meanwhile
                continue
        client.logout()
