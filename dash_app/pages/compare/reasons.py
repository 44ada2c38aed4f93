"""Why a result changed: a sentence, a chart, and a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Comparison, Task
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

VERDICTS = {
    True: ("More than noise", "blue"),
    False: ("Within noise", "gray"),
    None: ("Noise is not known", "gray"),
}
LEFT_OUT = (
    "Taken as constant, because no published figure says how much they vary within a person: {}. "
    "With them, and the laboratory's own variation, the noise is somewhat larger."
)


def section(
    before: Task, after: Task, schema: Mapping[str, Feature], compared: Comparison
) -> Component:
    """For two results of one clock."""
    found = factors.between(before, after, schema, compared)
    return html.Section(
        [
            dmc.Title("Why did it change?", order=2, mb="xs"),
            html.P(_sentence(found, after), className="compare-change"),
            _verdict(compared),
            html.Ul([html.Li(line) for line in _circumstances(before, after, found)]),
            _figure(found, compared),
            dmc.Title("Biomarker by biomarker", order=3, size="h4", mt="lg", mb="xs"),
            table.difference_table(found, _unit(after), compared.version),
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


def _verdict(compared: Comparison) -> Component:
    """Whether that is more than noise, in words that do not depend on the colour."""
    title, color = VERDICTS[compared.real]
    left_out = [m.label for m in compared.markers if m.feature in compared.measurement.left_out]
    words = [html.P(compared.sentence)]
    if compared.real is not None and left_out:
        words.append(html.P(LEFT_OUT.format(", ".join(left_out)), className="compare-faint"))
    return dmc.Alert(words, title=title, color=color, variant="light", className="compare-verdict")


def _circumstances(before: Task, after: Task, found: factors.Difference) -> list[str]:
    circumstances = [labels.time_between(before, after), labels.versions(before, after)]
    if ages := labels.ages(before, after):
        circumstances.append(ages)
    first = [factor.label for factor in found.factors if factor.measured == (True, False)]
    second = [factor.label for factor in found.factors if factor.measured == (False, True)]
    return circumstances + labels.once(first, second)


def _figure(found: factors.Difference, compared: Comparison) -> Component:
    before, after = found.results
    figure = charts.comparison(
        factors.in_typed_units(before, (f.before for f in found.factors)),
        factors.in_typed_units(after, (f.after for f in found.factors)),
        version=asdict(compared.version) if compared.version else None,
        predictions=found.predictions,
    )
    graph = dcc.Graph(
        figure=figure, config=charts.CONFIG, style={"height": f"{figure.layout.height}px"}
    )
    name = "How the difference is made up; the table below has the same numbers"
    return html.Div(graph, role="img", **{"aria-label": name})
