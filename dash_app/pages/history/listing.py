"""The list of panels: filters, rows, and two of them picked to compare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import dash_mantine_components as dmc
from agelens.client import Client, Page, TimelineEntry
from agelens.languages import _
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html

from dash_app import html_tables, load_more, routing
from dash_app.content import Component
from dash_app.pages.history import labels, periods, rows


@dataclass(frozen=True)
class Filters:
    """What the address asks for; `period` is a number of months."""

    status: str | None = None
    model: str | None = None
    period: str | None = None

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.status or self.model or self.period)

    @property
    def since(self) -> str | None:
        """The day with which the period begins."""
        return periods.since(self.period)

    def of_list(self) -> dict[str, str | None]:
        """As the service takes them."""
        return {"status": self.status, "model": self.model, "since": self.since}


def filter_form(names: labels.Names, filters: Filters) -> Component:
    """Three choices; a clock that is not active any more can still be the chosen one."""
    model = filters.model
    clocks = dict(names.clocks) | ({model: names.clock(model)} if model else {})
    statuses = {status: labels.status(status) for status in labels.STATUSES}
    times = {months: periods.label(months) for months in periods.MONTHS}
    return dmc.Group(
        [
            _choice("history-status", _("Status"), statuses, filters.status, _("All")),
            _choice("history-model", _("Clock"), clocks, model, _("All clocks")),
            _choice("history-period", _("Period"), times, filters.period, _("Any time")),
        ],
        mb="sm",
        className="history-filters",
    )


def _choice(
    name: str, label: str, choices: Mapping[str, str], selected: str | None, everything: str
) -> Component:
    data = [{"value": "", "label": everything}]
    data += [{"value": value, "label": text} for value, text in choices.items()]
    return dmc.Select(
        id=name, label=label, data=data, value=selected or "", allowDeselect=False, w=230
    )


def _filtering(app: Dash) -> None:
    """A choice changes the address, and the address what is shown."""
    app.clientside_callback(
        ClientsideFunction("agelens_history", "filter"),
        Output(routing.ADDRESS, "search", allow_duplicate=True),
        Input("history-status", "value"),
        Input("history-model", "value"),
        Input("history-period", "value"),
        prevent_initial_call=True,
    )


def section(page: Page[TimelineEntry], names: labels.Names, filters: Filters) -> Component:
    """The newest that match."""
    if not page.items:
        return dmc.Text(
            [_("No matches."), " ", dmc.Anchor(_("Show all"), href="/history", inherit=True)],
        )
    return html.Div(
        [
            html_tables.table(
                rows.columns(),
                [rows.row(entry, names) for entry in page.items],
                caption=_("Assessments, the newest blood draw first"),
                body_id="history-rows",
                className="history-table",
            ),
            load_more.button("history", page, filters.of_list()),
        ]
    )


def register(app: Dash) -> None:
    """Filter, load more, and pick two panels to compare."""
    _filtering(app)
    _picking(app)
    load_more.register(app, "history", lambda client: client.timeline.page, _row)


def _row(client: Client) -> Callable[[TimelineEntry], Component]:
    return partial(rows.row, names=labels.Names.from_models(client.models))


def selection_bar() -> Component:
    """There as soon as something is chosen."""
    return html.Div(
        [
            html.Span(id="history-picked-words", role="status"),
            dmc.Button(_("Compare"), id="history-compare", disabled=True),
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
        Input({"type": "history-pick", "task": ALL, "clocks": ALL}, "checked"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_history", "compare"),
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input("history-compare", "n_clicks"),
        State("history-picked", "data"),
        prevent_initial_call=True,
    )
