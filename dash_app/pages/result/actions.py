"""Actions on a result: download, print, compare, start again, delete."""

from collections.abc import Sequence
from functools import partial

import dash_mantine_components as dmc
from agelens.client import Client, Task, TimelineEntry
from agelens.languages import SOURCE, _, in_language
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from dash_app import api_client, copied_code, dialogs, displayed_factors, exports, sharing
from dash_app.content import Component
from dash_app.result_view.sections import section

FORMAT_BY_BUTTON = {"result-json": "json", "result-csv": "csv"}


def section_of(task: Task) -> Component:
    """The last part of the page."""
    return html.Div(
        section(
            _("Save or share this result"),
            dmc.Group(
                [
                    dmc.Button(_("Print or save as PDF"), id="result-print"),
                    dmc.Button(_("Download JSON"), id="result-json", variant="default"),
                    dmc.Button(_("Download CSV"), id="result-csv", variant="default"),
                    sharing.section(task),
                ],
                gap="sm",
            ),
            _python(task),
            dmc.Group(
                [
                    dmc.Anchor(_("New assessment from these answers"), href=f"/new?like={task.id}"),
                    dmc.Anchor(
                        _("Compare with another result"),
                        id="result-compare",
                        href=f"/compare?b={task.id}",
                    ),
                    dmc.Button(
                        _("Delete this result"),
                        id="result-delete",
                        variant="subtle",
                        color="red",
                        size="compact-md",
                        px=0,
                    ),
                ],
                gap="lg",
            ),
            _confirmation(),
            dcc.Download(id="result-download"),
            dcc.Location(id="result-goto", refresh="callback-nav"),
            dcc.Store(id="result-task", data=task.id),
        ),
        className="no-print",
    )


def _python(task: Task) -> Component:
    code = copied_code.of_task(task, api_client.public_api_url())
    return html.Details(
        [
            html.Summary(_("Copy as Python")),
            html.Pre(html.Code(code), className="result-code", tabIndex=0),
            dmc.CopyButton(_("Copy"), value=code, copiedChildren=_("Copied"), size="xs"),
        ]
    )


def _confirmation() -> Component:
    return dialogs.confirmation(
        "result-delete",
        _("Delete this result?"),
        dmc.Text(_("The answers and the result will be deleted. This cannot be undone.")),
        dmc.Text(_("Credits spent on it are not refunded.")),
    )


def register(app: Dash) -> None:
    """What the buttons do."""
    app.clientside_callback(
        ClientsideFunction("agelens_result", "print"), Input("result-print", "n_clicks")
    )
    app.clientside_callback(
        ClientsideFunction("agelens_result", "ask"),
        Output("result-delete-dialog", "opened"),
        Input("result-delete", "n_clicks"),
        Input("result-delete-not", "n_clicks"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("result-download", "data"),
        *(Input(name, "n_clicks") for name in FORMAT_BY_BUTTON),
        State("result-task", "data"),
        prevent_initial_call=True,
    )
    def download(json_clicks: int | None, csv_clicks: int | None, task_id: str) -> object:
        if not (json_clicks or csv_clicks):
            return no_update
        ending = FORMAT_BY_BUTTON[str(ctx.triggered_id)]
        with in_language(SOURCE), api_client.client() as client:
            task = client.task(task_id)
            text = exports.as_json(task)
            if ending == "csv":
                _model, schema = displayed_factors.schema_of(client, task)
                text = exports.as_csv([(task, schema)])
        return dcc.send_string(text, exports.file_name([task], ending))

    @app.callback(
        Output("result-goto", "href"),
        Input("result-delete-yes", "n_clicks"),
        State("result-task", "data"),
        running=[(Output("result-delete-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def delete(clicks: int | None, task_id: str) -> object:
        if not clicks:
            return no_update
        with api_client.client() as client:
            client.delete(task_id)
        return "/history"


AT_A_TIME = 100


def comparison_link(client: Client, task: Task) -> tuple[str, str]:
    """Where the comparison is, and what to call it: with the result measured before, else after."""
    page = partial(client.timeline.page, status="succeeded", model=task.model.name, limit=AT_A_TIME)
    up_to_now = _results(task, page(until=task.measured_on).items)
    if task.id in up_to_now[:-1]:
        return neighbour(task.id, up_to_now)
    return neighbour(task.id, _results(task, page(since=task.measured_on).items))


def _results(task: Task, entries: Sequence[TimelineEntry]) -> list[str]:
    """The ids of this clock's results, the newest measured first."""
    name = task.model.name
    of_each = (result for entry in entries for result in entry.results)
    return [
        each.task_id for each in of_each if each.status == "succeeded" and each.model.name == name
    ]


def neighbour(task_id: str, newest_first: Sequence[str]) -> tuple[str, str]:
    """The same from the ids alone."""
    if task_id not in newest_first:
        return f"/compare?b={task_id}", _("Compare with another result")
    at = newest_first.index(task_id)
    if at + 1 < len(newest_first):
        return f"/compare?a={newest_first[at + 1]}&b={task_id}", _(
            "Compare with the previous result"
        )
    if at > 0:
        return f"/compare?a={task_id}&b={newest_first[at - 1]}", _("Compare with the next result")
    return f"/compare?b={task_id}", _("Compare with another result")
