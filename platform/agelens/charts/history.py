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
LEAST_ROOM = timedelta(days=30)
ROOM_OF_ONE_DAY = timedelta(days=400)  # where last year's result would be
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
    made = figure(HEIGHT_PX, margin_t=28 if legend else 12, showlegend=legend)
    made.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    points = [point for clock in clocks for point in clock["points"]]
    if not points:
        return without_data(made, _("No results yet"))
    made.update_xaxes(tickangle=0, **_time_axis([_day(point) for point in points]))
    title = (
        _("Biological age (years)") if unit == YEARS else _("Result ({unit})", unit=printed(unit))
    )
    heights = {clock["model"]: _drawn(clock["points"], unit) for clock in clocks}
    shown = list(heights) if shown is None else shown
    visible = [height for name in shown for height in heights[name]]
    made.update_yaxes(title_text=ink(title), range=zoomed(visible or [0.0], unit))
    ends = {name: [min(drawn), max(drawn)] for name, drawn in heights.items()}
    made.update_layout(meta=[{"ends": ends, "least": least_span(unit, visible)}])
    ages = _ages(points) if unit == YEARS else None
    if ages:
        made.add_trace(ages)
    for place, clock in enumerate(clocks):
        drawn = series((places or {}).get(clock["model"], place))
        name = (names or {}).get(clock["model"], clock["model"])
        made.add_traces(_clock(clock, unit, drawn, name))
        made.update_traces({"visible": clock["model"] in shown}, {"meta": clock["model"]})
        _mark_versions(made, clock, name if len(clocks) > 1 else "")
    return made


def _clock(clock: Wire, unit: str, drawn: Series, name: str) -> list[go.Scatter]:
    """Its lines, then its points above them."""
    steps = list(pairwise(clock["points"]))
    kinds = (
        (True, {"color": drawn.colour, "width": 2.5}),
        (False, {"color": NEUTRAL, "width": 2}),
        (None, {"color": drawn.colour, "width": 1.5, "dash": "dot"}),
    )
    lines = [
        _line([step for step in steps if _same_version(*step) and _real(step) is real], line, clock)
        for real, line in kinds
    ]
    return [line for line in lines if line is not None] + [_points(clock, unit, drawn, name)]


def _real(step: tuple[Wire, Wire]) -> bool | None:
    change = step[1]["change"]
    return change["real"] if change else None


def _same_version(before: Wire, after: Wire) -> bool:
    return bool(before["version"] == after["version"])


def _line(steps: Sequence[tuple[Wire, Wire]], line: Any, clock: Wire) -> go.Scatter | None:
    """One trace for all steps of a kind, with gaps between them."""
    if not steps:
        return None
    ends: list[Wire | None] = [end for step in steps for end in (*step, None)]
    return go.Scatter(
        x=[end and end["measured_on"] for end in ends],
        y=[end and end["prediction"] for end in ends],
        mode="lines",
        line=line,
        meta=clock["model"],
        legendgroup=clock["model"],
        showlegend=False,
        hoverinfo="skip",
    )


def _points(clock: Wire, unit: str, drawn: Series, name: str) -> go.Scatter:
    points = clock["points"]
    days = {point["task_id"]: day(_day(point)) for point in points}
    ends = [point["interval"] for point in points]
    above, below = (
        [abs(end[side] - point["prediction"]) if end else None for end, point in zip(ends, points, strict=True)]
        for side in ("high", "low")
    )  # fmt: skip
    return go.Scatter(
        x=[point["measured_on"] for point in points],
        y=[point["prediction"] for point in points],
        customdata=[[p["task_id"], _hover_text(p, unit, name, days)] for p in points],
        error_y={"array": above, "arrayminus": below, "color": drawn.colour, "thickness": 1.2},
        mode="markers",
        marker={"size": 11, "color": drawn.colour, "symbol": drawn.symbol},
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
    known = sorted((when, age) for when, age in ages.items() if isinstance(age, int | float))
    if not known:
        return None
    return go.Scatter(
        x=[when for when, _age in known],
        y=[age for _when, age in known],
        customdata=[number(age) for _when, age in known],
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
    room = max((last - first) / 12, LEAST_ROOM)
    start = first - (ROOM_OF_ONE_DAY if first == last else room)
    ends = [start.isoformat(), (last + room).isoformat()]
    return {"type": "date", "range": ends, "nticks": MOST_TICKS, **DATES}


def _drawn(points: Iterable[Wire], unit: str) -> list[float]:
    """All that has a height in the chart."""
    drawn: list[float] = []
    for point in points:
        age, interval = point["chronological_age"], point["interval"]
        drawn.append(point["prediction"])
        drawn += [age] if unit == YEARS and isinstance(age, int | float) else []
        drawn += [interval["low"], interval["high"]] if interval else []
    return drawn


def _mark_versions(made: go.Figure, clock: Wire, name: str) -> None:
    """A line wherever another version begins; its words run along it, off their neighbours'."""
    for before, after in pairwise(clock["points"]):
        if _same_version(before, after):
            continue
        middle = (_day(before) + (_day(after) - _day(before)) / 2).isoformat()
        line = {"color": NEUTRAL, "width": 1, "dash": "dash"}
        words = _("version {version}", version=after["version"])
        made.add_shape(type="line", x0=middle, x1=middle, yref="paper", y0=0, y1=1, line=line)
        made.add_annotation(
            x=middle, y=0, yref="paper", yanchor="bottom", xanchor="left", textangle=-90,
            text=muted(escape(f"{name} {words}".strip())), showarrow=False,
        )  # fmt: skip
