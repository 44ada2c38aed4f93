"""The list of assessments: filters, rows, and two results picked to compare."""

from collections.abc import Callable, Mapping
from functools import partial

import dash_mantine_components as dmc
from agelens.client import Client, Page, Task
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html

from dash_app import html_tables, load_more, routing
from dash_app.content import Component
from dash_app.pages.history import labels, rows


def filter_form(names: labels.Names, status: str | None, model: str | None) -> Component:
    """Two choices; a clock that is not active any more can still be the chosen one."""
    clocks = dict(names.clocks) | ({model: names.clock(model)} if model else {})
    return dmc.Group(
        [
            _choice("history-status", "Status", labels.STATUSES, status, "All"),
            _choice("history-model", "Clock", clocks, model, "All clocks"),
        ],
        mb="sm",
        className="history-filters",
    )


def _choice(
    name: str, label: str, choices: Mapping[str, str], chosen: str | None, everything: str
) -> Component:
    data = [{"value": "", "label": everything}]
    data += [{"value": value, "label": text} for value, text in choices.items()]
    return dmc.Select(
        id=name, label=label, data=data, value=chosen or "", allowDeselect=False, w=280
    )


def _filtering(app: Dash) -> None:
    """A choice changes the address, and the address what is shown."""
    app.clientside_callback(
        ClientsideFunction("agelens_history", "filter"),
        Output(routing.ADDRESS, "search", allow_duplicate=True),
        Input("history-status", "value"),
        Input("history-model", "value"),
        prevent_initial_call=True,
    )


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
            html_tables.table(
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
    """Filter, load more, and pick two results to compare."""
    _filtering(app)
    _picking(app)
    load_more.register(app, "history", lambda client: client.history_page, _row)


def _row(client: Client) -> Callable[[Task], Component]:
    return partial(rows.row, names=labels.Names.from_models(client.models))


def selection_bar() -> Component:
    """There as soon as something is chosen."""
    return html.Div(
        [
            html.Span(id="history-picked-words", role="status"),
            dmc.Button("Compare", id="history-compare", disabled=True),
            dcc.Store(id="history-picked"),
        ],
        id="history-bar",
        hidden=True,
        className="history-bar",
    )


def _picking(app: Dash) -> None:
    """What is chosen decides whether it can be compared."""
    app.clientside_callback(
        ClientsideFunction("agelens_history", "pick"),
        Output("history-bar", "hidden"),
        Output("history-picked-words", "children"),
        Output("history-compare", "disabled"),
        Output("history-picked", "data"),
        Input({"type": "history-pick", "task": ALL, "unit": ALL}, "checked"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_history", "compare"),
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input("history-compare", "n_clicks"),
        State("history-picked", "data"),
        prevent_initial_call=True,
    )
