"""The layout around every page: header, menu, notifications, footer."""

import importlib.metadata
from typing import Any

import dash
import dash_mantine_components as dmc
from agelens.client import ClientError
from agelens.languages import N_, _
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dash_app import api_client, forms, header, number_text, routing, sessions
from dash_app.content import Component

TITLE = "AgeLens"
COLLAPSED = {"desktop": True, "mobile": True}
THEME = {
    "primaryColor": "teal",
    "primaryShade": 9,  # the lightest teal on which white text can be read by everybody (5:1)
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
    "defaultRadius": "md",
    "headings": {"fontWeight": "650"},
}
VERSION = importlib.metadata.version("agelens")
NOT_ADVICE = N_(
    "AgeLens is software for research and learning. It is not medical advice: "
    "talk to a doctor about your health."
)


def layout() -> Component:
    """Drawn once per visit: logging in or out loads the whole page again."""
    return dmc.MantineProvider(
        [
            dcc.Store(id="login-needed"),
            dcc.Store(id="credits-changed"),
            dcc.Store(id="arrivals"),
            dmc.NotificationContainer(id="notices", sendNotifications=_welcome()),
            html.A(_("Skip to content"), href="#content", className="skip-link"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(header.bar()),
                    dmc.AppShellNavbar(header.menu(), id="menu", p="md"),
                    dmc.AppShellMain(
                        [
                            html.Div(
                                dmc.Container(dash.page_container, size="lg", py="lg"),
                                id="content",
                                tabIndex=-1,
                            ),
                            html.Footer(dmc.Container(_foot(), size="lg"), className="foot"),
                        ]
                    ),
                ],
                id="frame",
                header={"height": 60},
                navbar={"width": 260, "breakpoint": "sm", "collapsed": COLLAPSED},
                padding=0,
            ),
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )


def _welcome() -> list[dict[str, Any]]:
    """What somebody is told who has just registered."""
    credits = forms.welcome_credits()
    if not credits:
        return []
    message = _("You have {credits} to start with.", credits=number_text.credits(credits))
    look = {"color": "teal", "autoClose": 20_000, "position": "bottom-left"}
    return [{"action": "show", "title": _("Welcome to AgeLens"), "message": message, **look}]


def _foot() -> Component:
    return dmc.Group(
        [
            dmc.Text(_(NOT_ADVICE), size="sm", className="foot-words"),
            dmc.Group(
                [
                    dmc.Anchor(
                        _("API reference"),
                        href=api_client.public_api_url("/docs"),
                        refresh=True,
                        size="sm",
                    ),
                    dmc.Text(f"AgeLens {VERSION}", size="sm"),
                ],
                gap="md",
            ),
        ],
        justify="space-between",
        gap="sm",
    )


def register(app: Dash) -> None:
    """The frame's own callbacks."""
    _in_the_browser(app)

    @app.callback(
        Output("credits", "children"),
        Input(routing.ADDRESS, "pathname"),
        Input("credits-changed", "data"),
    )
    def show_credits(_pathname: str, _changed: object) -> object:
        if sessions.person() is None:
            return ""
        try:
            with api_client.client() as client:
                return number_text.credits(client.wallet.available)
        except ClientError:  # the page itself says what is wrong
            return _("Wallet")


def _in_the_browser(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("agelens", "toLogin"),
        Output("login-needed", "data"),
        Input("login-needed", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens", "menu"),
        Output("frame", "navbar"),
        Input("burger", "opened"),
        State("frame", "navbar"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens", "leaving"),
        Output("burger", "opened"),
        Input(routing.ADDRESS, "pathname"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens", "arrived"),
        Output("arrivals", "data"),
        Input(routing.PAGE_STORE, "data"),
        prevent_initial_call=True,
    )
