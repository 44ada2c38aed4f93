"""The table of tasks, and earlier ones on request."""

from typing import Any

import dash_mantine_components as dmc
from agelens.client import Page, Task
from dash import Dash, Input, Output, Patch, State, dcc, html

from dash_app import access, tables
from dash_app.pages.history import rows, words


def section(page: Page[Task], names: words.Names, status: str | None, model: str | None) -> Any:
    """The newest that match."""
    if not page.items:
        return dmc.Text(
            ["Nothing matches. ", dmc.Anchor("Show everything", href="/history", inherit=True)],
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
            html.Div(
                dmc.Button("Show more", id="history-more", variant="default", mt="md"),
                id="history-earlier",
                hidden=page.next_cursor is None,
            ),
            dcc.Store(
                id="history-listed",
                data={"cursor": page.next_cursor, "status": status, "model": model},
            ),
        ]
    )


def register(app: Dash) -> None:
    """Earlier tasks, below those that are there."""

    @app.callback(
        Output("history-rows", "children"),
        Output("history-listed", "data"),
        Output("history-earlier", "hidden"),
        Input("history-more", "n_clicks"),
        State("history-listed", "data"),
        running=[(Output("history-more", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def show_more(_clicks: Any, listed: dict[str, Any]) -> Any:
        with access.client() as client:
            page = client.history_page(
                cursor=listed["cursor"], status=listed["status"], model=listed["model"]
            )
            names = words.Names.of(client.models)
        more = Patch()
        more.extend([rows.row(task, names) for task in page.items])
        return more, listed | {"cursor": page.next_cursor}, page.next_cursor is None
