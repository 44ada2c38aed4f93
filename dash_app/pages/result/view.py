"""The result page in each state of its task, and polling until the task ends."""

import dash_mantine_components as dmc
from agelens.client import Client, ClientError, Conflict, NotFound, Task, Unauthenticated
from agelens.languages import _
from dash import Dash, Input, Output, State, dcc, html, no_update, set_props

from dash_app import api_client, displayed_factors, problems, result_view
from dash_app.content import Component, Content
from dash_app.pages.result import actions, progress, what_if
from dash_app.result_view.record import Recorded, record


def page_content(client: Client, task: Task) -> Component:
    """The state in words, or the whole result."""
    match task.status:
        case "succeeded":
            return succeeded(client, task)
        case "draft":
            return _draft(task)
        case "queued" | "running":
            return progress.view(task)
        case _:
            return progress.without_result(task)


def succeeded(client: Client, task: Task) -> Component:
    """How old, because of what, what could change it; then how sure, and compared with whom."""
    model, schema = displayed_factors.schema_of(client, task)
    factors = displayed_factors.factors_of(task, schema)
    workbench = what_if.what_if_section(task, model, factors)
    curve = result_view.curve_of(client, task)
    return html.Div(
        [
            *_all_clocks(task),
            *result_view.draw(task, model, schema, workbench, curve=curve),
            record([Recorded(task, model, schema)]),
            actions.section_of(task),
        ],
        className="result",
    )


def _all_clocks(task: Task) -> list[Content]:
    """The way back to the other clocks of the same panel."""
    if task.assessment_id is None:
        return []
    words = _("All clocks of this panel")
    return [
        html.Div(dmc.Anchor(words, href=f"/assessments/{task.assessment_id}"), className="no-print")
    ]


def _draft(task: Task) -> Component:
    address = f"/new?draft={task.id}"
    return dmc.Stack(
        [
            dcc.Location(id="result-goto", href=address, refresh=True),
            dmc.Title(_("This is a draft"), order=1),
            html.Div(dmc.Anchor(_("Continue this draft"), href=address)),
        ]
    )


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
        with api_client.client() as client:
            try:
                task = client.task(task_id, wait=WAIT_SECONDS)
            except Unauthenticated:
                raise
            except NotFound:
                return problems.not_found(), no_update
            except ClientError as error:
                return no_update, dmc.Text(problems.error_message(error))
            if not task.is_finished:
                return no_update, progress.status_text(task)
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
        with api_client.client() as client:
            try:
                task = client.cancel(task_id)
            except Conflict:  # it has finished in this very moment
                task = client.task(task_id)
            return _arrived(client, task)


def _arrived(client: Client, task: Task) -> Component:
    """What was set aside is spent or free again: the header asks anew."""
    set_props("credits-changed", {"data": f"{task.id} {task.status}"})
    return page_content(client, task)
