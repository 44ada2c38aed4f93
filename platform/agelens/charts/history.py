"""Trend chart of predictions over time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import plotly.graph_objects as go

from agelens.charts.number_format import YEARS, escape, number
from agelens.charts.style import ESTIMATE, NEUTRAL, axis_title, figure, ink, muted, without_data

HEIGHT_PX = 320
LEAST_ROOM = timedelta(days=14)
Point = Mapping[str, Any]


def trend(points: Sequence[Point], *, unit: str = YEARS) -> go.Figure:
    """Predictions with their intervals over time; a line joins those of one model version.

    Parameters
    ----------
    points : sequence of mapping
        Oldest first: `when` (ISO text or datetime), `prediction`, `low`, `high`, `version`,
        `chronological_age`, `id`; `low`, `high` and the age may be None.
    """
    made = figure(HEIGHT_PX, showlegend=True, margin_t=28)
    made.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    if not points:
        return without_data(made, "No results yet")
    made.update_xaxes(range=_period(points), nticks=5, tickangle=0)
    made.update_yaxes(title_text=ink(axis_title(unit)))
    for place, (_, run) in enumerate(groupby(points, key=lambda point: point["version"])):
        made.add_trace(_run(list(run), unit, first=place == 0))
    aged = [point for point in points if point["chronological_age"] is not None]
    if aged:
        made.add_trace(_ages(aged))
    _mark_changes(made, points)
    return made


def _period(points: Sequence[Point]) -> list[datetime]:
    """From the first to the last day with some room; a single day gets weeks around it."""
    first, last = _when(points[0]), _when(points[-1])
    room = max((last - first) / 20, LEAST_ROOM)
    return [first - room, last + room]


def _when(point: Point) -> datetime:
    when = point["when"]
    read = when if isinstance(when, datetime) else datetime.fromisoformat(when)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _run(run: Sequence[Point], unit: str, *, first: bool) -> go.Scatter:
    above: list[float | None] = []
    below: list[float | None] = []
    for point in run:
        known = _has_interval(point)
        above.append(point["high"] - point["prediction"] if known else None)
        below.append(point["prediction"] - point["low"] if known else None)
    return go.Scatter(
        x=[_when(point) for point in run],
        y=[point["prediction"] for point in run],
        customdata=[[point["id"], _hover_text(point, unit)] for point in run],
        error_y={"array": above, "arrayminus": below, "color": ESTIMATE, "thickness": 1.5},
        mode="lines+markers",
        line={"color": ESTIMATE, "width": 2},
        marker={"size": 9},
        name=ink("Biological age" if unit == YEARS else "Result"),
        showlegend=first,
        legendgroup="prediction",
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _has_interval(point: Point) -> bool:
    return point["low"] is not None and point["high"] is not None


def _hover_text(point: Point, unit: str) -> str:
    lines = [f"<b>{number(point['prediction'], unit)} {unit}</b>", f"{_when(point):%d %B %Y}"]
    if _has_interval(point):
        lines.append(f"interval {number(point['low'], unit)} to {number(point['high'], unit)}")
    return "<br>".join([*lines, f"model {escape(str(point['version']))}"])


def _ages(points: Sequence[Point]) -> go.Scatter:
    return go.Scatter(
        x=[_when(point) for point in points],
        y=[point["chronological_age"] for point in points],
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 2, "dash": "dot"},
        marker={"size": 5},
        name=ink("Your age"),
        hovertemplate="Your age %{y:.1f}<extra></extra>",
    )


def _mark_changes(made: go.Figure, points: Sequence[Point]) -> None:
    """A line wherever another version begins; its words run along it, off their neighbours'."""
    for before, after in pairwise(points):
        if before["version"] == after["version"]:
            continue
        middle = _when(before) + (_when(after) - _when(before)) / 2
        line = {"color": NEUTRAL, "width": 1, "dash": "dash"}
        made.add_shape(type="line", x0=middle, x1=middle, yref="paper", y0=0, y1=1, line=line)
        made.add_annotation(
            x=middle, y=0, yref="paper", yanchor="bottom", xanchor="left", textangle=-90,
            text=muted(f"model {escape(str(after['version']))}"), showarrow=False,
        )  # fmt: skip
