"""The page header: navigation, account and colour scheme."""

import dash_mantine_components as dmc
from agelens.languages import N_, _
from dash import dcc, html

from dash_app import forms, language_menu, sessions
from dash_app.content import Component, Content

MENU_ENTRIES = (
    (N_("New assessment"), "/new"),
    (N_("History"), "/history"),
    (N_("Cohorts"), "/cohorts"),
)


def bar() -> Component:
    """What always stands at the top."""
    return dmc.Container(
        dmc.Group(
            [
                dmc.Group(
                    [_burger(), _brand(), _main()], gap="md", wrap="nowrap", className="start"
                ),
                dmc.Group(
                    [*_account(), language_menu.in_header(), _colours()],
                    gap="xs",
                    wrap="nowrap",
                    className="end",
                ),
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
        **{"aria-label": _("Menu"), "aria-controls": "menu"},
    )


def _brand() -> Component:
    return dmc.Anchor(
        [
            html.Span(className="mark", **{"aria-hidden": "true"}),
            html.Span("AgeLens", lang="en"),
        ],
        href="/",
        className="brand",
        underline="never",
    )


def _main() -> Component:
    return html.Nav(
        dmc.Group(_links(), gap="xs", visibleFrom="sm", wrap="nowrap"),
        id="places",
        **{"aria-label": _("Main")},
    )


def _links() -> list[Content]:
    if sessions.person() is None:
        return []
    entries = [*MENU_ENTRIES, *([(N_("Admin"), "/admin")] if sessions.is_admin() else [])]
    return [dmc.Anchor(_(name), href=href, className="place") for name, href in entries]


def _account() -> list[Content]:
    person = sessions.person()
    if person is None:
        return [
            dmc.Anchor(
                _("Log in"), href="/login", className="place", refresh=True, visibleFrom="xs"
            ),
            dmc.Anchor(_("Register"), href="/register", className="place strong", refresh=True),
        ]
    return [
        dmc.Anchor("", id="credits", href="/wallet", className="place credits"),
        dmc.Anchor(_("Account"), href="/account", className="place", visibleFrom="sm"),
        dmc.Box(_logout(), visibleFrom="sm"),
    ]


def _logout() -> Component:
    return html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=forms.csrf_token()),
            dmc.Button(
                _("Log out"),
                buttonProps={"type": "submit"},
                variant="subtle",
                color="gray",
                size="xs",
                className="log-out",
            ),
        ],
        action="/forms/logout",
        method="POST",
    )


def menu() -> list[Content]:
    """The same places, for a phone."""
    if sessions.person() is None:
        entries = [(N_("Home"), "/"), (N_("Log in"), "/login"), (N_("Register"), "/register")]
        links = [dmc.NavLink(label=_(name), href=to, refresh=to != "/") for name, to in entries]
        return [*links, language_menu.in_menu()]
    entries = [*MENU_ENTRIES, (N_("Wallet"), "/wallet"), (N_("Account"), "/account")]
    if sessions.is_admin():
        entries.append((N_("Admin"), "/admin"))
    links = [dmc.NavLink(label=_(name), href=href) for name, href in entries]
    return [*links, _logout(), language_menu.in_menu()]


def _colours() -> Component:
    return dmc.ColorSchemeToggle(
        lightIcon=html.Span("☾", **{"aria-hidden": "true"}),
        darkIcon=html.Span("☀", **{"aria-hidden": "true"}),
        variant="subtle",
        color="gray",
        size="lg",
        **{"aria-label": _("Switch between light and dark")},
    )
