"""Trend chart of clocks' results by the day of measurement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import plotly.graph_objects as go

from agelens.charts.axis_span import least_span, zoomed
from agelens.charts.noise import change_in_short
from agelens.charts.number_format import YEARS, Wire, escape, number, printed
from agelens.charts.style import DATES, NEUTRAL, figure, ink, muted, without_data
from agelens.languages import _, day

HEIGHT_PX = 360
MIN_AXIS_PADDING = timedelta(days=30)
SINGLE_DAY_PADDING = timedelta(days=400)  # where last year's result would be
MOST_TICKS = 5


class Series(NamedTuple):
    """How a clock is drawn; `sign` is its marker as a character."""

    colour: str
    symbol: str
    sign: str


# By colour and shape, so that one of them is enough; red and blue mean older and younger elsewhere
SERIES = (
    Series("#7950f2", "circle", "●"),
    Series("#e8590c", "square", "■"),
    Series("#0c8599", "diamond", "◆"),
    Series("#d6336c", "triangle-up", "▲"),
    Series("#5c8a00", "cross", "✚"),
    Series("#a0683a", "triangle-down", "▼"),
    Series("#ae3ec9", "x", "✖"),
    Series("#2f9e44", "star", "★"),
    Series("#b08500", "pentagon", "⬟"),
)


def series(place: int) -> Series:
    """How the clock at this place of a list is drawn."""
    return SERIES[place % len(SERIES)]


def trend(
    clocks: Sequence[Wire],
    *,
    unit: str = YEARS,
    names: Mapping[str, str] | None = None,
    places: Mapping[str, int] | None = None,
    shown: Sequence[str] | None = None,
    legend: bool = True,
) -> go.Figure:
    """Results with their intervals; a line is grey where the change is within noise.

    No line joins the results of two versions of a clock. So that a page can show and hide clocks,
    every trace has its clock's name as `meta`, and the figure has what each needs of the axis.

    Parameters
    ----------
    clocks : sequence of mapping
        `agelens.wire.ClockTrend`, all in this unit.
    names : mapping of str to str, optional
        What the clocks are called.
    places : mapping of str to int, optional
        Their places among `SERIES`; those of the list when absent.
    shown : sequence of str, optional
        The clocks that are visible at first; all when absent.
    legend : bool
        Whether the figure says which line is which clock.
    """
    fig = figure(HEIGHT_PX, margin_t=28 if legend else 12, showlegend=legend)
    fig.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    points = [point for clock in clocks for point in clock["points"]]
    if not points:
        return without_data(fig, _("No results yet"))
    fig.update_xaxes(tickangle=0, **_time_axis([_day(point) for point in points]))
    title = (
        _("Biological age (years)") if unit == YEARS else _("Result ({unit})", unit=printed(unit))
    )
    heights_of = {clock["model"]: _heights(clock["points"], unit) for clock in clocks}
    shown = list(heights_of) if shown is None else shown
    visible = [height for name in shown for height in heights_of[name]]
    fig.update_yaxes(title_text=ink(title), range=zoomed(visible or [0.0], unit))
    extents = {name: [min(heights), max(heights)] for name, heights in heights_of.items()}
    fig.update_layout(meta=[{"ends": extents, "least": least_span(unit, visible)}])
    ages = _ages(points) if unit == YEARS else None
    if ages:
        fig.add_trace(ages)
    for n, clock in enumerate(clocks):
        style = series((places or {}).get(clock["model"], n))
        name = (names or {}).get(clock["model"], clock["model"])
        fig.add_traces(_clock(clock, unit, style, name))
        fig.update_traces({"visible": clock["model"] in shown}, {"meta": clock["model"]})
        _mark_versions(fig, clock, name if len(clocks) > 1 else "")
    return fig


def _clock(clock: Wire, unit: str, style: Series, name: str) -> list[go.Scatter]:
    """Its lines, then its points above them."""
    steps = list(pairwise(clock["points"]))
    kinds = (
        (True, {"color": style.colour, "width": 2.5}),
        (False, {"color": NEUTRAL, "width": 2}),
        (None, {"color": style.colour, "width": 1.5, "dash": "dot"}),
    )
    lines = [
        _line([step for step in steps if _same_version(*step) and _real(step) is real], line, clock)
        for real, line in kinds
    ]
    return [line for line in lines if line is not None] + [_points(clock, unit, style, name)]


def _real(step: tuple[Wire, Wire]) -> bool | None:
    change = step[1]["change"]
    return change["real"] if change else None


def _same_version(before: Wire, after: Wire) -> bool:
    return bool(before["version"] == after["version"])


def _line(steps: Sequence[tuple[Wire, Wire]], line: Any, clock: Wire) -> go.Scatter | None:
    """One trace for all steps of a kind, with gaps between them."""
    if not steps:
        return None
    points: list[Wire | None] = [point for step in steps for point in (*step, None)]
    return go.Scatter(
        x=[point and point["measured_on"] for point in points],
        y=[point and point["prediction"] for point in points],
        mode="lines",
        line=line,
        meta=clock["model"],
        legendgroup=clock["model"],
        showlegend=False,
        hoverinfo="skip",
    )


def _points(clock: Wire, unit: str, style: Series, name: str) -> go.Scatter:
    points = clock["points"]
    days = {point["task_id"]: day(_day(point)) for point in points}
    intervals = [point["interval"] for point in points]
    above, below = (
        [
            abs(interval[side] - point["prediction"]) if interval else None
            for interval, point in zip(intervals, points, strict=True)
        ]
        for side in ("high", "low")
    )
    return go.Scatter(
        x=[point["measured_on"] for point in points],
        y=[point["prediction"] for point in points],
        customdata=[[p["task_id"], _hover_text(p, unit, name, days)] for p in points],
        error_y={"array": above, "arrayminus": below, "color": style.colour, "thickness": 1.2},
        mode="markers",
        marker={"size": 11, "color": style.colour, "symbol": style.symbol},
        name=ink(escape(name)),
        meta=clock["model"],
        legendgroup=clock["model"],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _hover_text(point: Wire, unit: str, name: str, days: Mapping[str, str]) -> str:
    interval, change = point["interval"], point["change"]
    lines = [
        f"<b>{escape(name)}: {number(point['prediction'], unit)} {escape(printed(unit))}</b>",
        escape(days[point["task_id"]]),
    ]
    if interval:
        low, high = (number(interval[end], unit) for end in ("low", "high"))
        lines.append(_("interval {low} to {high}", low=low, high=high))
    if change and change["since"] in days:
        lines.append(escape(change_in_short(change, unit, days[change["since"]])))
    return "<br>".join([*lines, _("version {version}", version=escape(str(point["version"])))])


def _ages(points: Iterable[Wire]) -> go.Scatter | None:
    """The person's own age, once a day."""
    ages = {p["measured_on"]: p["chronological_age"] for p in points}
    by_day = sorted((when, age) for when, age in ages.items() if isinstance(age, int | float))
    if not by_day:
        return None
    return go.Scatter(
        x=[when for when, _age in by_day],
        y=[age for _when, age in by_day],
        customdata=[number(age) for _when, age in by_day],
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 1.5, "dash": "dash"},
        marker={"size": 14, "color": NEUTRAL, "symbol": "line-ew-open", "line": {"width": 2}},
        name=ink(_("Your age")),
        hovertemplate=_("Your age {age}", age="%{customdata}") + "<extra></extra>",
    )


def _day(point: Wire) -> date:
    return date.fromisoformat(point["measured_on"])


def _time_axis(days: Sequence[date]) -> dict[str, Any]:
    """From the first to the last day with room around; before a single day there is room for a year."""
    first, last = min(days), max(days)
    padding = max((last - first) / 12, MIN_AXIS_PADDING)
    start = first - (SINGLE_DAY_PADDING if first == last else padding)
    span = [start.isoformat(), (last + padding).isoformat()]
    return {"type": "date", "range": span, "nticks": MOST_TICKS, **DATES}


def _heights(points: Iterable[Wire], unit: str) -> list[float]:
    """All that has a height in the chart."""
    heights: list[float] = []
    for point in points:
        age, interval = point["chronological_age"], point["interval"]
        heights.append(point["prediction"])
        heights += [age] if unit == YEARS and isinstance(age, int | float) else []
        heights += [interval["low"], interval["high"]] if interval else []
    return heights


def _mark_versions(fig: go.Figure, clock: Wire, name: str) -> None:
    """A line wherever another version begins; its words run along it, off their neighbours'."""
    for before, after in pairwise(clock["points"]):
        if _same_version(before, after):
            continue
        middle = (_day(before) + (_day(after) - _day(before)) / 2).isoformat()
        line = {"color": NEUTRAL, "width": 1, "dash": "dash"}
        text = _("version {version}", version=after["version"])
        fig.add_shape(type="line", x0=middle, x1=middle, yref="paper", y0=0, y1=1, line=line)
        fig.add_annotation(
            x=middle, y=0, yref="paper", yanchor="bottom", xanchor="left", textangle=-90,
            text=muted(escape(f"{name} {text}".strip())), showarrow=False,
        )  # fmt: skip
