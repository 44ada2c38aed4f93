"""Delete a cohort."""

from contextlib import suppress

import dash_mantine_components as dmc
from agelens.client import Cohort, NotFound
from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update

from dash_app import access, dialogs, routing
from dash_app.content import Component

WORDS = {
    "draft": "The file will be deleted. You have not been charged.",
    "succeeded": "The results will be deleted permanently. Credits spent on them are not refunded.",
}


def section(cohort: Cohort) -> Component:
    """The button, and the question."""
    thing = "draft" if cohort.status == "draft" else "cohort"
    return html.Div(
        [
            dmc.Button(
                f"Delete this {thing}",
                id="cohorts-delete",
                variant="subtle",
                color="red",
            ),
            dmc.Text("Drafts are deleted after a day unless you run them.", size="sm", c="dimmed")
            if thing == "draft"
            else None,
            dialogs.confirmation(
                "cohorts-delete",
                f"Delete this {thing}?",
                dmc.Text(
                    WORDS.get(
                        cohort.status,
                        "It will be removed from your list. You have not been charged.",
                    )
                ),
            ),
        ]
    )


def register(app: Dash) -> None:
    """Ask, then do."""
    app.clientside_callback(
        ClientsideFunction("agelens_cohorts", "ask"),
        Output("cohorts-delete-dialog", "opened"),
        Input("cohorts-delete", "n_clicks"),
        Input("cohorts-delete-not", "n_clicks"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input("cohorts-delete-yes", "n_clicks"),
        State("cohorts-id", "data"),
        running=[(Output("cohorts-delete-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def delete(clicks: int | None, cohort_id: str) -> object:
        if not clicks:
            return no_update
        with access.client() as client, suppress(NotFound):  # another page has done it already
            client.cohorts[cohort_id].delete()
        return "/cohorts"
