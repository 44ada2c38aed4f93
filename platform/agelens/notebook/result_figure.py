"""The figure of a result: number line, and below it its factors."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from agelens import charts
from agelens.languages import _

Wire = Mapping[str, Any]
LINE_PX, GAP_PX, TOP_PX = 84, 48, 8
NEUTRAL = "#868e96"
BELOW = -0.5


def result_figure(
    result: Wire,
    *,
    before: Wire | None = None,
    chronological_age: float | None = None,
    values: Mapping[str, str] | None = None,
    values_before: Mapping[str, str] | None = None,
) -> go.Figure:
    """Always of the same kinds of traces, so that one picture can take another's place.

    `before` is the prediction that this one varies: it is marked on the line, which has room for
    both, and the factors keep the order that they have there. `values` are shown by feature instead
    of the canonical ones.
    """
    if before is None or before["unit"] != result["unit"]:
        fig = charts.waterfall(result, values=values)
    else:
        value_texts = (values_before or {}, values or {})
        fig = charts.scenario_bars(before, result, values=value_texts)
    line = charts.estimate(result, chronological_age=chronological_age, span=_span(result, before))
    for trace in [*_of_line(line), _was(result, before)]:
        fig.add_trace(trace.update(xaxis="x2", yaxis="y2"))
    _stack(fig, line)
    return fig


def _span(result: Wire, before: Wire | None) -> tuple[float, float]:
    spans = [charts.estimate_span(each) for each in (result, before) if each is not None]
    return min(low for low, _ in spans), max(high for _, high in spans)


def _of_line(line: go.Figure) -> list[go.Scatter]:
    """Band, ends of the band, prediction, comparison; what is not there is an empty trace."""
    traces = list(line.data)
    band = [trace for trace in traces if "markers" not in trace.mode]
    marks = [trace for trace in traces if "markers" in trace.mode]
    band += [_empty("lines"), _empty("text")][len(band) :]
    return [*band, *marks, *[_empty("markers+text")][: 2 - len(marks)]]


def _empty(mode: str) -> go.Scatter:
    return go.Scatter(x=[], y=[], text=[], mode=mode, hoverinfo="skip")


def _was(result: Wire, before: Wire | None) -> go.Scatter:
    """Where the prediction was."""
    if before is None or before["unit"] != result["unit"]:
        return _empty("markers")
    was = charts.number(before["prediction"], before["unit"])
    message = _("was {number} {unit}", number=was, unit=charts.printed(before["unit"]))
    return go.Scatter(
        x=[before["prediction"]],
        y=[0],
        mode="markers",
        marker={"symbol": "diamond-open", "size": 14, "color": NEUTRAL},
        hovertemplate=f"{message}<extra></extra>",
        cliponaxis=False,
    )


def _stack(fig: go.Figure, line: go.Figure) -> None:
    """The line on top, the steps below it in the height that they had."""
    rows_px = fig.layout.height - fig.layout.margin.t - fig.layout.margin.b
    plot_px = rows_px + GAP_PX + LINE_PX
    axes = {"x": line.layout.xaxis.to_plotly_json(), "y": line.layout.yaxis.to_plotly_json()}
    fig.update_layout(
        height=fig.layout.height + GAP_PX + LINE_PX,
        yaxis_domain=[0, rows_px / plot_px],
        xaxis_anchor="y",
        xaxis2=axes["x"] | {"anchor": "y2", "domain": [0, 1]},
        yaxis2=axes["y"] | {"anchor": "x2", "domain": [1 - LINE_PX / plot_px, 1]},
    )
