"""Cohort pages: upload a file, match its columns, pay, score, download."""

import dash_mantine_components as dmc
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, routing
from dash_app.content import Component
from dash_app.pages.cohorts import (
    deletion,
    draft_updates,
    file_layout,
    listing,
    questions,
    row_errors,
    row_warnings,
    transfers,
    upload,
    view,
)

LEAD = N_(
    "Score a whole file at once, one row per person. You get the same rows back with each person's "
    "result, its range and what drives it. You see how the file is read and what it costs before "
    "you pay, and rows that cannot be scored are free."
)


def register(app: Dash) -> None:
    """Under /cohorts and /cohorts/<cohort_id>; and the addresses that files go through."""
    transfers.init_app(app.server)
    routing.add("/cohorts", layout, title=N_("Cohorts"))
    routing.add("/cohorts/<cohort_id>", cohort_page, title=N_("Cohort"))
    for part in (
        upload,
        listing,
        draft_updates,
        file_layout,
        questions,
        view,
        row_errors,
        row_warnings,
        deletion,
    ):
        part.register(app)


def layout(model: str | None = None) -> Component:
    """The way in, and what was uploaded before."""
    with api_client.client() as client:
        models = list(client.models)
        page = client.cohorts.page()
    return dmc.Stack(
        [
            html.Div([dmc.Title(_("Cohorts"), order=1, mb="xs"), dmc.Text(_(LEAD), maw=720)]),
            upload.card(models, model),
            listing.section(page, {model.name: model.title for model in models}),
        ],
        gap="lg",
    )


def cohort_page(cohort_id: str) -> Component:
    """Whatever there is of a cohort now; what comes next takes this place without a reload."""
    with api_client.client() as client:
        return html.Div(view.page_content(client, client.cohorts[cohort_id]), id="cohorts-root")
