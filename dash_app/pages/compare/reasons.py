"""Why a result changed: a sentence, a chart, and a table."""

from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Task
from dash import dcc, html

from dash_app import results
from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.compare import factors, labels, table

OTHER_CLOCK = (
    "The two results come from different clocks, {} and {}. Each clock weighs biomarkers its own "
    "way, starts from a different value and answers a different question. Their parts cannot be "
    "compared, and a difference between the two ages says nothing about a change in you. Compare "
    "each result with earlier ones from the same clock."
)


def section(before: Task, after: Task, schema: Mapping[str, Feature]) -> Component:
    """For two results of one clock."""
    found = factors.between(before, after, schema)
    return html.Section(
        [
            dmc.Title("Why did it change?", order=2, mb="xs"),
            html.P(_sentence(found, after), className="compare-change"),
            html.Ul([html.Li(line) for line in _circumstances(before, after, found)]),
            _figure(before, after, found),
            dmc.Title("Biomarker by biomarker", order=3, size="h4", mt="lg", mb="xs"),
            table.difference_table(found, _unit(after)),
        ],
        className="compare-why",
    )


def different_clocks(before: Task, after: Task, titles: Sequence[str]) -> Component:
    """Nothing can be set against each other, and why."""
    return html.Section(
        [
            dmc.Title("Why these cannot be compared", order=2, mb="xs"),
            html.P(OTHER_CLOCK.format(*titles)),
            html.P(labels.time_between(before, after)),
        ],
        className="compare-why",
    )


def _unit(task: Task) -> str:
    return str(task.wire["unit"])


def _sentence(found: factors.Difference, after: Task) -> list[Content]:
    unit = _unit(after)
    first, second = (charts.number(value, unit) for value in found.predictions)
    shown = charts.amount(found.wanted, unit)
    change = html.Strong(shown, className=results.change_class(shown))
    return [f"From {first} to {second} {unit}: ", change, "."]


def _circumstances(before: Task, after: Task, found: factors.Difference) -> list[str]:
    circumstances = [labels.time_between(before, after), labels.versions(before, after)]
    if ages := labels.ages(before, after):
        circumstances.append(ages)
    first = [factor.label for factor in found.factors if factor.measured == (True, False)]
    second = [factor.label for factor in found.factors if factor.measured == (False, True)]
    return circumstances + labels.once(first, second)


def _figure(before: Task, after: Task, found: factors.Difference) -> Component:
    figure = charts.comparison(
        factors.in_typed_units(before.wire, (f.before for f in found.factors)),
        factors.in_typed_units(after.wire, (f.after for f in found.factors)),
    )
    graph = dcc.Graph(
        figure=figure, config=charts.CONFIG, style={"height": f"{figure.layout.height}px"}
    )
    name = "How the difference is made up; the table below has the same numbers"
    return html.Div(graph, role="img", **{"aria-label": name})
