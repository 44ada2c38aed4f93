"""Change the password."""

import dash_mantine_components as dmc
from agelens.client import Client, ClientError, InvalidInput, Unauthenticated, User
from agelens.languages import _
from dash import Dash, Input, Output, State, html, set_props

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.account import token_tables


def section(user: User) -> Component:
    """The old one and the new one; the address is there for password managers."""
    return dmc.Paper(
        [
            dmc.Title(_("Password"), order=2, size="h4", mb="xs"),
            dmc.Text(
                _(
                    "Changing it logs you out on all other devices and revokes your personal "
                    "tokens. You stay logged in here."
                )
            ),
            html.Div(
                [
                    _username(user),
                    _field("account-password-current", _("Current password"), "current-password"),
                    _field("account-password-new", _("New password"), "new-password"),
                    dmc.Button(_("Change password"), id="account-password-change"),
                ],
                className="account-password",
            ),
            html.Div(id="account-password-told", role="status"),
        ],
        withBorder=True,
        p="lg",
    )


def _username(user: User) -> Component:
    """Nobody but a password manager sees it."""
    return dmc.TextInput(
        value=user.email,
        readOnly=True,
        autoComplete="username",
        className="unseen",
        attributes={"input": {"tabIndex": -1, "aria-hidden": "true"}},
    )


def _field(name: str, label: str, autocomplete: str) -> Component:
    return dmc.PasswordInput(
        id=name,
        label=label,
        autoComplete=autocomplete,
        debounce=True,  # else Enter can overtake what was typed
        visibilityToggleButtonProps={"aria-label": _("Show the password"), "tabIndex": 0},
    )


def register(app: Dash) -> None:
    """What is wrong stands beside its field; what was done is said below."""

    @app.callback(
        Output("account-password-current", "error"),
        Output("account-password-new", "error"),
        Output("account-password-told", "children"),
        Input("account-password-change", "n_clicks"),
        Input("account-password-new", "n_submit"),
        State("account-password-current", "value"),
        State("account-password-new", "value"),
        running=[(Output("account-password-change", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def change(_clicks: object, _enter: object, current: str | None, new: str | None) -> object:
        if not current:
            return _("Enter your current password."), None, None
        if not new:
            return None, _("Enter a new password."), None
        with api_client.client() as client:
            try:
                client.password.change(current, new)
            except Unauthenticated:
                client.me()  # raises again where it is the login that has ended
                return _("This is not your current password."), None, None
            except InvalidInput as error:
                return None, problems.error_message(error), None
            except ClientError as error:
                return None, None, problems.alert(error)
            _show(client)
        return None, None, dmc.Alert(_("Your password was changed."), color="teal", mt="md")


def _show(client: Client) -> None:
    """What is left of devices and tokens, and empty fields."""
    token_tables.refresh(list(client.tokens))
    for name in ("account-password-current", "account-password-new"):
        set_props(name, {"value": ""})
