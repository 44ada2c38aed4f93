"""The example on the landing page: a made-up person, scored live."""

import dash_mantine_components as dmc
import plotly.graph_objects as go
from agelens import charts
from agelens.client import Example
from dash import dcc, html

from dash_app.content import Component


def card(example: Example | None) -> Component | None:
    """How old, and how sure."""
    if example is None:
        return None
    result = example.result
    return dmc.Paper(
        [
            dmc.Group(
                [
                    dmc.Text("Example", fw=600),
                    dmc.Text(
                        "A made-up person, scored just now by "
                        f"{example.model.name} {example.model.version}",
                        size="sm",
                        c="dimmed",
                    ),
                ],
                gap="xs",
                mb="xs",
            ),
            html.P(
                [
                    html.Span(
                        charts.number(result["prediction"], result["unit"]),
                        className="landing-age",
                    ),
                    f" {result['unit']}",
                    html.Span(_compared(example), className="landing-compared"),
                ],
                className="landing-result",
            ),
            _figure(
                charts.estimate(result, chronological_age=example.chronological_age),
                "The estimate with its interval, and the person's age",
            ),
            dmc.Text(charts.sentence(result, example.chronological_age), size="sm", mt="xs"),
        ],
        withBorder=True,
        p="lg",
        className="landing-example",
    )


def explained(example: Example | None) -> Component | None:
    """Because of what."""
    if example is None:
        return None
    return html.Section(
        [
            dmc.Title("Where the years come from", order=2, mb=6),
            dmc.Text(_from_to(example), mb="md", maw=720),
            dmc.Paper(
                _figure(
                    charts.waterfall(example.result, most=6),
                    "The years that each factor of the example adds or takes away",
                ),
                withBorder=True,
                p="md",
            ),
        ]
    )


def _from_to(example: Example) -> str:
    result = example.result
    unit = result["unit"]
    first, last = (charts.number(result[end], unit) for end in ("base_value", "prediction"))
    return (
        f"The same person, step by step: from {first} {unit} ({result['base_meaning']}) to {last}. "
        "Red makes you older, blue younger."
    )


def _compared(example: Example) -> str:
    if example.result["unit"] != "years":
        return ""
    return f"biological age, at {example.chronological_age:.0f}"


def _figure(figure: go.Figure, caption: str) -> Component:
    height = f"{figure.layout.height}px"
    return html.Figure(
        [
            dcc.Graph(
                figure=figure,
                config=charts.CONFIG,
                responsive=True,
                style={"height": height},
            ),
            html.Figcaption(caption, className="unseen"),
        ],
        className="landing-figure",
    )
