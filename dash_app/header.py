"""The page header: navigation, account and colour scheme."""

import dash_mantine_components as dmc
from dash import dcc, html

from dash_app import forms, sessions
from dash_app.content import Component, Content

PLACES = (("New assessment", "/new"), ("History", "/history"), ("Cohorts", "/cohorts"))


def bar() -> Component:
    """What always stands at the top."""
    return dmc.Container(
        dmc.Group(
            [
                dmc.Group(
                    [_burger(), _brand(), _main()], gap="md", wrap="nowrap", className="start"
                ),
                dmc.Group([*_account(), _colours()], gap="xs", wrap="nowrap", className="end"),
            ],
            justify="space-between",
            wrap="nowrap",
            gap="xs",
            h="100%",
        ),
        size="lg",
        h="100%",
        className="bar",
    )


def _burger() -> Component:
    return dmc.Burger(
        id="burger",
        opened=False,
        hiddenFrom="sm",
        size="sm",
        **{"aria-label": "Menu", "aria-controls": "menu"},
    )


def _brand() -> Component:
    return dmc.Anchor(
        [html.Span(className="mark", **{"aria-hidden": "true"}), "AgeLens"],
        href="/",
        className="brand",
        underline="never",
    )


def _main() -> Component:
    return html.Nav(
        dmc.Group(_links(), gap="xs", visibleFrom="sm", wrap="nowrap"),
        id="places",
        **{"aria-label": "Main"},
    )


def _links() -> list[Content]:
    if sessions.person() is None:
        return []
    places = [*PLACES, *([("Admin", "/admin")] if sessions.is_admin() else [])]
    return [dmc.Anchor(name, href=href, className="place") for name, href in places]


def _account() -> list[Content]:
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


def _logout() -> Component:
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


def menu() -> list[Content]:
    """The same places, for a phone."""
    if sessions.person() is None:
        places = [("Home", "/"), ("Log in", "/login"), ("Register", "/register")]
        return [dmc.NavLink(label=name, href=href, refresh=href != "/") for name, href in places]
    places = [*PLACES, ("Wallet", "/wallet"), ("Account", "/account")]
    if sessions.is_admin():
        places.append(("Admin", "/admin"))
    return [*(dmc.NavLink(label=name, href=href) for name, href in places), _logout()]


def _colours() -> Component:
    return dmc.ColorSchemeToggle(
        lightIcon=html.Span("☾", **{"aria-hidden": "true"}),
        darkIcon=html.Span("☀", **{"aria-hidden": "true"}),
        variant="subtle",
        color="gray",
        size="lg",
        **{"aria-label": "Switch between light and dark"},
    )
