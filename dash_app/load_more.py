"""Lists with a "Show more" button (cursor pagination)."""

from collections.abc import Callable, Mapping
from typing import Any

import dash_mantine_components as dmc
from agelens.client import Client, Page
from agelens.languages import _
from dash import Dash, Input, Output, Patch, State, dcc, html, no_update, set_props

from dash_app import api_client
from dash_app.content import Component

Filters = Mapping[str, str | None]
PageRequest = Callable[..., Page[Any]]
RowRenderer = Callable[[Any], Any]


def button(name: str, page: Page[Any], filters: Filters | None = None) -> Component:
    """Below a list that has a further page; hidden below one that has none."""
    return html.Div(
        [
            dcc.Store(id=f"{name}-next", data=_following(page, filters or {})),
            dmc.Button(_("Show more"), id=f"{name}-more", variant="default"),
        ],
        hidden=page.next_cursor is None,
        id=f"{name}-further",
        className="further",
    )


def begin_again(name: str, page: Page[Any]) -> None:
    """From within a callback that has drawn the first page anew, without filters."""
    set_props(f"{name}-next", {"data": _following(page, {})})
    set_props(f"{name}-further", {"hidden": page.next_cursor is None})


def register(
    app: Dash,
    name: str,
    page_request: Callable[[Client], PageRequest],
    draw: Callable[[Client], RowRenderer],
) -> None:
    """Append the next page to `NAME-rows`: which list it is and how a row looks may need the client."""

    @app.callback(
        Output(f"{name}-rows", "children"),
        Output(f"{name}-next", "data"),
        Output(f"{name}-further", "hidden"),
        Input(f"{name}-more", "n_clicks"),
        State(f"{name}-next", "data"),
        running=[(Output(f"{name}-more", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def show_more(clicks: int | None, following: dict[str, Any]) -> object:
        if not clicks or following["cursor"] is None:
            return no_update, no_update, no_update
        with api_client.client() as client:
            page = page_request(client)(cursor=following["cursor"], **following["filters"])
            row = draw(client)
        rows = Patch()
        rows.extend([row(item) for item in page.items])
        return rows, _following(page, following["filters"]), page.next_cursor is None


def _following(page: Page[Any], filters: Filters) -> dict[str, Any]:
    return {"cursor": page.next_cursor, "filters": dict(filters)}
