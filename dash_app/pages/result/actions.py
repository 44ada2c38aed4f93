"""Actions on a result: download, print, compare, start again, delete."""

import dash_mantine_components as dmc
from agelens.client import Client, Task
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from dash_app import access, dialogs
from dash_app.content import Component
from dash_app.pages.result import exports
from dash_app.pages.result.sections import section

FORMS = {"result-json": ("json", exports.as_json), "result-csv": ("csv", exports.as_csv)}


def section_of(task: Task) -> Component:
    """The last part of the page."""
    return html.Div(
        section(
            "Save this result",
            dmc.Group(
                [
                    dmc.Button("Print or save as PDF", id="result-print"),
                    dmc.Button("Download JSON", id="result-json", variant="default"),
                    dmc.Button("Download CSV", id="result-csv", variant="default"),
                ],
                gap="sm",
            ),
            _python(task),
            dmc.Group(
                [
                    dmc.Anchor("New assessment from these answers", href=f"/new?like={task.id}"),
                    dmc.Anchor(
                        "Compare with another result",
                        id="result-compare",
                        href=f"/compare?b={task.id}",
                    ),
                    dmc.Button(
                        "Delete this result",
                        id="result-delete",
                        variant="subtle",
                        color="red",
                        size="compact-md",
                    ),
                ],
                gap="lg",
            ),
            _ask_first(),
            dcc.Download(id="result-download"),
            dcc.Location(id="result-goto", refresh="callback-nav"),
            dcc.Store(id="result-task", data=task.id),
        ),
        className="no-print",
    )


def _python(task: Task) -> Component:
    code = exports.as_python(task, access.public_api_url())
    return html.Details(
        [
            html.Summary("Copy as Python"),
            html.Pre(html.Code(code), className="result-code", tabIndex=0),
            dmc.CopyButton("Copy", value=code, copiedChildren="Copied", size="xs"),
        ]
    )


def _ask_first() -> Component:
    return dialogs.confirmation(
        "result-delete",
        "Delete this result?",
        dmc.Text("The answers and the result will be deleted. This cannot be undone."),
        dmc.Text("Credits spent on it are not refunded."),
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
        *(Input(name, "n_clicks") for name in FORMS),
        State("result-task", "data"),
        prevent_initial_call=True,
    )
    def download(json_clicks: int | None, csv_clicks: int | None, task_id: str) -> object:
        if not (json_clicks or csv_clicks):
            return no_update
        ending, write = FORMS[str(ctx.triggered_id)]
        with access.client() as client:
            task = client.task(task_id)
        return dcc.send_string(write(task), exports.file_name(task, ending))

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
        with access.client() as client:
            client.delete(task_id)
        return "/history"


RECENT = 10


def comparison_link(client: Client, task: Task) -> tuple[str, str]:
    """Where the comparison is, and what to call it."""
    recent = client.history_page(status="succeeded", model=task.model.name, limit=RECENT)
    return neighbour(task.id, [found.id for found in recent.items])


def neighbour(task_id: str, newest_first: list[str]) -> tuple[str, str]:
    """The same from the ids alone."""
    if task_id not in newest_first:
        return f"/compare?b={task_id}", "Compare with another result"
    at = newest_first.index(task_id)
    if at + 1 < len(newest_first):
        return f"/compare?a={newest_first[at + 1]}&b={task_id}", "Compare with the previous result"
    if at > 0:
        return f"/compare?a={task_id}&b={newest_first[at - 1]}", "Compare with the next result"
    return f"/compare?b={task_id}", "Compare with another result"
