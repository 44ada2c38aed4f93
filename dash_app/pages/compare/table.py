"""The table of differences, to the hundredth."""

from typing import Any

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import VersionChange
from dash import html

from dash_app import html_tables, results
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor
from dash_app.pages.compare import labels
from dash_app.pages.compare.factors import Difference, Factor


def difference_table(found: Difference, unit: str, version: VersionChange | None) -> Component:
    """A row per factor that counts, the starting point, the clock's version, and their sum."""
    word = unit.capitalize() if unit == labels.YEARS else unit
    columns = ("Biomarker", "Before", "After", f"{word} before", f"{word} after", "Difference")
    counted = [factor for factor in found.factors if factor.counts]
    rows = [_row(columns, factor) for factor in counted]
    rest = [_numbers(columns, "Starting point", found.base)]
    if version:
        name = f"Clock version {version.before} → {version.after}"
        rest.append(_numbers(columns, name, found.version))
    whole = _numbers(columns, "Total: the result", found.predictions, className="compare-sum")
    name = "Each biomarker's share of the difference, largest first"
    return html.Div(
        [
            html_tables.table(
                columns, [*rows, *rest, whole], caption=name, className="compare-table"
            ),
            _checked(found, unit),
            _rest(len(found.factors) - len(counted)),
        ]
    )


def _row(columns: tuple[str, ...], factor: Factor) -> Component:
    cells = (html.Strong(factor.label), _value(factor.before), _value(factor.after))
    return html_tables.row(columns, (*cells, *_years(factor.years)))


def _numbers(
    columns: tuple[str, ...], name: str, pair: tuple[float, float], **more: Any
) -> Component:
    shown = [f"{value:.2f}".replace("-", "\N{MINUS SIGN}") for value in pair]
    change = _change(pair[1] - pair[0])
    return html_tables.row(columns, (html.Strong(name), None, None, *shown, change), **more)


def _value(displayed: DisplayedFactor | None) -> Content:
    if displayed is None or displayed.row["value"] is None:
        return html.Span("not measured", className="compare-faint")
    if displayed.row["imputed"]:
        return [displayed.text, html.Small("assumed, not measured", className="compare-note")]
    if displayed.row["clipped"]:
        return [displayed.text, html.Small("counted at its limit", className="compare-note")]
    return displayed.text


def _years(pair: tuple[float, float]) -> tuple[object, ...]:
    return labels.exact(pair[0]), labels.exact(pair[1]), _change(pair[1] - pair[0])


def _change(change: float) -> Component:
    shown = labels.exact(change)
    return html.Strong(shown, className=results.change_class(shown))


def _checked(found: Difference, unit: str) -> Component:
    wanted = charts.amount(found.wanted, unit)
    if found.adds_up:
        return html.P(
            f"✓ Checked: the parts add up to {labels.exact(found.wanted)} {unit}, "
            "exactly the difference between the two results.",
            className="compare-checked",
        )
    return dmc.Alert(
        f"The parts add up to {labels.exact(found.total)} {unit}, but the results differ by {wanted}. "
        "Please do not rely on this table, and report it to your administrator.",
        color="red",
        title="This does not add up",
    )


def _rest(count: int) -> Component | None:
    if not count:
        return None
    many = "1 more answer has" if count == 1 else f"{count} more answers have"
    return html.P(f"{many} no effect with this clock, either time.", className="compare-faint")
