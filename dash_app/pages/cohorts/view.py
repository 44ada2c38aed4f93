"""A cohort's page in each state, and polling until the cohort ends."""

import time

import dash_mantine_components as dmc
from agelens.client import Client, ClientError, Cohort, Conflict, NotFound, Unauthenticated
from agelens.languages import _
from dash import Dash, Input, Output, State, dcc, html, no_update, set_props

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.cohorts import (
    deletion,
    downloads,
    draft_view,
    labels,
    progress,
    row_errors,
    row_warnings,
    summary,
)


def page_content(client: Client, cohort: Cohort) -> Component:
    """The state in words, or all results."""
    match cohort.status:
        case "draft":
            content = draft_view.view(client, cohort)
        case "queued" | "running":
            content = progress.view(cohort)
        case "succeeded":
            content = [
                summary.money(cohort),
                summary.section(cohort),
                downloads.section(cohort),
                row_errors.section(cohort),
                row_warnings.section(cohort),
            ]
        case _:
            content = [_finished(cohort)]
    active = cohort.status in ("queued", "running")
    return dmc.Stack(
        [
            _head(client, cohort),
            *content,
            None if active else deletion.section(cohort),
            dcc.Store(id="cohorts-id", data=cohort.id),
        ],
        gap="lg",
    )


def _head(client: Client, cohort: Cohort) -> Component:
    titles = {model.name: model.title for model in client.models} if cohort.model else {}
    parts = [
        labels.rows(cohort.rows),
        labels.columns(len(cohort.header)),
        labels.KINDS.get(cohort.format, cohort.format),
    ]
    if cohort.model and cohort.status != "draft":
        title = titles.get(cohort.model.name, cohort.model.name)
        parts.append(_("{clock}, version {version}", clock=title, version=cohort.model.version))
    return html.Div(
        [
            dmc.Anchor(_("All cohorts"), href="/cohorts", size="sm", className="no-print"),
            dmc.Title(html.Bdi(cohort.name), order=1, className="cohorts-name"),
            dmc.Text(" · ".join(parts), c="dimmed"),
        ]
    )


def _finished(cohort: Cohort) -> Component:
    """Failed or canceled: why, and what it cost."""
    canceled = cohort.status == "canceled"
    unexplained = _("You canceled this cohort.") if canceled else _("The reason is unknown.")
    reason = cohort.error.message if cohort.error else unexplained
    return dmc.Alert(
        [
            dmc.Text(reason),
            dmc.Text(_("You were not charged. All reserved credits are available again.")),
            dmc.Anchor(_("Upload the file again"), href="/cohorts", inherit=True, fw=600),
        ],
        title=_("Canceled") if canceled else _("No results"),
        color="gray" if canceled else "red",
        variant="light",
    )


WAIT_SECONDS = 1.0


def register(app: Dash) -> None:
    """Under the bar."""

    @app.callback(
        Output("cohorts-root", "children"),
        Output("cohorts-progress", "children"),
        Input("cohorts-look", "n_intervals"),
        State("cohorts-id", "data"),
        running=[(Output("cohorts-look", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def look(_ticks: int, cohort_id: str) -> object:
        with api_client.client() as client:
            try:
                cohort = client.cohorts[cohort_id]
                if not cohort.is_finished:
                    cohort.refresh(wait=WAIT_SECONDS)
            except Unauthenticated:
                raise
            except NotFound:
                return problems.not_found(), no_update
            except ClientError as error:
                return no_update, dmc.Text(problems.error_message(error))
            if not cohort.is_finished:
                return no_update, progress.bar(cohort)
            return arrived(client, cohort), no_update

    @app.callback(
        Output("cohorts-root", "children", allow_duplicate=True),
        Input("cohorts-cancel", "n_clicks"),
        State("cohorts-id", "data"),
        running=[(Output("cohorts-cancel", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None, cohort_id: str) -> object:
        if not clicks:
            return no_update
        with api_client.client() as client:
            cohort = client.cohorts[cohort_id]
            try:
                cohort.cancel()
            except Conflict:  # it has ended in this very moment
                cohort.refresh()
            return arrived(client, cohort)


def arrived(client: Client, cohort: Cohort) -> Component:
    """The page of the new state; credits were set aside, spent or given back: the header asks anew."""
    set_props("credits-changed", {"data": time.time()})
    return page_content(client, cohort)
