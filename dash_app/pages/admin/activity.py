"""What the service does: predictions, waits, the queue and credits over time."""

import dash_mantine_components as dmc
from agelens import charts
from agelens.languages import N_, _
from agelens.wire import Activity
from dash import Dash, dcc, html

from dash_app import api_client, routing
from dash_app.content import Component
from dash_app.pages.admin import page_frame

PERIODS = {"24h": N_("24 hours"), "7d": N_("7 days"), "30d": N_("30 days")}
SLOWEST_HOUR = N_("A day shows its slowest hour.")


def register(app: Dash) -> None:
    """Under /admin, where administration begins."""
    routing.add("/admin", layout, title=N_("Administration"), admin=True)
    routing.add("/admin/activity", layout, title=N_("Activity · Administration"), admin=True)


def layout(period: str | None = None) -> Component:
    """The last day, or the period of the address."""
    selected_period = period if period in PERIODS else "24h"
    with api_client.client() as client:
        activity = client.admin.activity(selected_period)
    return page_frame.page(
        N_("Activity"),
        _periods(selected_period),
        html.Div(_totals(activity), className="admin-cards admin-totals"),
        html.Div(_figures(activity), className="admin-figures"),
        dmc.Text(
            _("Counted from the ledger, in UTC. The newest bar is not over yet."),
            size="sm",
            c="dimmed",
        ),
    )


def _periods(selected_period: str) -> Component:
    links = [
        dmc.Anchor(
            _(label),
            href=f"/admin/activity?period={name}",
            className="place period",
            **({"aria-current": "true"} if name == selected_period else {}),
        )
        for name, label in PERIODS.items()
    ]
    return html.Nav(links, className="admin-places", **{"aria-label": _("Period")})


def _totals(activity: Activity) -> list[Component]:
    items = activity["items"]
    queued = sum(each["queued"] for each in items)
    finished = sum(each["succeeded"] + each["not_charged"] for each in items)
    succeeded = sum(each["succeeded"] for each in items)
    slowest = max((each["wait_p95"] or 0.0 for each in items), default=0.0)
    figures = (
        (_("Predictions"), charts.count(queued)),
        (_("Panels"), charts.count(sum(each["assessments"] for each in items))),
        (_("Succeeded"), charts.share(succeeded / finished) if finished else "–"),
        (
            _("Wait, 95th percentile"),
            _("{n} s", n=charts.number(slowest, "s")) if finished else "–",
        ),
        (_("Credits added"), charts.count(sum(each["credits_added"] for each in items))),
        (_("Credits spent"), charts.count(sum(each["credits_spent"] for each in items))),
    )
    return [
        dmc.Paper(
            [dmc.Text(name, size="sm", c="dimmed"), dmc.Text(text, fw=650, size="xl")],
            withBorder=True,
            p="md",
        )
        for name, text in figures
    ]


def _figures(activity: Activity) -> list[Component]:
    daily = f" {_(SLOWEST_HOUR)}" if activity["bucket"] == "day" else ""
    figures = (
        ("predictions", _("Predictions"), charts.predictions(activity), ""),
        ("waits", _("Time from queued to finished"), charts.waits(activity), daily),
        ("depth", _("Queue"), charts.queue_depth(activity), ""),
        ("credits", _("Credits"), charts.credit_flow(activity), ""),
    )
    return [
        dmc.Paper(
            [
                dmc.Title(title, order=2, size="h5", mb="xs"),
                html.Figure(
                    [
                        dcc.Graph(
                            id=f"admin-activity-{name}",
                            figure=figure,
                            config=charts.CONFIG,
                            style={"height": f"{charts.ACTIVITY_HEIGHT_PX}px"},
                        ),
                        html.Figcaption(f"{title}.{note}", className="unseen" if not note else ""),
                    ]
                ),
            ],
            withBorder=True,
            p="md",
        )
        for name, title, figure, note in figures
    ]
