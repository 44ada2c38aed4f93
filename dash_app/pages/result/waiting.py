"""Waiting for the end of a task, and ending it."""

import dash_mantine_components as dmc
from agelens.client import Client, ClientError, Conflict, NotFound, Task, Unauthenticated
from dash import Dash, Input, Output, State, no_update, set_props

from dash_app import access, problems
from dash_app.content import Component
from dash_app.pages.result import progress, view

WAIT_SECONDS = 8.0


def register(app: Dash) -> None:
    """Under the progress view."""

    @app.callback(
        Output("result-root", "children"),
        Output("result-progress", "children"),
        Input("result-poll", "n_intervals"),
        State("result-awaited", "data"),
        running=[(Output("result-poll", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def poll(_ticks: int, task_id: str) -> object:
        """The API answers as soon as there is an end, else after a while."""
        with access.client() as client:
            try:
                task = client.task(task_id, wait=WAIT_SECONDS)
            except Unauthenticated:
                raise
            except NotFound:
                return problems.not_found(), no_update
            except ClientError as error:
                return no_update, dmc.Text(problems.words(error))
            if not task.is_finished:
                return no_update, progress.words(task)
            return _arrived(client, task), no_update

    @app.callback(
        Output("result-root", "children", allow_duplicate=True),
        Input("result-cancel", "n_clicks"),
        State("result-awaited", "data"),
        running=[(Output("result-cancel", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None, task_id: str) -> object:
        if not clicks:
            return no_update
        with access.client() as client:
            try:
                task = client.cancel(task_id)
            except Conflict:  # it has finished in this very moment
                task = client.task(task_id)
            return _arrived(client, task)


def _arrived(client: Client, task: Task) -> Component:
    """What was set aside is spent or free again: the header asks anew."""
    set_props("credits-changed", {"data": f"{task.id} {task.status}"})
    return view.of(client, task)
