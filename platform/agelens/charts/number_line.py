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
BELOW = -0.5


@dataclass(frozen=True)
class Mark:
    """A number on the line, with its words above or below it."""

    x: float
    words: str
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
    made = figure(HEIGHT_PX)
    made.update_xaxes(
        range=list(span), fixedrange=True, nticks=6, tickangle=0, showline=True, linecolor=NEUTRAL,
        ticks="outside", tickcolor=NEUTRAL, showgrid=False,
    )  # fmt: skip
    made.update_yaxes(range=[-1.3, 1.2], visible=False, fixedrange=True)
    if interval:
        made.add_traces(_band(interval, result["unit"]))
    made.add_traces([_drawn(mark, span) for mark in marks])
    return made


def estimate_span(result: Wire, *, chronological_age: float | None = None) -> tuple[float, float]:
    """The ends of the line, with room on both sides for the texts beside the outermost marks."""
    interval = result["interval"]
    ends = [interval["low"], interval["high"]] if interval else []
    seen = [*(mark.x for mark in _marks(result, chronological_age)), *ends]
    low, high = zoomed(seen, result["unit"])
    room = 0.15 * (high - low)
    return low - room, high + room


def _marks(result: Wire, age: float | None) -> list[Mark]:
    return [_prediction(result), *_compared(result, age)]


def _prediction(result: Wire) -> Mark:
    unit, prediction = result["unit"], result["prediction"]
    shown = number(prediction, unit)
    if unit == YEARS:
        words = _("Biological age {number}", number=shown)
        hover = _("Biological age {number} years", number=shown)
    else:
        words = _("Result {number}", number=shown)
        hover = _("Result {number} {unit}", number=shown, unit=printed(unit))
    return Mark(prediction, f"<b>{words}</b>", hover, "top")


def _compared(result: Wire, age: float | None) -> list[Mark]:
    """The chronological age; what a clock says that measures no age is read from its base value."""
    unit, base = result["unit"], result["base_value"]
    if unit != YEARS:
        words = _("Starting point {number}", number=number(base, unit))
        return [Mark(base, words, wrapped(translated_text(result["base_meaning"])))]
    return [] if age is None else [Mark(age, words := _("Your age {age}", age=whole(age)), words)]


def _band(interval: Wire, unit: str) -> list[go.Scatter]:
    ends = [interval["low"], interval["high"]]
    low, high = (number(end, unit) for end in ends)
    hover = _(
        "{level} interval: {low} to {high} {unit}",
        level=share(interval["level"]), low=low, high=high, unit=printed(unit),
    )  # fmt: skip
    return [
        go.Scatter(
            x=ends, y=[0, 0], mode="lines", line={"color": ESTIMATE, "width": 8},
            hovertemplate=hover + "<extra></extra>",
        ),
        go.Scatter(
            x=ends, y=[0, 0], mode="text", text=[ink(f"{low} "), ink(f" {high}")],
            textposition=["middle left", "middle right"], hoverinfo="skip", cliponaxis=False,
        ),
    ]  # fmt: skip


def _drawn(mark: Mark, span: Sequence[float]) -> go.Scatter:
    """A mark whose words lean inwards near the edges."""
    place = (mark.x - span[0]) / (span[1] - span[0])
    aligned = "right" if place < 0.3 else "left" if place > 0.7 else "center"
    above = mark.side == "top"
    outlined = {"color": "#ffffff", "width": 2}
    return go.Scatter(
        x=[mark.x],
        y=[0 if above else BELOW],
        mode="markers+text",
        marker={"symbol": "diamond", "size": 18, "color": ESTIMATE, "line": outlined}
        if above
        else {"symbol": "triangle-up", "size": 12, "color": NEUTRAL},
        text=[ink(mark.words)],
        textposition=f"{mark.side} {aligned}",
        cliponaxis=False,
        hovertemplate=mark.hover + "<extra></extra>",
    )
