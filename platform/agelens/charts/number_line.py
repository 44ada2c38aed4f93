"""Number-line chart of an estimate with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from agelens.charts.axis_span import zoomed
from agelens.charts.number_format import YEARS, Wire, number, printed, share, whole, wrapped
from agelens.charts.style import ESTIMATE, NEUTRAL, figure, ink
from agelens.languages import _, translated_text

HEIGHT_PX = 130
LOWER_MARK_Y = -0.5


@dataclass(frozen=True)
class Mark:
    """A number on the line, with its words above or below it."""

    x: float
    text: str
    hover: str
    side: Literal["top", "bottom"] = "bottom"


def estimate(
    result: Wire,
    *,
    chronological_age: float | None = None,
    span: tuple[float, float] | None = None,
) -> go.Figure:
    """The interval as a band, the prediction on it, what to compare it with below.

    `span` sets the ends of the line, so that several figures can share one scale.
    """
    marks = _marks(result, chronological_age)
    interval = result["interval"]
    span = span or estimate_span(result, chronological_age=chronological_age)
    fig = figure(HEIGHT_PX)
    fig.update_xaxes(
        range=list(span), fixedrange=True, nticks=6, tickangle=0, showline=True, linecolor=NEUTRAL,
        ticks="outside", tickcolor=NEUTRAL, showgrid=False,
    )  # fmt: skip
    fig.update_yaxes(range=[-1.3, 1.2], visible=False, fixedrange=True)
    if interval:
        fig.add_traces(_band(interval, result["unit"]))
    fig.add_traces([_mark_trace(mark, span) for mark in marks])
    return fig


def estimate_span(result: Wire, *, chronological_age: float | None = None) -> tuple[float, float]:
    """The ends of the line, with room on both sides for the texts beside the outermost marks."""
    interval = result["interval"]
    ends = [interval["low"], interval["high"]] if interval else []
    values = [*(mark.x for mark in _marks(result, chronological_age)), *ends]
    low, high = zoomed(values, result["unit"])
    room = 0.15 * (high - low)
    return low - room, high + room


def _marks(result: Wire, age: float | None) -> list[Mark]:
    return [_prediction(result), *_comparison_marks(result, age)]


def _prediction(result: Wire) -> Mark:
    unit, prediction = result["unit"], result["prediction"]
    value = number(prediction, unit)
    if unit == YEARS:
        text = _("Biological age {number}", number=value)
        hover = _("Biological age {number} years", number=value)
    else:
        text = _("Result {number}", number=value)
        hover = _("Result {number} {unit}", number=value, unit=printed(unit))
    return Mark(prediction, f"<b>{text}</b>", hover, "top")


def _comparison_marks(result: Wire, age: float | None) -> list[Mark]:
    """The chronological age; what a clock says that measures no age is read from its base value."""
    unit, base = result["unit"], result["base_value"]
    if unit != YEARS:
        text = _("Starting point {number}", number=number(base, unit))
        return [Mark(base, text, wrapped(translated_text(result["base_meaning"])))]
    return [] if age is None else [Mark(age, text := _("Your age {age}", age=whole(age)), text)]


def _band(interval: Wire, unit: str) -> list[go.Scatter]:
    bounds = [interval["low"], interval["high"]]
    low, high = (number(bound, unit) for bound in bounds)
    hover = _(
        "{level} interval: {low} to {high} {unit}",
        level=share(interval["level"]), low=low, high=high, unit=printed(unit),
    )  # fmt: skip
    return [
        go.Scatter(
            x=bounds, y=[0, 0], mode="lines", line={"color": ESTIMATE, "width": 8},
            hovertemplate=hover + "<extra></extra>",
        ),
        go.Scatter(
            x=bounds, y=[0, 0], mode="text", text=[ink(f"{low} "), ink(f" {high}")],
            textposition=["middle left", "middle right"], hoverinfo="skip", cliponaxis=False,
        ),
    ]  # fmt: skip


def _mark_trace(mark: Mark, span: Sequence[float]) -> go.Scatter:
    """A mark whose words lean inwards near the edges."""
    position = (mark.x - span[0]) / (span[1] - span[0])
    aligned = "right" if position < 0.3 else "left" if position > 0.7 else "center"
    above = mark.side == "top"
    outlined = {"color": "#ffffff", "width": 2}
    return go.Scatter(
        x=[mark.x],
        y=[0 if above else LOWER_MARK_Y],
        mode="markers+text",
        marker={"symbol": "diamond", "size": 18, "color": ESTIMATE, "line": outlined}
        if above
        else {"symbol": "triangle-up", "size": 12, "color": NEUTRAL},
        text=[ink(mark.text)],
        textposition=f"{mark.side} {aligned}",
        cliponaxis=False,
        hovertemplate=mark.hover + "<extra></extra>",
    )
