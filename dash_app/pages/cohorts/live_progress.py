"""A cohort under way, live, until it has ended or is ended."""

import time

import dash_mantine_components as dmc
from agelens.client import Client, ClientError, Cohort, Conflict, NotFound, Unauthenticated
from dash import Dash, Input, Output, State, no_update, set_props

from dash_app import access, problems
from dash_app.content import Component
from dash_app.pages.cohorts import progress, view

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
        with access.client() as client:
            try:
                cohort = client.cohorts[cohort_id]
                if not cohort.is_finished:
                    cohort.refresh(wait=WAIT_SECONDS)
            except Unauthenticated:
                raise
            except NotFound:
                return problems.not_found(), no_update
            except ClientError as error:
                return no_update, dmc.Text(problems.words(error))
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
        with access.client() as client:
            cohort = client.cohorts[cohort_id]
            try:
                cohort.cancel()
            except Conflict:  # it has ended in this very moment
                cohort.refresh()
            return arrived(client, cohort)


def arrived(client: Client, cohort: Cohort) -> Component:
    """The page of the new state; credits were set aside, spent or given back: the header asks anew."""
    set_props("credits-changed", {"data": time.time()})
    return view.of(client, cohort)
