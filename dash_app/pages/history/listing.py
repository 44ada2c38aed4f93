"""The table of tasks, and earlier ones on request."""

from collections.abc import Callable
from functools import partial
from typing import Any

import dash_mantine_components as dmc
from agelens.client import Client, Page, Task
from dash import Dash, html

from dash_app import load_more, tables
from dash_app.content import Component
from dash_app.pages.history import labels, rows


def section(
    page: Page[Task], names: labels.Names, status: str | None, model: str | None
) -> Component:
    """The newest that match."""
    if not page.items:
        return dmc.Text(
            ["No matches. ", dmc.Anchor("Show all", href="/history", inherit=True)],
        )
    return html.Div(
        [
            tables.table(
                rows.COLUMNS,
                [rows.row(task, names) for task in page.items],
                caption="Assessments, newest first",
                body_id="history-rows",
                className="history-table",
            ),
            load_more.button("history", page, {"status": status, "model": model}),
        ]
    )


def register(app: Dash) -> None:
    """Earlier tasks, below those that are there."""
    load_more.register(app, "history", lambda client: client.history_page, _row)


def _row(client: Client) -> Callable[[Task], Any]:
    return partial(rows.row, names=labels.Names.of(client.models))
