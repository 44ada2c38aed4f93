"""The example on the landing page: a made-up person, scored live."""

from collections.abc import Sequence

import dash_mantine_components as dmc
import plotly.graph_objects as go
from agelens import charts
from agelens.client import Example, Model
from agelens.languages import _
from dash import dcc, html

from dash_app.clock_order import DEMONSTRATION
from dash_app.content import Component


def card(example: Example | None, models: Sequence[Model]) -> Component | None:
    """How old, and how sure."""
    if example is None:
        return None
    is_demonstration = any(
        model.demonstration for model in models if model.name == example.model.name
    )
    result = example.result
    return dmc.Paper(
        [
            dmc.Group(
                [
                    dmc.Text(_("Example"), fw=600),
                    dmc.Text(
                        _(
                            "A made-up person, scored just now by {model}",
                            model=f"{example.model.name} {example.model.version}",
                        ),
                        size="sm",
                        c="dimmed",
                    ),
                ],
                gap="xs",
                mb="xs",
            ),
            html.P(_(DEMONSTRATION), className="landing-demonstration")
            if is_demonstration
            else None,
            html.P(
                [
                    html.Span(
                        charts.number(result["prediction"], result["unit"]),
                        className="landing-age",
                    ),
                    f" {charts.printed(result['unit'])}",
                    html.Span(_compared(example), className="landing-compared"),
                ],
                className="landing-result",
            ),
            _figure(
                charts.estimate(result, chronological_age=example.chronological_age),
                _("The estimate with its interval, and the person's age"),
            ),
            dmc.Text(_verdict(example), size="sm", mt="xs"),
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
            dmc.Title(_("Where the years come from"), order=2, mb=6),
            dmc.Text(_from_to(example), mb="md", maw=720),
            dmc.Paper(
                _figure(
                    charts.waterfall(example.result, most=6),
                    _("The years that each factor of the example adds or takes away"),
                ),
                withBorder=True,
                p="md",
                className="landing-waterfall",
            ),
        ]
    )


def _from_to(example: Example) -> str:
    result = example.result
    unit = result["unit"]
    first, last = (charts.number(result[end], unit) for end in ("base_value", "prediction"))
    return _(
        "The same person, step by step: from {first} ({meaning}) to {last}. Red makes you older, "
        "blue younger.",
        first=charts.quantity(first, unit),
        meaning=charts.starting_point(result),
        last=last,
    )


def _verdict(example: Example) -> str:
    """Against people of the same age and sex; the number and its range are in the figure."""
    verdict = charts.peer_verdict(example.result, example.chronological_age)
    return f"{verdict.headline}. {verdict.reason}" if verdict else charts.sentence(example.result)


def _compared(example: Example) -> str:
    if example.result["unit"] != "years":
        return ""
    return _("biological age, at {age}", age=charts.count(example.chronological_age))


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
