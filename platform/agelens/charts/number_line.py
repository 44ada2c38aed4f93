"""A prediction on one line, with its interval and the chronological age."""

import plotly.graph_objects as go

from agelens.charts.look import FAINT, NEUTRAL, YOUNGER, figure, ink
from agelens.charts.steps import zoomed
from agelens.charts.wording import YEARS, Wire, number

HEIGHT_PX = 130


def estimate(result: Wire, *, chronological_age: float | None = None) -> go.Figure:
    """The interval as a band, the prediction on it, the chronological age below it."""
    unit, prediction, interval = result["unit"], result["prediction"], result["interval"]
    age = chronological_age if unit == YEARS else None
    ends = [interval["low"], interval["high"]] if interval else []
    seen = [prediction, *ends, *([] if age is None else [age])]
    low, high = zoomed(seen)
    room = 0.12 * (high - low)
    span = [low - room, high + room]
    made = figure(HEIGHT_PX)
    made.update_xaxes(range=span, fixedrange=True, nticks=6, showgrid=False)
    made.update_yaxes(range=[-1.2, 1.2], visible=False, fixedrange=True)
    made.add_trace(_line([span[0], span[1]], FAINT, 2))
    if interval:
        made.add_trace(_band(interval, unit))
    words = "Biological age" if unit == YEARS else "Result"
    told = f"<b>{words} {number(prediction, unit)}</b>"
    made.add_trace(_mark(prediction, 0, told, "top", span, "diamond", 15))
    if age is not None:
        made.add_trace(
            _mark(age, -0.55, f"Your age {number(age)}", "bottom", span, "triangle-up", 12)
        )
    return made


def _line(x: list[float], colour: str, width: int) -> go.Scatter:
    return go.Scatter(
        x=x, y=[0, 0], mode="lines", line={"color": colour, "width": width}, hoverinfo="skip"
    )


def _band(interval: Wire, unit: str) -> go.Scatter:
    ends = [interval["low"], interval["high"]]
    told = f"{interval['level']:.0%} interval: {number(ends[0], unit)} to {number(ends[1], unit)}"
    return go.Scatter(
        x=ends,
        y=[0, 0],
        mode="lines+text",
        line={"color": YOUNGER, "width": 14},
        opacity=0.5,
        text=[ink(number(end, unit)) for end in ends],
        textposition=["middle left", "middle right"],
        hovertemplate=told + "<extra></extra>",
    )


def _mark(
    x: float, y: float, text: str, side: str, span: list[float], symbol: str, size: int
) -> go.Scatter:
    place = (x - span[0]) / (span[1] - span[0])
    aligned = "right" if place < 1 / 3 else "left" if place > 2 / 3 else "center"
    return go.Scatter(
        x=[x],
        y=[y],
        mode="markers+text",
        marker={"symbol": symbol, "size": size, "color": NEUTRAL},
        text=[ink(text)],
        textposition=f"{side} {aligned}",
        cliponaxis=False,
        hovertemplate=text + "<extra></extra>",
    )
