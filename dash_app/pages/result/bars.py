"""The factors before and after a change, as bars that stay where they are."""

from collections.abc import Sequence
from typing import Any

from agelens import charts, wire
from agelens.charts import scenarios
from agelens.charts.number_format import unit_alone
from agelens.languages import _
from dash import html

from dash_app import result_format
from dash_app.content import Component


def chart(before: wire.Result, keys: Sequence[str]) -> Component:
    """A table with a bar in each row; styles place the bars, the script sets their numbers."""
    bars = drawing(before, before, keys)
    low, high = bars["axis"]
    factors = scenarios.scenario(before, before, keys)
    rows = [_row(f, bar) for f, bar in zip(factors, bars["rows"], strict=True)]
    unit = unit_alone(before["unit"])
    heads = (
        _("Factor"),
        _("Pale: now. Solid: after your changes"),
        _("Effect ({unit})", unit=unit),
    )
    return html.Table(
        [
            html.Caption(_("Effect of each factor, from the starting point")),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody(rows),
        ],
        id="result-changed",
        className="workbench-bars",
        style={"--low": low, "--high": high},
    )


def _row(factor: scenarios.Factor, bar: dict[str, Any]) -> Component:
    bars = [html.I(className="before"), html.I(className="after")]
    return html.Tr(
        [
            html.Th(factor.label, scope="row"),
            html.Td(html.Span(bars, className="workbench-bar"), **{"aria-hidden": "true"}),
            html.Td(bar["text"]),
        ],
        className=bar["kind"],
        style={"--before": bar["before"], "--after": bar["after"]},
    )


def drawing(before: wire.Result, after: wire.Result, keys: Sequence[str]) -> dict[str, Any]:
    """What a change does to the chart: numbers and texts of its rows, and the ends of its axis."""
    factors = scenarios.scenario(before, after, keys)
    unit = before["unit"]
    rows = [
        {
            "before": round(factor.before, 4),
            "after": round(factor.after, 4),
            "text": scenarios.effect_text(factor, unit),
            "kind": result_format.change_class(charts.amount(factor.after, unit)),
        }
        for factor in factors
    ]
    return {"rows": rows, "axis": scenarios.axis(factors)}
