"""Export of a person's data, and deletion of the account."""

from contextlib import ExitStack
from http import HTTPStatus
from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import ClientError, Unauthenticated, User
from agelens.languages import N_, _
from dash import Dash, Input, Output, State, ctx, html, no_update, set_props
from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from dash_app import api_client, dialogs, file_slots, problems, sessions
from dash_app.content import Component, Content
from dash_app.file_slots import BUSY, BusyError

EXPORT_FILE_NAME = "agelens-my-data.json"
EXPORT_PATH = "/account/export"


def export_section() -> Component:
    """What the file holds, and the button that fetches it."""
    return dmc.Paper(
        [
            dmc.Title(_("My data"), order=2, size="h4", mb="xs"),
            dmc.Text(
                _(
                    "One JSON file with everything that AgeLens stores about you: your account, "
                    "answers, results, drafts, wallet, transactions, links to results that you "
                    "shared and the names of your tokens."
                ),
                mb="md",
            ),
            html.A(_("Download my data"), href=EXPORT_PATH, className="call"),
        ],
        withBorder=True,
        p="lg",
    )


def my_data() -> BaseResponse:
    """The file as it comes from the API, of which no more than a piece is in memory."""
    if sessions.person() is None:
        return _to_login()
    with ExitStack() as undo:
        try:
            undo.enter_context(file_slots.slot())
            client = undo.enter_context(api_client.client())
            pieces = undo.enter_context(client.export_stream())
        except Unauthenticated:
            return _to_login()
        except BusyError:
            return Response(_(BUSY) + "\n", HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
        except ClientError as error:
            text = problems.error_message(error) + "\n"
            return Response(text, HTTPStatus.BAD_GATEWAY, mimetype="text/plain")
        open_resources = undo.pop_all()
    response = Response(pieces, content_type="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=EXPORT_FILE_NAME)
    response.call_on_close(open_resources.close)
    return response


def _to_login() -> BaseResponse:
    sessions.end()
    return redirect("/login?" + urlencode({"next": "/account"}), 303)


ERASED = (
    N_("your e-mail address and your password"),
    N_("every assessment: answers, results, drafts and links to them"),
    N_("every token and login, on all devices"),
)
KEPT_AFTER_DELETION = N_(
    "The credit ledger is kept for accounting: amounts and dates, with nothing that identifies "
    "you. Remaining credits are lost."
)
GOODBYE = "/?goodbye=1"
OTHER_ADDRESS = N_("This is not the e-mail address of this account.")


def deletion_section(user: User) -> Component:
    """The button, and the dialog in which it is meant."""
    return dmc.Paper(
        [
            dmc.Title(_("Delete my account"), order=2, size="h4", mb="xs"),
            dmc.Text(_("This cannot be undone. Download your data first if you want it."), mb="md"),
            dmc.Button(
                _("Delete my account …"), id="account-erase", color="red", variant="outline"
            ),
            dialogs.confirmation(
                "account-erase",
                _("Delete my account"),
                *_dialog_content(user),
                go=N_("Delete permanently"),
            ),
        ],
        withBorder=True,
        p="lg",
    )


def _dialog_content(user: User) -> list[Content]:
    return [
        html.Div([_("Deleted immediately:"), html.Ul([html.Li(_(erased)) for erased in ERASED])]),
        dmc.Text(_(KEPT_AFTER_DELETION)),
        dmc.TextInput(
            id="account-erase-email",
            label=_("Type {email} to confirm", email=user.email),
            autoComplete="off",
            spellCheck=False,
            debounce=True,  # else Enter can overtake what was typed
        ),
        html.Div(id="account-erase-problem"),
    ]


def register(app: Dash) -> None:
    """Download the data; delete the account after a confirmation."""
    app.server.add_url_rule(EXPORT_PATH, "account_export", my_data)
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
    def open_dialog(_clicks: object, _cancel_clicks: object) -> object:
        return ctx.triggered_id == "account-erase", "", None, None

    @app.callback(
        Output("account-erase-email", "error"),
        Input("account-erase-yes", "n_clicks"),
        Input("account-erase-email", "n_submit"),
        State("account-erase-email", "value"),
        running=[(Output("account-erase-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def erase(_clicks: object, _enter: object, typed_email: str | None) -> object:
        person = sessions.person()
        if person is None:
            raise problems.LoginNeededError
        if (typed_email or "").strip().casefold() != person.email.casefold():
            return _(OTHER_ADDRESS)
        try:
            with api_client.client() as client:
                client.erase()
        except Unauthenticated:
            raise
        except ClientError as error:
            set_props("account-erase-problem", {"children": problems.alert(error)})
            return no_update
        sessions.end()
        set_props("account-leave", {"data": GOODBYE})
        return None
