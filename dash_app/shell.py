"""The frame around every page: header, navigation, notices."""

import importlib.metadata
from typing import Any

import dash
import dash_mantine_components as dmc
from agelens.client import ClientError
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dash_app import access, forms, sessions

TITLE = "AgeLens"
THEME = {
    "primaryColor": "teal",
    "primaryShade": 9,  # the lightest teal on which white text can be read by everybody (5:1)
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
    "defaultRadius": "md",
    "headings": {"fontWeight": "650"},
}
VERSION = importlib.metadata.version("agelens")
PLACES = (("New assessment", "/new"), ("History", "/history"), ("Cohorts", "/cohorts"))
NOT_ADVICE = (
    "AgeLens is software for research and for learning. It is not medical advice: "
    "talk to a doctor about your health."
)


def layout() -> Any:
    """Drawn once per visit: logging in or out loads the whole page again."""
    return dmc.MantineProvider(
        [
            dcc.Store(id="login-needed"),
            dcc.Store(id="credits-changed"),
            dcc.Store(id="arrivals"),
            dmc.NotificationContainer(id="notices"),
            html.A("Skip to the content", href="#content", className="skip-link"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header()),
                    dmc.AppShellNavbar(_menu(), id="menu", p="md"),
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


COLLAPSED = {"desktop": True, "mobile": True}


def _foot() -> Any:
    return dmc.Group(
        [
            dmc.Text(NOT_ADVICE, size="sm", className="foot-words"),
            dmc.Group(
                [
                    dmc.Anchor(
                        "API reference",
                        href=access.public_api_url("/docs"),
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


def _header() -> Any:
    return dmc.Container(
        dmc.Group(
            [
                dmc.Group(
                    [
                        dmc.Burger(
                            id="burger",
                            opened=False,
                            hiddenFrom="sm",
                            size="sm",
                            **{"aria-label": "Menu", "aria-controls": "menu"},
                        ),
                        dmc.Anchor(
                            [html.Span(className="mark", **{"aria-hidden": "true"}), "AgeLens"],
                            href="/",
                            className="brand",
                            underline="never",
                        ),
                        html.Nav(
                            dmc.Group(_links(), gap="xs", visibleFrom="sm", wrap="nowrap"),
                            id="places",
                            **{"aria-label": "Main"},
                        ),
                    ],
                    gap="md",
                    wrap="nowrap",
                ),
                dmc.Group([*_account(), _colours()], gap="xs", wrap="nowrap"),
            ],
            justify="space-between",
            wrap="nowrap",
            h="100%",
        ),
        size="lg",
        h="100%",
    )


def _links() -> list[Any]:
    if sessions.person() is None:
        return []
    places = [*PLACES, *([("Admin", "/admin")] if sessions.is_admin() else [])]
    return [dmc.Anchor(name, href=href, className="place") for name, href in places]


def _account() -> list[Any]:
    person = sessions.person()
    if person is None:
        return [
            dmc.Anchor("Log in", href="/login", className="place", refresh=True, visibleFrom="xs"),
            dmc.Anchor("Register", href="/register", className="place strong", refresh=True),
        ]
    return [
        dmc.Anchor("", id="credits", href="/wallet", className="place credits"),
        dmc.Anchor("Account", href="/account", className="place", visibleFrom="sm"),
        dmc.Box(_logout(), visibleFrom="sm"),
    ]


def _logout() -> Any:
    return html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=forms.csrf_token()),
            dmc.Button(
                "Log out", buttonProps={"type": "submit"}, variant="subtle", color="gray", size="xs"
            ),
        ],
        action="/forms/logout",
        method="POST",
    )


def _menu() -> list[Any]:
    """The same places, for a phone."""
    if sessions.person() is None:
        places = [("Start", "/"), ("Log in", "/login"), ("Register", "/register")]
        return [dmc.NavLink(label=name, href=href, refresh=href != "/") for name, href in places]
    places = [*PLACES, ("Wallet", "/wallet"), ("Account", "/account")]
    if sessions.is_admin():
        places.append(("Admin", "/admin"))
    return [*(dmc.NavLink(label=name, href=href) for name, href in places), _logout()]


def _colours() -> Any:
    return dmc.ColorSchemeToggle(
        lightIcon=html.Span("☾", **{"aria-hidden": "true"}),
        darkIcon=html.Span("☀", **{"aria-hidden": "true"}),
        variant="subtle",
        color="gray",
        size="lg",
        **{"aria-label": "Light or dark"},
    )


def register(app: Dash) -> None:
    """The frame's own callbacks."""
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
        Input("_pages_location", "pathname"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens", "arrived"),
        Output("arrivals", "data"),
        Input("_pages_store", "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("credits", "children"),
        Input("_pages_location", "pathname"),
        Input("credits-changed", "data"),
    )
    def show_credits(_pathname: str, _changed: Any) -> Any:
        if sessions.person() is None:
            return ""
        try:
            with access.client() as client:
                return f"{client.wallet.available:,} credits"
        except ClientError:  # the page itself says what is wrong
            return "Wallet"
