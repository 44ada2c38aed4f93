"""Choosing two results to compare: in the browser alone."""

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html

from dash_app import dash_ids
from dash_app.content import Component


def bar() -> Component:
    """There as soon as something is chosen."""
    return html.Div(
        [
            html.Span(id="history-picked-words", role="status"),
            dmc.Button("Compare", id="history-compare", disabled=True),
            dcc.Store(id="history-picked"),
        ],
        id="history-bar",
        hidden=True,
        className="history-bar",
    )


def register(app: Dash) -> None:
    """What is chosen decides whether it can be compared."""
    app.clientside_callback(
        ClientsideFunction("agelens_history", "pick"),
        Output("history-bar", "hidden"),
        Output("history-picked-words", "children"),
        Output("history-compare", "disabled"),
        Output("history-picked", "data"),
        Input({"type": "history-pick", "task": ALL, "unit": ALL}, "checked"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_history", "compare"),
        Output(dash_ids.ADDRESS, "href", allow_duplicate=True),
        Input("history-compare", "n_clicks"),
        State("history-picked", "data"),
        prevent_initial_call=True,
    )
