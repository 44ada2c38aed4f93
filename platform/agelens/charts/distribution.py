"""Histogram of a cohort's predictions."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from agelens.charts.number_format import NO_RESULTS, Wire, escape, number, people, printed
from agelens.charts.style import (
    ESTIMATE,
    FAINT,
    NEUTRAL,
    axis_title,
    figure,
    ink,
    muted,
    without_data,
)
from agelens.languages import _

HEIGHT_PX = 320


def distribution(summary: Wire) -> go.Figure:
    """How many people have which prediction, with the median and the middle 90 %.

    Parameters
    ----------
    summary : mapping
        Of a cohort, as the API tells it; its histogram's `start` and `width` are in its unit.
    """
    unit, histogram = summary["unit"], summary["histogram"]
    fig = figure(HEIGHT_PX, margin_t=44, bargap=0.04)
    if not summary["scored"] or not histogram:
        return without_data(fig, _(NO_RESULTS))
    fig.add_trace(_histogram(histogram, unit))
    fig.update_xaxes(title_text=ink(axis_title(unit)), nticks=6, tickangle=0, fixedrange=True)
    fig.update_yaxes(title_text=ink(_("People")), fixedrange=True, rangemode="tozero", nticks=5)
    _mark_middle(fig, summary["prediction"], unit)
    return fig


def _histogram(histogram: Mapping[str, Any], unit: str) -> go.Bar:
    start, width, counts = histogram["start"], histogram["width"], histogram["counts"]
    edges = [start + n * width for n in range(len(counts) + 1)]
    hover = [
        f"<b>{people(count)}</b><br>{_between(low, high, unit)} {escape(printed(unit))}"
        for count, (low, high) in zip(counts, pairwise(edges), strict=True)
    ]
    return go.Bar(
        x=[edge + width / 2 for edge in edges[:-1]],
        y=list(counts),
        width=width,
        marker={"color": ESTIMATE, "line": {"color": "rgba(0,0,0,0)", "width": 0}},
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _between(low: float, high: float, unit: str) -> str:
    return _("{low} to {high}", low=number(low, unit), high=number(high, unit))


def _mark_middle(fig: go.Figure, prediction: Mapping[str, Any], unit: str) -> None:
    middle, low, high = (prediction[name] for name in ("median", "p5", "p95"))
    fig.add_vrect(low, high, fillcolor=FAINT, line_width=0, layer="below")
    line = {"color": NEUTRAL, "dash": "dash", "width": 1.5}
    fig.add_shape(type="line", x0=middle, x1=middle, yref="paper", y0=0, y1=1, line=line)
    median_text = f"<b>{_('median {value}', value=number(middle, unit))}</b>"
    grey = muted(_("grey: 90 % of people, {range}", range=_between(low, high, unit)))
    fig.add_annotation(
        x=0.5, xref="paper", y=1, yref="paper", yanchor="bottom",
        text=f"{ink(median_text)}<br>{grey}", showarrow=False,
    )  # fmt: skip
