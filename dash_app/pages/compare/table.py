"""The table of differences, to the hundredth."""

from typing import Any

import dash_mantine_components as dmc
from agelens import charts, languages
from agelens.client import VersionChange
from agelens.languages import N_, _, ngettext
from dash import html

from dash_app import html_tables, results
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor
from dash_app.pages.compare import labels
from dash_app.pages.compare.factors import Difference, Factor

PLUS, MINUS = "+", "\N{MINUS SIGN}"
IN_YEARS = (
    *(N_("Biomarker"), labels.BEFORE, labels.AFTER),
    *(N_("Years before"), N_("Years after"), N_("Difference")),
)


def difference_table(
    found: Difference, unit: str, version: VersionChange | None, change_class: str
) -> Component:
    """A row per factor that counts, the starting point, the clock's version, and their sum."""
    columns = tuple(_(name) for name in IN_YEARS)
    if unit != labels.YEARS:
        shown = charts.printed(unit)
        parts = _("{unit} before", unit=shown), _("{unit} after", unit=shown)
        columns = (*columns[:3], *parts, columns[-1])
    counted = [factor for factor in found.factors if factor.counts]
    rows = [_row(columns, factor) for factor in counted]
    rest = [_numbers(columns, _("Starting point"), found.base)]
    if version:
        versions = {"before": version.before, "after": version.after}
        name = _("Clock version {before} → {after}", **versions)
        rest.append(_numbers(columns, name, found.version))
    whole = _numbers(
        columns,
        _("Total: the result"),
        found.predictions,
        change_class=change_class,
        className="compare-sum",
    )
    return html.Div(
        [
            html_tables.table(
                columns,
                [*rows, *rest, whole],
                caption=_("Each biomarker's share of the difference, largest first"),
                className="compare-table",
            ),
            _checked(found, unit),
            _rest(len(found.factors) - len(counted)),
        ]
    )


def exact(change: float) -> str:
    """To a hundredth, with its sign, so that a column of them can be added up by hand."""
    shown = hundredths(change)
    return f"{PLUS}{shown}" if float(f"{change:.2f}") > 0 else shown


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
    shown = [hundredths(value) for value in pair]
    change = _change(pair[1] - pair[0], change_class)
    return html_tables.row(columns, (html.Strong(name), None, None, *shown, change), **more)


def _value(displayed: DisplayedFactor | None) -> Content:
    if displayed is None or displayed.row["value"] is None:
        return html.Span(_("not measured"), className="compare-faint")
    if displayed.row["imputed"]:
        return [displayed.text, html.Small(_("assumed, not measured"), className="compare-note")]
    if displayed.row["clipped"]:
        return [displayed.text, html.Small(_("counted at its limit"), className="compare-note")]
    return displayed.text


def _years(pair: tuple[float, float]) -> tuple[object, ...]:
    return exact(pair[0]), exact(pair[1]), _change(pair[1] - pair[0])


def _change(change: float, change_class: str | None = None) -> Component:
    shown = exact(change)
    return html.Strong(shown, className=change_class or results.change_class(shown))


def _checked(found: Difference, unit: str) -> Component:
    shown = charts.printed(unit)
    if found.adds_up:
        return html.P(
            _(
                "✓ Checked: the parts add up to {sum} {unit}, exactly the difference between the two "
                "results.",
                sum=exact(found.wanted),
                unit=shown,
            ),
            className="compare-checked",
        )
    return dmc.Alert(
        _(
            "The parts add up to {sum} {unit}, but the results differ by {difference}. Please do not "
            "rely on this table, and report it to your administrator.",
            sum=exact(found.total),
            unit=shown,
            difference=charts.amount(found.wanted, unit),
        ),
        color="red",
        title=_("This does not add up"),
    )


def _rest(count: int) -> Component | None:
    if not count:
        return None
    text = ngettext(
        "{n} more answer has no effect with this clock, either time.",
        "{n} more answers have no effect with this clock, either time.",
        count,
        n=count,
    )
    return html.P(text, className="compare-faint")
