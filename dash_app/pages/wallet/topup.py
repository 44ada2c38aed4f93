"""Top up the wallet."""

import re
import time
import uuid

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Client, ClientError, Forbidden, InvalidInput, Unauthenticated
from agelens.languages import N_, _
from dash import (
    ALL,
    ClientsideFunction,
    Dash,
    Input,
    Output,
    State,
    dcc,
    html,
    no_update,
    set_props,
)

from dash_app import api_client, idempotency_keys, number_text, problems, sessions
from dash_app.content import Component
from dash_app.pages.wallet import ledger

QUICK = (10, 50, 100)
NOT_ALLOWED = N_("Only an administrator can add credits. Please ask yours.")
AMOUNT_NEEDED = N_("Enter the number of credits to add.")
BACK_LABELS = {
    "/new": N_("Back to your assessment"),
    "/history": N_("Back to your history"),
    "/cohorts": N_("Back to your cohort"),
}


def form(following: str | None, amount: str | None = None) -> Component:
    """The amount, quick choices, and the way back to where credits were missing."""
    return_address = sessions.safe_place(following, "")
    return dmc.Paper(
        [
            dmc.Title(_("Top up"), order=2, size="h4", mb="xs"),
            dmc.TextInput(
                id="wallet-amount",
                label=_("Credits to add"),
                value=amount if re.fullmatch(r"[1-9][0-9]{0,8}", amount or "") else "",
                debounce=True,  # else Enter can overtake what was typed
                inputProps={"inputMode": "numeric"},
                autoComplete="off",
                placeholder=_("for example {example}", example=50),
            ),
            dmc.Group([_quick(amount) for amount in QUICK], gap="xs", mt="xs"),
            dmc.Group(
                [
                    dmc.Button(_("Top up"), id="wallet-topup"),
                    dmc.Anchor(_back_label(return_address), href=return_address)
                    if return_address
                    else None,
                ],
                mt="md",
            ),
            html.Div(id="wallet-told", role="status", className="wallet-told"),
            dcc.Store(id="wallet-key", data=uuid.uuid4().hex),
            dcc.Store(id="wallet-back", data=return_address),
        ],
        withBorder=True,
        p="lg",
    )


def _quick(amount: int) -> Component:
    return dmc.Button(
        charts.count(amount),
        id={"type": "wallet-quick", "amount": amount},
        variant="default",
        size="xs",
        **{"aria-label": number_text.credits(amount)},
    )


def _back_label(return_address: str) -> str:
    first = "/" + return_address.partition("?")[0].split("/")[1]
    return _(BACK_LABELS.get(first, N_("Go back")))


def register(app: Dash) -> None:
    """Choosing an amount in the browser, topping up on the server."""
    app.clientside_callback(
        ClientsideFunction("agelens_wallet", "choose"),
        Output("wallet-amount", "value"),
        Input({"type": "wallet-quick", "amount": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )

    app.clientside_callback(
        ClientsideFunction("agelens_wallet", "begun"),
        Output("wallet-told", "children"),
        Input("wallet-amount", "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("wallet-amount", "error"),
        Input("wallet-topup", "n_clicks"),
        Input("wallet-amount", "n_submit"),
        State("wallet-amount", "value"),
        State("wallet-key", "data"),
        State("wallet-back", "data"),
        running=[(Output("wallet-topup", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def top_up(
        _clicks: object, _enter: object, typed: str | None, submission_id: str, return_address: str
    ) -> object:
        set_props("wallet-told", {"children": None})  # what it says is of an earlier one
        if not (typed or "").strip():
            return _(AMOUNT_NEEDED)
        amount = number_text.parse_credits(typed or "")
        try:
            with api_client.client() as client:
                idempotency_key = idempotency_keys.top_up_key(submission_id, amount)
                # text that is no amount goes as it is: the API says what is wrong with it
                client.wallet.topup(amount, idempotency_key=idempotency_key)  # type: ignore[arg-type]  # text is refused by the API
                _show(client, amount, return_address)
        except Unauthenticated:
            raise
        except Forbidden:
            return _(NOT_ALLOWED)
        except InvalidInput as error:
            return problems.error_message(error)
        except ClientError as error:
            set_props("wallet-told", {"children": problems.alert(error)})
            return no_update
        return None


def _show(client: Client, amount: int | str, return_address: str) -> None:
    """The wallet as it is now, and the form ready for another top-up."""
    ledger.refresh(client)
    set_props("wallet-amount", {"value": ""})
    set_props("wallet-key", {"data": uuid.uuid4().hex})
    set_props("wallet-told", {"children": _confirmation(amount, return_address)})
    set_props("credits-changed", {"data": time.time()})


def _confirmation(amount: int | str, return_address: str) -> Component:
    message = _("{credits} added.", credits=number_text.credits(int(amount)))
    way_back = (
        [" ", dmc.Anchor(_back_label(return_address), href=return_address, fw=600)]
        if return_address
        else []
    )
    return dmc.Alert([message, *way_back], color="teal", variant="light")
