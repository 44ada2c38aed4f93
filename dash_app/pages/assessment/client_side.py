"""Client-side callbacks of the form: what the browser does with what the server says."""

from dash import ClientsideFunction, Dash, Input, Output, State

from dash_app.pages.assessment import ids

NAMESPACE = "agelens_assessment"


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
        ClientsideFunction(NAMESPACE, "arrive"),
        Output(ids.NONCE, "data"),
        Input(ids.SCHEMA, "data"),
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "heard"),
        Output("assessment-away", "children"),
        Input(ids.CHECK_RESULT, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(ClientsideFunction(NAMESPACE, "told"), Input(ids.PROBLEMS, "data"))
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "birthKnown"),
        Input("assessment-birth-known", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "country"), Input("assessment-country", "value")
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "countries"),
        Output("assessment-country", "data"),
        Input("assessment-country", "id"),
        State("assessment-country", "data"),
    )


def _keeping(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "saved"),
        Output("assessment-delete-box", "hidden"),
        Input(ids.SAVED, "children"),
        State(ids.DRAFT, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "done"),
        Output("assessment-go", "href"),
        Input(ids.NEXT_ADDRESS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "ask"),
        Output("assessment-delete-dialog", "opened"),
        Input("assessment-delete", "n_clicks"),
        Input("assessment-delete-not", "n_clicks"),
        prevent_initial_call=True,
    )


def _reading(app: Dash, button: str, store: str) -> None:
    """A key that was hit just before is on the screen, but not yet in the page's state."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "read"),
        Output(store, "data"),
        Input(button, "n_clicks"),
        prevent_initial_call=True,
    )
