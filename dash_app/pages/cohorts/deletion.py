"""Delete a cohort."""

from contextlib import suppress

import dash_mantine_components as dmc
from agelens.client import Cohort, NotFound
from agelens.languages import N_, _
from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update

from dash_app import api_client, dialogs, routing
from dash_app.content import Component

WORDS = {
    "draft": N_("The file will be deleted. You have not been charged."),
    "succeeded": N_(
        "The results will be deleted permanently. Credits spent on them are not refunded."
    ),
}
OTHERWISE = N_("It will be removed from your list. You have not been charged.")


def section(cohort: Cohort) -> Component:
    """The button, and the question."""
    is_draft = cohort.status == "draft"
    return html.Div(
        [
            dmc.Button(
                _("Delete this draft") if is_draft else _("Delete this cohort"),
                id="cohorts-delete",
                className="no-print",
                variant="subtle",
                color="red",
                ml=-18,  # its words stand in line with what is above
            ),
            dmc.Text(
                _("Drafts are deleted after a day unless you run them."), size="sm", c="dimmed"
            )
            if is_draft
            else None,
            dialogs.confirmation(
                "cohorts-delete",
                _("Delete this draft?") if is_draft else _("Delete this cohort?"),
                dmc.Text(_(WORDS.get(cohort.status, OTHERWISE))),
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
        with api_client.client() as client, suppress(NotFound):  # another page has done it already
            client.cohorts[cohort_id].delete()
        return "/cohorts"
