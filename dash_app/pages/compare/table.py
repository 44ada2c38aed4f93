"""The table of differences, to the hundredth."""

from typing import Any

import dash_mantine_components as dmc
from agelens import charts, languages
from agelens.client import VersionChange
from agelens.languages import N_, _, ngettext
from dash import html

from dash_app import html_tables, result_format
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor
from dash_app.pages.compare import comparison_text
from dash_app.pages.compare.factors import Difference, Factor

PLUS, MINUS = "+", "\N{MINUS SIGN}"
IN_YEARS = (
    *(N_("Biomarker"), comparison_text.BEFORE, comparison_text.AFTER),
    *(N_("Years before"), N_("Years after"), N_("Difference")),
)


def difference_table(
    difference: Difference, unit: str, version: VersionChange | None, change_class: str
) -> Component:
    """A row per factor that counts, the starting point, the clock's version, and their sum."""
    columns = tuple(_(name) for name in IN_YEARS)
    if unit != comparison_text.YEARS:
        unit_text = charts.printed(unit)
        parts = _("{unit} before", unit=unit_text), _("{unit} after", unit=unit_text)
        columns = (*columns[:3], *parts, columns[-1])
    contributing = [factor for factor in difference.factors if factor.counts]
    rows = [_row(columns, factor) for factor in contributing]
    further_rows = [_numbers(columns, _("Starting point"), difference.base)]
    if version:
        versions = {"before": version.before, "after": version.after}
        name = _("Clock version {before} → {after}", **versions)
        further_rows.append(_numbers(columns, name, difference.version))
    total_row = _numbers(
        columns,
        _("Total: the result"),
        difference.predictions,
        change_class=change_class,
        className="compare-sum",
    )
    return html.Div(
        [
            html_tables.table(
                columns,
                [*rows, *further_rows, total_row],
                caption=_("Each biomarker's share of the difference, largest first"),
                className="compare-table",
            ),
            _sum_check(difference, unit),
            _without_effect(len(difference.factors) - len(contributing)),
        ]
    )


def exact(change: float) -> str:
    """To a hundredth, with its sign, so that a column of them can be added up by hand."""
    text = hundredths(change)
    return f"{PLUS}{text}" if float(f"{change:.2f}") > 0 else text


def hundredths(value: float) -> str:
    """A number to a hundredth; zero has no sign."""
    text = f"{value:,.2f}"
    return languages.localized_number(
        "0.00" if float(text.replace(",", "")) == 0 else text.replace("-", MINUS)
    )


def _row(columns: tuple[str, ...], factor: Factor) -> Component:
    cells = (html.Strong(factor.label), _value(factor.before), _value(factor.after))
    return html_tables.row(columns, (*cells, *_years(factor.years)))


def _numbers(
    columns: tuple[str, ...],
    name: str,
    pair: tuple[float, float],
    *,
    change_class: str | None = None,
    **more: Any,
) -> Component:
    values = [hundredths(value) for value in pair]
    change = _change(pair[1] - pair[0], change_class)
    return html_tables.row(columns, (html.Strong(name), None, None, *values, change), **more)


def _value(factor: DisplayedFactor | None) -> Content:
    if factor is None or factor.contribution["value"] is None:
        return html.Span(_("not measured"), className="compare-faint")
    if factor.contribution["imputed"]:
        return [factor.text, html.Small(_("assumed, not measured"), className="compare-note")]
    if factor.contribution["clipped"]:
        return [factor.text, html.Small(_("counted at its limit"), className="compare-note")]
    return factor.text


def _years(pair: tuple[float, float]) -> tuple[object, ...]:
    return exact(pair[0]), exact(pair[1]), _change(pair[1] - pair[0])


def _change(change: float, change_class: str | None = None) -> Component:
    text = exact(change)
    return html.Strong(text, className=change_class or result_format.change_class(text))


def _sum_check(difference: Difference, unit: str) -> Component:
    unit_text = charts.printed(unit)
    if difference.adds_up:
        return html.P(
            _(
                "✓ Checked: the parts add up to {sum} {unit}, exactly the difference between the two "
                "results.",
                sum=exact(difference.total_change),
                unit=unit_text,
            ),
            className="compare-checked",
        )
    return dmc.Alert(
        _(
            "The parts add up to {sum} {unit}, but the results differ by {difference}. Please do not "
            "rely on this table, and report it to your administrator.",
            sum=exact(difference.sum_of_parts),
            unit=unit_text,
            difference=charts.amount(difference.total_change, unit),
        ),
        color="red",
        title=_("This does not add up"),
    )


def _without_effect(count: int) -> Component | None:
    if not count:
        return None
    text = ngettext(
        "{n} more answer has no effect with this clock, either time.",
        "{n} more answers have no effect with this clock, either time.",
        count,
        n=count,
    )
    return html.P(text, className="compare-faint")
