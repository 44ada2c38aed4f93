"""Charts of a service for its administrators: predictions, waits, the queue, credits."""

from collections.abc import Sequence
from datetime import datetime

import plotly.graph_objects as go

from agelens.charts.number_format import count, number
from agelens.charts.style import DATES, ESTIMATE, NEUTRAL, OLDER, figure, ink, without_data
from agelens.languages import N_, _
from agelens.wire import Activity, ActivityBucket

HEIGHT_PX = 260
DONE_COLOUR = "#0ca678"
WAITING_COLOUR = "#f08c00"
NO_ACTIVITY = N_("Nothing happened in this period")


def predictions(activity: Activity) -> go.Figure:
    """How many predictions were queued in each hour or day, and how they ended."""
    items = activity["items"]
    if not any(each["queued"] for each in items):
        return without_data(_empty(), _(NO_ACTIVITY))
    fig = _over_time(activity, _("Predictions"))
    under_way = [each["queued"] - each["succeeded"] - each["not_charged"] for each in items]
    parts = (
        (_("succeeded"), [each["succeeded"] for each in items], DONE_COLOUR),
        (_("failed or canceled"), [each["not_charged"] for each in items], OLDER),
        (_("not finished"), under_way, NEUTRAL),
    )
    for name, numbers, colour in parts:
        fig.add_trace(_bars(items, name, numbers, colour))
    fig.update_layout(barmode="stack")
    return fig


def waits(activity: Activity) -> go.Figure:
    """Seconds from queued to finished: the median, and what 95 of 100 predictions stay below."""
    items = activity["items"]
    if not any(each["wait_p95"] is not None for each in items):
        return without_data(_empty(), _(NO_ACTIVITY))
    fig = _over_time(activity, _("Seconds"))
    p95 = [each["wait_p95"] for each in items]
    fig.add_trace(_line(items, _("95th percentile"), p95, WAITING_COLOUR))
    median = [each["wait_p50"] for each in items]
    fig.add_trace(_line(items, _("median"), median, ESTIMATE, dash="dot"))
    return fig


def queue_depth(activity: Activity) -> go.Figure:
    """How many predictions waited: the mean of the minutes, and the most."""
    items = activity["items"]
    if not any(each["queue_max"] is not None for each in items):
        return without_data(_empty(), _(NO_ACTIVITY))
    fig = _over_time(activity, _("Predictions waiting"))
    fig.add_trace(_line(items, _("most"), [each["queue_max"] for each in items], WAITING_COLOUR))
    means = [each["queue_mean"] for each in items]
    fig.add_trace(_line(items, _("mean"), means, ESTIMATE, dash="dot"))
    return fig


def credit_flow(activity: Activity) -> go.Figure:
    """Credits that came into wallets above the line, and those that were spent below it."""
    items = activity["items"]
    if not any(each["credits_added"] or each["credits_spent"] for each in items):
        return without_data(_empty(), _(NO_ACTIVITY))
    fig = _over_time(activity, _("Credits"))
    added = [each["credits_added"] for each in items]
    fig.add_trace(_bars(items, _("added"), added, DONE_COLOUR))
    refunded = [each["credits_refunded"] for each in items]
    if any(refunded):
        fig.add_trace(_bars(items, _("refunded"), refunded, WAITING_COLOUR))
    spent = [-each["credits_spent"] for each in items]
    fig.add_trace(_bars(items, _("spent"), spent, ESTIMATE))
    fig.update_layout(barmode="relative")
    return fig


def _empty() -> go.Figure:
    return figure(HEIGHT_PX)


def _over_time(activity: Activity, title: str) -> go.Figure:
    fig = figure(HEIGHT_PX, showlegend=True, margin_t=28, bargap=0.15)
    fig.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    fig.update_xaxes(nticks=6, tickangle=0, fixedrange=True, showgrid=False, **DATES)
    fig.update_yaxes(title_text=ink(title), fixedrange=True, nticks=5, rangemode="tozero")
    return fig


def _bars(
    items: Sequence[ActivityBucket], name: str, numbers: Sequence[int], colour: str
) -> go.Bar:
    return go.Bar(
        x=_starts(items),
        y=list(numbers),
        name=ink(name),
        marker={"color": colour},
        customdata=[f"{name}: {count(abs(each))}" for each in numbers],
        hovertemplate="%{x}<br>%{customdata}<extra></extra>",
    )


def _line(
    items: Sequence[ActivityBucket],
    name: str,
    numbers: Sequence[float | None],
    colour: str,
    dash: str = "solid",
) -> go.Scatter:
    return go.Scatter(
        x=_starts(items),
        y=list(numbers),
        name=ink(name),
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": dash},
        marker={"size": 5},
        customdata=["" if each is None else f"{name}: {number(each, 's')}" for each in numbers],
        hovertemplate="%{x}<br>%{customdata}<extra></extra>",
        connectgaps=False,
        cliponaxis=False,
    )


def _starts(items: Sequence[ActivityBucket]) -> list[datetime]:
    return [datetime.fromisoformat(each["start"]) for each in items]
