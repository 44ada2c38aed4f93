"""A figure on a page, and the same in words for those who do not see it."""

import plotly.graph_objects as go
from agelens import charts
from dash import dcc, html

from dash_app.content import Component


def figure(name: str, plot: go.Figure, text: str, *, is_wide: bool = False) -> Component:
    """One figure; `text` says what is seen in it. On a phone one that is wide can be moved sideways."""
    graph = html.Div(
        dcc.Graph(id=name, figure=plot, config=charts.CONFIG, style={"height": plot.layout.height}),
        role="img",
        className="cohorts-figure",
        **{"aria-label": text},
    )
    if not is_wide:
        return graph
    return html.Div(
        graph, className="cohorts-wide", tabIndex=0, role="group", **{"aria-label": text}
    )
