"""Export of a person's data, and deletion of the account."""

import json

import dash_mantine_components as dmc
from agelens.client import ClientError, Unauthenticated, User
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update, set_props

from dash_app import access, dialogs, problems, sessions
from dash_app.content import Component, Content

FILE = "agelens-my-data.json"


def export_section() -> Component:
    """What the file holds, and the button that fetches it."""
    return dmc.Paper(
        [
            dmc.Title("My data", order=2, size="h4", mb="xs"),
            dmc.Text(
                "One JSON file with everything that AgeLens stores about you: your account, "
                "answers, results, drafts, wallet, transactions and the names of your tokens.",
                mb="md",
            ),
            dmc.Button("Download my data", id="account-export", variant="default"),
            dcc.Download(id="account-file"),
        ],
        withBorder=True,
        p="lg",
    )


def _exporting(app: Dash) -> None:
    """The file as the API gives it."""

    @app.callback(
        Output("account-file", "data"),
        Input("account-export", "n_clicks"),
        running=[(Output("account-export", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def export(_clicks: object) -> object:
        with access.client() as client:
            kept = client.export()
        text = json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
        return dcc.send_string(text, FILE, type="application/json")


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


def deletion_section(user: User) -> Component:
    """The button, and the dialog in which it is meant."""
    return dmc.Paper(
        [
            dmc.Title("Delete my account", order=2, size="h4", mb="xs"),
            dmc.Text("This cannot be undone. Download your data first if you want it.", mb="md"),
            dmc.Button("Delete my account …", id="account-erase", color="red", variant="outline"),
            dialogs.confirmation(
                "account-erase",
                "Delete my account",
                *_dialog_content(user),
                go="Delete permanently",
            ),
        ],
        withBorder=True,
        p="lg",
    )


def _dialog_content(user: User) -> list[Content]:
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
    """Download the data; delete the account after a confirmation."""
    _exporting(app)
    _deleting(app)


def _deleting(app: Dash) -> None:

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
