"""What a prediction would be at other values of one biomarker."""

from collections.abc import Sequence

import plotly.graph_objects as go

from agelens.charts.look import NEUTRAL, YOUNGER, axis_title, figure, ink
from agelens.charts.wording import Wire, number, printed

HEIGHT_PX = 300
RIBBON = "rgba(28, 126, 214, 0.25)"


def response(
    feature_label: str,
    unit: str,
    values: Sequence[float],
    results: Sequence[Wire],
    *,
    at: float | None = None,
) -> go.Figure:
    """The prediction against one biomarker's value; the others stay as they are."""
    made = figure(HEIGHT_PX)
    outcome = results[0]["unit"] if results else "years"
    made.update_xaxes(title={"text": ink(f"{feature_label} ({printed(unit)})")})
    made.update_yaxes(title={"text": ink(axis_title(outcome))})
    known = [(v, r["interval"]) for v, r in zip(values, results, strict=True) if r["interval"]]
    if known:
        made.add_trace(_ribbon(known))
    told = [number(r["prediction"], outcome) for r in results]
    made.add_trace(
        go.Scatter(
            x=list(values),
            y=[r["prediction"] for r in results],
            text=told,
            mode="lines",
            line={"color": YOUNGER, "width": 3},
            hovertemplate=f"{feature_label} %{{x}} {printed(unit)}: %{{text}} {outcome}<extra></extra>",
        )
    )
    if at is not None:
        line = {"color": NEUTRAL, "dash": "dash", "width": 1}
        made.add_shape(type="line", x0=at, x1=at, yref="paper", y0=0, y1=1, line=line)
        made.add_annotation(
            x=at, y=1, yref="paper", yanchor="top", xanchor="left", showarrow=False, text=ink("you")
        )
    return made


def _ribbon(known: Sequence[tuple[float, Wire]]) -> go.Scatter:
    forth = [(value, interval["high"]) for value, interval in known]
    back = [(value, interval["low"]) for value, interval in reversed(known)]
    return go.Scatter(
        x=[x for x, _ in (*forth, *back)],
        y=[y for _, y in (*forth, *back)],
        fill="toself",
        fillcolor=RIBBON,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )
