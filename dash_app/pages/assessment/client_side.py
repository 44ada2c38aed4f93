"""Client-side callbacks of the form: what the browser does with what the server says."""

from dash import ClientsideFunction, Dash, Input, Output, State

from dash_app.pages.assessment import ids

HERE = "agelens_assessment"


def register(app: Dash) -> None:
    """The functions are in assets/assessment.js."""
    _hearing(app)
    _keeping(app)
    for button, store in (
        (ids.SUBMIT, "assessment-submitted"),
        ("assessment-save", "assessment-kept"),
    ):
        _reading(app, button, store)


def _hearing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(HERE, "arrive"),
        Output(ids.NONCE, "data"),
        Input(ids.SCHEMA, "data"),
    )
    app.clientside_callback(
        ClientsideFunction(HERE, "heard"),
        Output("assessment-away", "children"),
        Input(ids.HEARD, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(ClientsideFunction(HERE, "told"), Input(ids.TOLD, "data"))
    app.clientside_callback(
        ClientsideFunction(HERE, "birthKnown"),
        Input("assessment-birth-known", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(HERE, "country"), Input("assessment-country", "value")
    )
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
        prevent_initial_call=True,
    )
