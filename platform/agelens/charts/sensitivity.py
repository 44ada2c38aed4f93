"""Response curve: the prediction against the value of one biomarker."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from agelens.charts.axis_span import zoomed
from agelens.charts.number_format import YEARS, Wire, escape, measured, number, printed
from agelens.charts.style import ESTIMATE, FAINT, NEUTRAL, axis_title, figure, ink, muted
from agelens.charts.waterfall_steps import CLIPPED_WORDS
from agelens.languages import _

HEIGHT_PX = 300
LEAST_YEARS = 4.0
RIBBON_COLOUR = "rgba(121, 80, 242, 0.25)"
Value = float | str


def response(
    feature_label: str,
    unit: str,
    values: Sequence[Value],
    results: Sequence[Wire],
    *,
    at: Value | None = None,
) -> go.Figure:
    """The prediction against one biomarker's value, all others as they are.

    Parameters
    ----------
    feature_label, unit : str
        As the results name them.
    values : sequence of float, or of str for a choice
        Numbers in increasing order.
    results : sequence of mapping
        What the clock says at each value.
    at : float or str, optional
        The value that was measured.
    """
    fig = figure(HEIGHT_PX, margin_t=24)
    outcome = results[0]["unit"] if results else YEARS
    measure = f"{escape(feature_label)} ({printed(unit)})" if unit else escape(feature_label)
    fig.update_xaxes(title_text=ink(measure), nticks=6, tickangle=0)
    fig.update_yaxes(title_text=ink(axis_title(outcome)), range=_outcomes(results))
    hover = [_hover_text(feature_label, unit, v, r) for v, r in zip(values, results, strict=True)]
    if any(isinstance(value, str) for value in values):
        fig.add_trace(_points(values, results, hover))
    else:
        beyond = _beyond_training(feature_label, values, results)
        for x0, x1 in beyond:
            fig.add_vrect(x0, x1, fillcolor=FAINT, line_width=0, layer="below")
        if beyond:
            grey = muted(_("Grey: {words}", words=_(CLIPPED_WORDS)))
            fig.update_xaxes(title_text=f"{ink(measure)}<br>{grey}")
        fig.add_traces([*_ribbon(values, results), _line(values, results, hover)])
    if at is not None:
        _mark(fig, at)
    return fig


def _outcomes(results: Sequence[Wire]) -> list[float] | None:
    """All predictions and intervals; never so near that a fraction of a year looks like much."""
    if not results:
        return None
    values = [result["prediction"] for result in results]
    for interval in filter(None, (result["interval"] for result in results)):
        values += [interval["low"], interval["high"]]
    return zoomed(values, results[0]["unit"])


def _hover_text(label: str, unit: str, value: Value, result: Wire) -> str:
    outcome = result["unit"]
    text = value if isinstance(value, str) else f"{measured(value)} {printed(unit)}".rstrip()
    lines = [f"{escape(label)}: {escape(text)}"]
    lines.append(f"<b>{number(result['prediction'], outcome)} {printed(outcome)}</b>")
    if interval := result["interval"]:
        low, high = number(interval["low"], outcome), number(interval["high"], outcome)
        lines.append(_("interval {low} to {high}", low=low, high=high))
    if _clipped(label, result):
        lines.append(_(CLIPPED_WORDS))
    return "<br>".join(lines)


def _line(values: Sequence[Value], results: Sequence[Wire], hover: Sequence[str]) -> go.Scatter:
    return go.Scatter(
        x=list(values),
        y=[result["prediction"] for result in results],
        customdata=list(hover),
        hovertemplate="%{customdata}<extra></extra>",
        mode="lines",
        line={"color": ESTIMATE, "width": 3},
    )


def _points(values: Sequence[Value], results: Sequence[Wire], hover: Sequence[str]) -> go.Scatter:
    """Choices have no values in between, so that no line joins them."""
    above: list[float | None] = []
    below: list[float | None] = []
    for result in results:
        interval, prediction = result["interval"], result["prediction"]
        above.append(interval["high"] - prediction if interval else None)
        below.append(prediction - interval["low"] if interval else None)
    line = _line(values, results, hover)
    bars: dict[str, Any] = {"array": above, "arrayminus": below, "color": ESTIMATE}
    return line.update(mode="markers", marker={"size": 10, "color": ESTIMATE}, error_y=bars)


def _ribbon(values: Sequence[Value], results: Sequence[Wire]) -> list[go.Scatter]:
    """The intervals between neighbours that both have one."""
    intervals = [(v, r["interval"]) for v, r in zip(values, results, strict=True)]
    x: list[Value | None] = []
    y: list[float | None] = []
    for (v0, i0), (v1, i1) in pairwise(intervals):
        if i0 and i1:
            x += [v0, v1, v1, v0, None]
            y += [i0["high"], i1["high"], i1["low"], i0["low"], None]
    shape = {"mode": "lines", "fill": "toself", "fillcolor": RIBBON_COLOUR, "line": {"width": 0}}
    return [go.Scatter(x=x, y=y, hoverinfo="skip", **shape)] if x else []


def _beyond_training(
    label: str, values: Sequence[Value], results: Sequence[Wire]
) -> list[tuple[Value, Value]]:
    """Where the value counts as the limit of the training data; the line is flat there."""
    points = list(zip(values, results, strict=True))
    return [
        (v0, v1)
        for (v0, r0), (v1, r1) in pairwise(points)
        if _clipped(label, r0) and _clipped(label, r1)
    ]


def _clipped(label: str, result: Wire) -> bool:
    return any(row["clipped"] and row["label"] == label for row in result["contributions"])


def _mark(fig: go.Figure, at: Value) -> None:
    line = {"color": NEUTRAL, "dash": "dash", "width": 1.5}
    fig.add_shape(type="line", x0=at, x1=at, yref="paper", y0=0, y1=1, line=line)
    fig.add_annotation(
        x=at, y=1, yref="paper", yanchor="bottom", showarrow=False, text=ink(f"<b>{_('now')}</b>")
    )
