"""Live status of queues, workers and running jobs."""

from collections.abc import Mapping

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import ClientError, Unauthenticated
from agelens.languages import N_, _
from dash import Dash, Input, Output, dcc, html

from dash_app import api_client, problems, result_format, routing
from dash_app.content import Component, Content
from dash_app.pages.admin import page_frame

EVERY_MS = 4000
QUEUE_NAMES = {
    "predictions": N_("predictions"),
    "cohorts": N_("cohorts"),
    "training": N_("training"),
}


def register(app: Dash) -> None:
    """Under /admin/queues; asked again and again, each time only after the last answer."""
    routing.add("/admin/queues", layout, title=N_("Queues · Administration"), admin=True)

    @app.callback(
        Output("admin-queues-now", "children"),
        Input("admin-queues-refresh", "n_clicks"),
        Input("admin-queues-tick", "n_intervals"),
        running=[
            (Output("admin-queues-tick", "disabled"), True, False),
            (Output("admin-queues-refresh", "loading"), True, False),
        ],
        prevent_initial_call=True,
    )
    def refresh(_clicks: int | None, _ticks: int) -> object:
        try:
            return queue_figures()
        except Unauthenticated:
            raise
        except ClientError as error:  # in the place of the figures, not a notice every few seconds
            return problems.alert(error, _("No status available right now"))


def layout() -> Component:
    """As it is, and then every few seconds."""
    return page_frame.page(
        N_("Queues"),
        html.Div(dmc.Button(_("Refresh"), id="admin-queues-refresh", variant="default")),
        html.Div(queue_figures(), id="admin-queues-now"),
        dcc.Interval(id="admin-queues-tick", interval=EVERY_MS),
        lead=_("Refreshes every {n} seconds.", n=EVERY_MS // 1000),
    )


def queue_figures() -> Component:
    """The figures."""
    with api_client.client() as client:
        figures = client.admin.queues()
    waiting = {_queue(entry["name"]): entry["waiting"] for entry in figures["queues"]}
    return html.Div(
        [
            _figures(_("Queued jobs"), waiting),
            _figures(_("Active tasks"), figures["tasks"]),
            _figures(_("Active cohorts"), figures["cohorts"]),
            _figures(_("Active retrainings"), figures["retrainings"]),
            _names(
                _("Running workers"),
                figures["workers"],
                _("No worker is running: nothing will be scored."),
            ),
            _names(
                _("Running trainers"),
                figures["trainers"],
                _("No trainer is running: nothing will be trained."),
            ),
        ],
        className="admin-cards",
    )


def _queue(name: str) -> str:
    return _(QUEUE_NAMES.get(name, name))


def _figures(title: str, figures: Mapping[str, int]) -> Component:
    rows = [
        dmc.Group(
            [
                dmc.Text(result_format.status(name), size="sm"),
                dmc.Text(charts.count(count), fw=600),
            ],
            justify="space-between",
        )
        for name, count in figures.items()
    ]
    return _card(title, rows)


def _names(title: str, names: list[str], none: str) -> Component:
    if not names:
        return _card(title, [dmc.Text(none, size="sm", className="older")])
    number = dmc.Text(charts.count(len(names)), fw=600)
    return _card(title, [number, *(html.Code(name, className="admin-name") for name in names)])


def _card(title: str, rows: list[Content]) -> Component:
    heading = dmc.Title(title, order=2, size="h5", mb="xs")
    return dmc.Paper([heading, dmc.Stack(rows, gap=4)], withBorder=True, p="md")
