"""Scatter of a cohort's predictions against chronological age."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from agelens.charts.number_format import (
    NO_RESULTS,
    YEARS,
    Wire,
    count,
    escape,
    number,
    plain,
    printed,
)
from agelens.charts.style import (
    ESTIMATE,
    FAINT,
    LINE_PX,
    NEUTRAL,
    axis_title,
    figure,
    ink,
    muted,
    without_data,
)
from agelens.languages import _

HEIGHT_PX = 420
FEW_POINTS = 300  # points that may be large, with intervals that are seen
BAND = "rgba(121, 80, 242, 0.16)"


def age_scatter(scatter: Wire) -> go.Figure:
    """Each person's prediction against chronological age, with intervals and the line of equal ages.

    Of more people than are drawn, a band holds the middle 80 % at each age, with the median.

    Parameters
    ----------
    scatter : mapping
        As the API tells it: `cohort.scatter()`.
    """
    points, unit = scatter["points"], scatter["unit"]
    if not points:
        return without_data(figure(HEIGHT_PX), _(NO_RESULTS))
    legend = _legend(scatter)
    fig = figure(HEIGHT_PX, margin_t=LINE_PX * len(legend) + 12, hovermode="closest")
    if scatter["bands"]:
        fig.add_traces(_band(scatter["bands"]))
    if unit == YEARS:
        fig.add_trace(_equal_ages(points))
    if any(point["low"] is not None for point in points):
        fig.add_trace(_intervals(points))
    fig.add_trace(_people(points, unit))
    if scatter["bands"]:
        fig.add_trace(_medians(scatter["bands"]))
    fig.update_xaxes(
        title_text=ink(_("Chronological age (years)")), fixedrange=True, nticks=8, tickangle=0
    )
    fig.update_yaxes(title_text=ink(axis_title(unit)), fixedrange=True, nticks=8)
    fig.add_annotation(
        x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", align="left",
        text="<br>".join(map(muted, legend)), showarrow=False,
    )  # fmt: skip
    return fig


def _people(points: Sequence[Wire], unit: str) -> go.Scatter:
    are_few = len(points) <= FEW_POINTS
    return go.Scatter(
        x=[point["age"] for point in points],
        y=[point["prediction"] for point in points],
        mode="markers",
        marker={
            "color": ESTIMATE,
            "size": 7 if are_few else 4,
            "opacity": 0.75 if are_few else 0.5,
        },
        customdata=[_hover_text(point, unit) for point in points],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover_text(point: Wire, unit: str) -> str:
    """Which row it is, and what is drawn of it; nothing that was measured."""
    row = _("row {row}", row=count(point["row"]))
    name = row if point["id"] is None else f"{escape(point['id'])} ({row})"
    result = f"{number(point['prediction'], unit)} {escape(printed(unit))}"
    lines = [f"<b>{name}</b>", _("{result} at age {age}", result=result, age=plain(point["age"]))]
    if point["low"] is not None:
        low, high = (number(point[end], unit) for end in ("low", "high"))
        lines.append(_("{low} to {high}", low=low, high=high))
    return "<br>".join(lines)


def _intervals(points: Sequence[Wire]) -> go.Scatter:
    """One line with gaps: as many shapes as people would take seconds to draw."""
    with_interval = [point for point in points if point["low"] is not None]
    are_few = len(points) <= FEW_POINTS
    return _line(
        x=[each for point in with_interval for each in (point["age"], point["age"], None)],
        y=[each for point in with_interval for each in (point["low"], point["high"], None)],
        line={"color": FAINT, "width": 1.5 if are_few else 1},
    )


def _equal_ages(points: Sequence[Wire]) -> go.Scatter:
    ages = [point["age"] for point in points]
    ends = [min(ages), max(ages)]
    return _line(x=ends, y=ends, line={"color": NEUTRAL, "width": 1.5, "dash": "dash"})


def _band(bands: Sequence[Wire]) -> list[go.Scatter]:
    middles = _middles(bands)
    low, high = ([band[name] for band in bands] for name in ("p10", "p90"))
    return [
        _line(x=middles, y=low, line={"width": 0}),
        _line(x=middles, y=high, line={"width": 0}, fill="tonexty", fillcolor=BAND),
    ]


def _medians(bands: Sequence[Wire]) -> go.Scatter:
    medians = [band["median"] for band in bands]
    return _line(x=_middles(bands), y=medians, line={"color": ESTIMATE, "width": 2.5})


def _middles(bands: Sequence[Wire]) -> list[float]:
    return [(band["age_from"] + band["age_to"]) / 2 for band in bands]


def _line(**parts: Any) -> go.Scatter:
    return go.Scatter(mode="lines", hoverinfo="skip", **parts)


def _legend(scatter: Wire) -> list[str]:
    """What is drawn, in words: lines that fit a telephone."""
    n_points, n_rows = count(len(scatter["points"])), count(scatter["rows"])
    if not scatter["bands"]:
        dots = _("one dot for each of {rows} people", rows=n_rows)
    else:
        dots = _("{drawn} of {rows} people, drawn by lot", drawn=n_points, rows=n_rows)
    parts = [dots]
    if scatter["level"] is not None and any(p["low"] is not None for p in scatter["points"]):
        level = plain(round(100 * scatter["level"], 1))
        parts.append(_("grey: interval that holds for {level} %", level=level))
    if scatter["unit"] == YEARS:
        parts.append(_("dashed: as old as the calendar says"))
    if scatter["bands"]:
        parts.append(_("band: 80 % of all people of an age, line: their median"))
    return parts
