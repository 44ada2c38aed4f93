"""Client-side callbacks of the form: prefill, validation, and drafts in session storage."""

from dash import ClientsideFunction, Dash, Input, Output, State

from dash_app.pages.assessment import ids

HERE = "agelens_assessment"


def register(app: Dash) -> None:
    """The functions are in assets/assessment.js."""
    _filling(app)
    _looking(app)
    _units(app)
    _keeping(app)
    _deleting(app)
    for button, store in (
        ("assessment-submit", "assessment-submitted"),
        ("assessment-save", "assessment-kept"),
    ):
        _reading(app, button, store)


def _filling(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(HERE, "fill"),
        Output(ids.number(), "value"),
        Output(ids.choice(), "value"),
        Output(ids.unit(), "value"),
        Output("assessment-notice", "hidden"),
        Output("assessment-notice-text", "children"),
        Output(ids.NONCE, "data"),
        Input(ids.SCHEMA, "data"),
        Input("assessment-offer", "data"),
        Input("assessment-again", "n_clicks"),
        Input("assessment-clear", "n_clicks"),
        Input("assessment-undo", "n_clicks"),
        Input("assessment-country", "value"),
        State("assessment-last", "data"),
    )


def _looking(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(HERE, "look"),
        Output(ids.number(), "error"),
        Output(ids.choice(), "error"),
        Output(ids.number(), "description"),
        Output("assessment-progress", "children"),
        Input(ids.number(), "value"),
        Input(ids.choice(), "value"),
        Input(ids.unit(), "value"),
        Input(ids.number(), "n_blur"),
        Input(ids.TOLD, "data"),
        State(ids.SCHEMA, "data"),
    )


def _units(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(HERE, "countries"),
        Output("assessment-country", "data"),
        Input("assessment-country", "id"),
        State("assessment-country", "data"),
    )


def _keeping(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(HERE, "saved"),
        Output("assessment-delete-box", "hidden"),
        Input(ids.SAVED, "children"),
        State(ids.DRAFT, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(HERE, "done"),
        Output("assessment-go", "href"),
        Input(ids.SENT, "data"),
        prevent_initial_call=True,
    )


def _deleting(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(HERE, "ask"),
        Output("assessment-delete-dialog", "opened"),
        Input("assessment-delete", "n_clicks"),
        Input("assessment-delete-not", "n_clicks"),
        prevent_initial_call=True,
    )


def _reading(app: Dash, button: str, store: str) -> None:
    """A key that was hit just before is on the screen, but not yet in the page's state."""
    app.clientside_callback(
        ClientsideFunction(HERE, "read"),
        Output(store, "data"),
        Input(button, "n_clicks"),
        State(ids.SCHEMA, "data"),
        prevent_initial_call=True,
    )
