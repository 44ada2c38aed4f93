"""Why a clock's result changed: a verdict, a sentence, a chart, and a table."""

from collections.abc import Mapping
from dataclasses import asdict

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Comparison, Task
from agelens.languages import N_, _
from dash import dcc, html

from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.compare import comparison_text, factors, table

LEFT_OUT = N_(
    "Taken as constant, because no published figure says how much they vary within a person: {names}. "
    "With them, and the laboratory's own variation, the noise is somewhat larger."
)


def verdict(compared: Comparison, color: str) -> Component:
    """Whether the change is more than noise, in words that do not depend on the colour."""
    left_out = [m.label for m in compared.markers if m.feature in compared.measurement.left_out]
    words = [html.P(compared.sentence)]
    if compared.real is not None and left_out:
        names = ", ".join(left_out)
        words.append(html.P(_(LEFT_OUT, names=names), className="compare-faint"))
    return dmc.Alert(
        words,
        title=charts.noise_verdict(compared.real),
        color=color,
        variant="light",
        className="compare-verdict",
    )


def section(
    before: Task,
    after: Task,
    schema: Mapping[str, Feature],
    compared: Comparison,
    change_class: str,
) -> Component:
    """For two results of one clock."""
    difference = factors.between(before, after, schema, compared)
    return html.Section(
        [
            dmc.Title(_("Why did it change?"), order=2, mb="xs"),
            html.P(_sentence(difference, compared.unit, change_class), className="compare-change"),
            html.Ul([html.Li(line) for line in _circumstances(before, after, difference)]),
            _figure(difference, compared),
            dmc.Title(_("Biomarker by biomarker"), order=3, size="h4", mt="lg", mb="xs"),
            table.difference_table(difference, compared.unit, compared.version, change_class),
        ],
        className="compare-why",
    )


def _sentence(difference: factors.Difference, unit: str, change_class: str) -> list[Content]:
    first, second = (charts.number(value, unit) for value in difference.predictions)
    from_to = _(
        "From {before} to {after} {unit}:", before=first, after=second, unit=charts.printed(unit)
    )
    change = html.Strong(charts.amount(difference.total_change, unit), className=change_class)
    return [from_to, " ", change]


def _circumstances(before: Task, after: Task, difference: factors.Difference) -> list[str]:
    circumstances = [comparison_text.versions(before, after)]
    if ages := comparison_text.ages(before, after):
        circumstances.append(ages)
    first = [factor.label for factor in difference.factors if factor.measured == (True, False)]
    second = [factor.label for factor in difference.factors if factor.measured == (False, True)]
    return circumstances + comparison_text.once(first, second)


def _figure(difference: factors.Difference, compared: Comparison) -> Component:
    before, after = difference.results
    figure = charts.comparison(
        factors.in_typed_units(before, (f.before for f in difference.factors)),
        factors.in_typed_units(after, (f.after for f in difference.factors)),
        version=asdict(compared.version) if compared.version else None,
        predictions=difference.predictions,
    )
    graph = dcc.Graph(
        figure=figure, config=charts.CONFIG, style={"height": f"{figure.layout.height}px"}
    )
    name = _("How the difference is made up; the table below has the same numbers")
    return html.Div(graph, role="img", **{"aria-label": name})
