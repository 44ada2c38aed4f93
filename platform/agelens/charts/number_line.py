"""A prediction on one line, with its interval and the chronological age."""

from collections.abc import Sequence

import plotly.graph_objects as go

from agelens.charts.look import NEUTRAL, YOUNGER, figure, ink
from agelens.charts.steps import zoomed
from agelens.charts.wording import YEARS, Wire, number, whole, wrapped

HEIGHT_PX = 130


def estimate(result: Wire, *, chronological_age: float | None = None) -> go.Figure:
    """The interval as a band, the prediction on it, what to compare it with below."""
    unit, prediction, interval = result["unit"], result["prediction"], result["interval"]
    compared = _compared(result, chronological_age)
    span = _span([prediction, *(_ends(interval) if interval else []), *(x for x, _, _ in compared)])
    made = figure(HEIGHT_PX)
    made.update_xaxes(
        range=span, fixedrange=True, nticks=6, tickangle=0, showline=True, linecolor=NEUTRAL,
        ticks="outside", tickcolor=NEUTRAL, showgrid=False,
    )  # fmt: skip
    made.update_yaxes(range=[-1.3, 1.2], visible=False, fixedrange=True)
    if interval:
        made.add_traces(_band(interval, unit))
    words = "Biological age" if unit == YEARS else "Result"
    told = f"<b>{words} {number(prediction, unit)}</b>"
    made.add_trace(_mark(prediction, 0, told, told, "top", span, "diamond", 15))
    for x, name, hover in compared:
        made.add_trace(_mark(x, -0.5, name, hover, "bottom", span, "triangle-up", 12))
    return made


def _compared(result: Wire, age: float | None) -> list[tuple[float, str, str]]:
    """The chronological age; a clock that measures no age is read from its base value."""
    unit, base = result["unit"], result["base_value"]
    if unit != YEARS:
        return [(base, f"Start {number(base, unit)}", wrapped(result["base_meaning"]))]
    return [] if age is None else [(age, f"Your age {whole(age)}", f"Your age {whole(age)} years")]


def _ends(interval: Wire) -> list[float]:
    return [interval["low"], interval["high"]]


def _span(seen: Sequence[float]) -> list[float]:
    """Room on both sides for the texts beside the outermost marks."""
    low, high = zoomed(seen)
    room = 0.15 * (high - low)
    return [low - room, high + room]


def _band(interval: Wire, unit: str) -> list[go.Scatter]:
    ends = _ends(interval)
    hover = f"{interval['level']:.0%} interval: {number(ends[0], unit)} to {number(ends[1], unit)}"
    return [
        go.Scatter(
            x=ends, y=[0, 0], mode="lines", line={"color": YOUNGER, "width": 14}, opacity=0.5,
            hovertemplate=hover + "<extra></extra>",
        ),
        go.Scatter(
            x=ends, y=[0, 0], mode="text", text=[ink(f" {number(end, unit)} ") for end in ends],
            textposition=["middle left", "middle right"], hoverinfo="skip", cliponaxis=False,
        ),
    ]  # fmt: skip


def _mark(
    x: float, y: float, text: str, hover: str, side: str, span: list[float], symbol: str, size: int
) -> go.Scatter:
    """A mark whose text leans inwards near the edges."""
    place = (x - span[0]) / (span[1] - span[0])
    aligned = "right" if place < 0.3 else "left" if place > 0.7 else "center"
    return go.Scatter(
        x=[x],
        y=[y],
        mode="markers+text",
        marker={"symbol": symbol, "size": size, "color": NEUTRAL},
        text=[ink(text)],
        textposition=f"{side} {aligned}",
        cliponaxis=False,
        hovertemplate=hover + "<extra></extra>",
    )
