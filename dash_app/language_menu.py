"""The choice of language, in the header and in a phone's menu."""

import dash_mantine_components as dmc
from agelens.languages import LANGUAGES, _, language
from dash import dcc, html

from dash_app import forms
from dash_app.content import Component


def in_header() -> Component:
    """What says which language this is, and opens the others; assets/agelens.js closes it."""
    code = language()
    summary = html.Summary(
        code.upper(), **{"aria-label": _("Language: {name}", name=LANGUAGES[code])}
    )
    return dmc.Box(
        html.Details([summary, _form()], id="header-languages", className="language-drop"),
        visibleFrom="sm",
    )


def in_menu() -> Component:
    """The same, all in view."""
    return html.Div(
        [dmc.Text(_("Language"), size="sm", c="dimmed"), _form()], className="language-menu"
    )


def _form() -> Component:
    """A plain form; assets/agelens.js says where the person is, to come back there."""
    return html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=forms.csrf_token()),
            dcc.Input(type="hidden", name="next", value="/"),
            *(_choice(code, name) for code, name in LANGUAGES.items()),
        ],
        action="/forms/language",
        method="POST",
        className="languages",
    )


def _choice(code: str, name: str) -> Component:
    return html.Button(
        name,
        type="submit",
        name="language",
        value=code,
        lang=code,
        className="language",
        **({"aria-current": "true"} if code == language() else {}),
    )
