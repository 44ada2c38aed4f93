"""What the page shows of a task in each of its states."""

import dash_mantine_components as dmc
from agelens.client import Client, Task
from dash import dcc, html

from dash_app import displayed_factors
from dash_app.content import Component
from dash_app.pages.result import (
    actions,
    comparison,
    estimate,
    factors,
    method_and_version,
    progress,
    what_if,
)


def of(client: Client, task: Task) -> Component:
    """The state in words, or the whole result."""
    match task.status:
        case "succeeded":
            return succeeded(client, task)
        case "draft":
            return _draft(task)
        case "queued" | "running":
            return progress.view(task)
        case _:
            return progress.ended(task)


def succeeded(client: Client, task: Task) -> Component:
    """How old, how sure, compared with whom, because of what, what could change it."""
    model, schema = displayed_factors.schema_of(client, task)
    found = displayed_factors.of(task, schema)
    return html.Div(
        [
            estimate.head(task, model),
            estimate.how_old(task),
            estimate.how_sure(task),
            comparison.with_whom(task, schema),
            factors.because_of(task, found),
            what_if.what_could_change(task, model, found),
            method_and_version.warnings(task, schema),
            method_and_version.model_and_data(task, model),
            actions.section_of(task),
        ],
        className="result",
    )


def _draft(task: Task) -> Component:
    place = f"/new?draft={task.id}"
    return dmc.Stack(
        [
            dcc.Location(id="result-goto", href=place, refresh=True),
            dmc.Title("This is a draft", order=1),
            html.Div(dmc.Anchor("Continue this draft", href=place)),
        ]
    )
