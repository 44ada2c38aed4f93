"""Create a personal token; its secret is shown once."""

import dash_mantine_components as dmc
from agelens.client import ClientError, InvalidInput, Token, Unauthenticated
from agelens.languages import _
from dash import ClientsideFunction, Dash, Input, Output, State, html, set_props

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.account import token_tables

USUAL_DAYS = 90
FIELDS = ("name", "days")
ELSEWHERE = "account-token-problem"


def form() -> Component:
    """Its name and how long it works."""
    return html.Div(
        [
            html.Div(
                [
                    dmc.TextInput(
                        id="account-token-name",
                        label=_("Name of the new token"),
                        debounce=True,  # else Enter can overtake what was typed
                        placeholder=_("for example notebook"),
                        autoComplete="off",
                    ),
                    dmc.TextInput(
                        id="account-token-days",
                        label=_("Days until it expires"),
                        debounce=True,
                        value=str(USUAL_DAYS),
                        inputProps={"inputMode": "numeric"},
                        autoComplete="off",
                    ),
                    dmc.Button(_("Create token"), id="account-token-create"),
                ],
                className="account-new-token",
            ),
            html.Div(id=ELSEWHERE),
            html.Div(id="account-token-made", role="status"),
        ],
        className="account-token-form",
    )


def _new_token_box(token: Token) -> Component:
    """The secret, this once, and what to do with it."""
    address = api_client.public_api_url()
    return dmc.Alert(
        [
            dmc.Text(_("Copy it now. It is shown only once and cannot be recovered."), mb="xs"),
            html.Div(
                [
                    dmc.TextInput(
                        id="account-secret",
                        value=token.access_token,
                        readOnly=True,
                        className="account-secret",
                        **{"aria-label": _("The new token")},
                    ),
                    dmc.Button(_("Copy"), id="account-copy"),
                ],
                className="account-copying",
            ),
            dmc.Text(_("In a shell:"), mt="sm", size="sm"),
            html.Pre(
                f"export AGELENS_URL={address}\nexport AGELENS_TOKEN={token.access_token}",
                tabIndex=0,
            ),
            dmc.Text(_("Then in Python:"), size="sm"),
            html.Pre(
                f'from agelens.client import Client\n\nclient = Client("{address}")  '
                "# reads AGELENS_TOKEN\nprint(client.me().email)",
                tabIndex=0,
            ),
        ],
        title=_("The token “{token}” is ready", token=token.name),
        color="teal",
        variant="light",
        mt="md",
        className="account-made",
    )


def register(app: Dash) -> None:
    """Making one on the server, copying it in the browser."""
    app.clientside_callback(
        ClientsideFunction("agelens_account", "copy"),
        Output("account-copy", "children"),
        Input("account-copy", "n_clicks"),
        State("account-secret", "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("account-token-name", "error"),
        Output("account-token-days", "error"),
        Output(ELSEWHERE, "children"),
        Input("account-token-create", "n_clicks"),
        Input("account-token-name", "n_submit"),
        Input("account-token-days", "n_submit"),
        State("account-token-name", "value"),
        State("account-token-days", "value"),
        running=[(Output("account-token-create", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def create(
        _clicks: object, _enter: object, _too: object, name: str | None, days: str | None
    ) -> object:
        if not (name or "").strip():
            return _("Give the token a name."), None, None
        try:
            with api_client.client() as client:
                # text that is no number goes as it is: the API says what is wrong with it
                token = client.tokens.create((name or "").strip(), days=_number(days))  # type: ignore[arg-type]  # text is refused by the API
                mine = list(client.tokens)
        except Unauthenticated:
            raise
        except InvalidInput as error:
            messages = problems.field_messages(error)
            alert = None if messages.keys() & set(FIELDS) else problems.alert(error)
            return messages.get("name"), messages.get("days"), alert
        except ClientError as error:
            return None, None, problems.alert(error)
        set_props("account-token-made", {"children": _new_token_box(token)})
        set_props(token_tables.TOKENS, {"children": token_tables.tokens(mine)})
        set_props("account-token-name", {"value": ""})
        return None, None, None


def _number(typed: str | None) -> int | str | None:
    """A whole number where one was typed; else what was typed, for the API to judge."""
    text = (typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() else text or None
