"""Deleting an account."""

import dash_mantine_components as dmc
from agelens.client import ClientError, Unauthenticated, User
from dash import Dash, Input, Output, State, ctx, html, no_update, set_props

from dash_app import access, dialogs, problems, sessions
from dash_app.content import Component, Content

ERASED = (
    "your e-mail address and your password",
    "every assessment: answers, results and drafts",
    "every token and login, on all devices",
)
KEPT = (
    "The credit ledger is kept for accounting: amounts and dates, with nothing that identifies "
    "you. Remaining credits are lost."
)
GOODBYE = "/?goodbye=1"
DIFFERENT = "This is not the e-mail address of this account."


def section(user: User) -> Component:
    """The button, and the dialog in which it is meant."""
    return dmc.Paper(
        [
            dmc.Title("Delete my account", order=2, size="h4", mb="xs"),
            dmc.Text("This cannot be undone. Download your data first if you want it.", mb="md"),
            dmc.Button("Delete my account …", id="account-erase", color="red", variant="outline"),
            dialogs.confirmation(
                "account-erase", "Delete my account", *_asked(user), go="Delete permanently"
            ),
        ],
        withBorder=True,
        p="lg",
    )


def _asked(user: User) -> list[Content]:
    return [
        html.Div(["Deleted immediately:", html.Ul([html.Li(what) for what in ERASED])]),
        dmc.Text(KEPT),
        dmc.TextInput(
            id="account-erase-email",
            label=f"Type {user.email} to confirm",
            autoComplete="off",
            spellCheck=False,
            debounce=True,  # else Enter can overtake what was typed
        ),
        html.Div(id="account-erase-problem"),
    ]


def register(app: Dash) -> None:
    """Opening, closing, and doing it."""

    @app.callback(
        Output("account-erase-dialog", "opened"),
        Output("account-erase-email", "value"),
        Output("account-erase-email", "error", allow_duplicate=True),
        Output("account-erase-problem", "children"),
        Input("account-erase", "n_clicks"),
        Input("account-erase-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def ask(_clicks: object, _not: object) -> object:
        return ctx.triggered_id == "account-erase", "", None, None

    @app.callback(
        Output("account-erase-email", "error"),
        Input("account-erase-yes", "n_clicks"),
        Input("account-erase-email", "n_submit"),
        State("account-erase-email", "value"),
        running=[(Output("account-erase-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def erase(_clicks: object, _enter: object, typed: str | None) -> object:
        person = sessions.person()
        if person is None:
            raise problems.LoginNeededError
        if (typed or "").strip().casefold() != person.email.casefold():
            return DIFFERENT
        try:
            with access.client() as client:
                client.erase()
        except Unauthenticated:
            raise
        except ClientError as error:
            set_props("account-erase-problem", {"children": problems.alert(error)})
            return no_update
        sessions.end()
        set_props("account-leave", {"data": GOODBYE})
        return None
