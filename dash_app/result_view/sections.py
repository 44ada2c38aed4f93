"""Building blocks of the result page."""

import dash_mantine_components as dmc
import plotly.graph_objects as go
from agelens import charts
from dash import dcc, html

from dash_app.content import Component, Content


def section(title: str, *content: Content, name: str | None = None, kind: str = "") -> Component:
    """A part of the page under its heading."""
    given = {"id": name} if name else {}
    return html.Section(
        [dmc.Title(title, order=2), *content], className=f"result-section {kind}".strip(), **given
    )


def figure(name: str, made: go.Figure, alt_text: str) -> Component:
    """A figure, and the same in words for those who do not see it."""
    return html.Div(
        dcc.Graph(id=name, figure=made, config=charts.CONFIG, style={"height": made.layout.height}),
        id=f"{name}-figure",
        className="result-figure",
        role="img",
        **{"aria-label": alt_text},
    )
