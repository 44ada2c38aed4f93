"""Which tasks are listed: kept in the address, so that reloading and going back keep it."""

from collections.abc import Mapping

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output

from dash_app import dash_ids
from dash_app.content import Component
from dash_app.pages.history import labels


def form(names: labels.Names, status: str | None, model: str | None) -> Component:
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


def register(app: Dash) -> None:
    """A choice changes the address, and the address what is shown."""
    app.clientside_callback(
        ClientsideFunction("agelens_history", "filter"),
        Output(dash_ids.ADDRESS, "search", allow_duplicate=True),
        Input("history-status", "value"),
        Input("history-model", "value"),
        prevent_initial_call=True,
    )
