"""Lists that grow by "Show more"."""

from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from agelens.client import Client, Page
from dash import Dash, Input, Output, Patch, State, dcc, html, no_update

from dash_app import access

Ask = Callable[..., Page[Any]]
Row = Callable[[Any], Any]


def button(name: str, page: Page[Any], filters: dict[str, str | None]) -> Any:
    """Below a list that has a further page."""
    kept = {"cursor": page.next_cursor, "filters": filters}
    return html.Div(
        [
            dcc.Store(id=f"admin-{name}-next", data=kept),
            dmc.Button("Show more", id=f"admin-{name}-more", variant="default"),
        ],
        hidden=page.next_cursor is None,
        id=f"admin-{name}-further",
    )


def register(app: Dash, name: str, ask: Callable[[Client], Ask], row: Row) -> None:
    """Append the next page to the table `admin-{name}-rows`."""

    @app.callback(
        Output(f"admin-{name}-rows", "children"),
        Output(f"admin-{name}-next", "data"),
        Output(f"admin-{name}-further", "hidden"),
        Input(f"admin-{name}-more", "n_clicks"),
        State(f"admin-{name}-next", "data"),
        running=[(Output(f"admin-{name}-more", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def show_more(clicks: int | None, following: dict[str, Any]) -> Any:
        if not clicks or following["cursor"] is None:
            return no_update, no_update, no_update
        with access.client() as client:
            page = ask(client)(cursor=following["cursor"], **following["filters"])
        rows = Patch()
        rows.extend([row(item) for item in page.items])
        return rows, following | {"cursor": page.next_cursor}, page.next_cursor is None
