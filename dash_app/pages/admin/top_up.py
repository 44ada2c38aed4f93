"""Add credits to a user's wallet, after a confirmation and only once."""

import time
import uuid
from urllib.parse import quote, unquote

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import AdminUser, Client, ClientError, InvalidInput
from agelens.languages import N_, _
from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update, set_props

from dash_app import api_client, idempotency_keys, number_text, problems
from dash_app.content import Component
from dash_app.pages.admin import page_frame

OPENER = "admin-topup-open"


def button(user: AdminUser) -> Component:
    """Opens the dialog for one person."""
    return dmc.Button(
        _("Top up"),
        id={"type": OPENER, "user": quote(user.email or "")},  # an id has to be ASCII
        size="compact-sm",
        variant="default",
        **{"aria-label": _("Top up {email}", email=user.email)},
    )


def amount_id(user_id: str) -> dict[str, str]:
    """Where a person's credits stand."""
    return {"type": "admin-users-credits", "user": user_id}


def amount(user: AdminUser) -> str:
    """What can be spent, and what is held besides."""
    available = charts.count(user.wallet.available)
    if not user.wallet.held:
        return available
    reserved = charts.count(user.wallet.held)
    return _("{available} (+{held} reserved)", available=available, held=reserved)


def _user_by_email(client: Client, email: str) -> AdminUser | None:
    people = client.admin.users(email=email)
    return next((user for user in people if user.email == email), None)


def dialog() -> Component:
    """Who gets how much."""
    return dmc.Box(
        [
            dcc.Store(id="admin-topup-for"),
            page_frame.confirmation(
                "topup",
                _("Add credits"),
                N_("Add credits"),
                # a field for numbers would drop what it does not like, and 2e3 would become 23
                before=dmc.TextInput(
                    id="admin-topup-amount",
                    label=_("Credits"),
                    value="100",
                    inputProps={"inputMode": "numeric"},
                    autoComplete="off",
                    mt="md",
                    **{"data-autofocus": True},
                ),
            ),
        ]
    )


def register(app: Dash) -> None:
    """Open, leave, add."""
    _open_or_leave(app)
    _add(app)


def _open_or_leave(app: Dash) -> None:
    @app.callback(
        Output("admin-topup-dialog", "opened"),
        Output("admin-topup-words", "children"),
        Output("admin-topup-for", "data"),
        Output("admin-topup-problem", "children"),
        Output("admin-topup-amount", "error"),
        Input({"type": OPENER, "user": ALL}, "n_clicks"),
        Input("admin-topup-not", "n_clicks"),
        prevent_initial_call=True,
    )
    def open_or_leave(_open_clicks: list[int | None], _cancel_clicks: int | None) -> object:
        if not ctx.triggered[0]["value"]:
            return (no_update,) * 5
        if ctx.triggered_id == "admin-topup-not":
            return False, *(no_update,) * 4
        email = unquote(ctx.triggered_id["user"])
        message = _(
            "{email} can spend them immediately. Credits cannot be taken back here.", email=email
        )
        return True, message, {"email": email, "key": uuid.uuid4().hex}, None, None


def _add(app: Dash) -> None:
    @app.callback(
        Output("admin-topup-dialog", "opened", allow_duplicate=True),
        Output("admin-topup-problem", "children", allow_duplicate=True),
        Output("admin-topup-amount", "error", allow_duplicate=True),
        Input("admin-topup-yes", "n_clicks"),
        State("admin-topup-amount", "value"),
        State("admin-topup-for", "data"),
        running=[(Output("admin-topup-yes", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def add(clicks: int | None, typed: str | None, target: dict[str, str] | None) -> object:
        if not clicks or target is None:
            return (no_update,) * 3
        return _add_credits(target, typed or "")


def _add_credits(target: dict[str, str], typed: str) -> object:
    """Whether the dialog stays open, what went wrong, and what is wrong with the amount."""
    credits = number_text.parse_credits(typed)
    try:
        with api_client.client() as client:
            client.admin.topup(
                target["email"],
                # text that is no amount goes as it is: the API says what is wrong with it
                credits,  # type: ignore[arg-type]  # text is refused by the API, beside its field
                idempotency_key=idempotency_keys.top_up_key(target["key"], credits),
            )
            person = _user_by_email(client, target["email"])
    except InvalidInput as error:
        return no_update, None, problems.error_message(error)
    except ClientError as error:
        return no_update, problems.alert(error), None
    if person is not None:
        set_props(amount_id(person.id), {"children": amount(person)})
    # an administrator may have chosen themselves
    set_props("credits-changed", {"data": time.time()})
    added = number_text.credits(int(credits))
    problems.notify(
        _("{credits} added to {email}.", credits=added, email=target["email"]), good=True
    )
    return False, None, None
