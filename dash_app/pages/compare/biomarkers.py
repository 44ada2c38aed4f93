"""What was measured both times: the values that changed, with their reference ranges."""

import dash_mantine_components as dmc
from agelens.client import PanelComparison, TimelineEntry
from agelens.languages import N_, _, ngettext
from dash import html

from dash_app import displayed_factors, html_tables
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor
from dash_app.pages.compare import comparison_text
from dash_app.pages.compare.details import ComparisonContext
from dash_app.pages.compare.factors import in_one_unit
from dash_app.result_view import reference_scale


def section(compared: PanelComparison, context: ComparisonContext) -> Component:
    """A row for each biomarker that differs; how many others do not is said."""
    changed = [each for each in compared.biomarkers if each["changed"]]
    n_unchanged = len(compared.biomarkers) - len(changed)
    before, after = (_measured(entry, context) for entry in (compared.before, compared.after))
    columns = tuple(
        _(name)
        for name in (N_("Biomarker"), comparison_text.BEFORE, comparison_text.AFTER, N_("Reference range"))
    )  # fmt: skip
    rows = [
        _row(columns, each["label"], *in_one_unit(before.get(key), after.get(key)))
        for each in changed
        if (key := each["feature"]) in before or key in after
    ]
    return html.Section(
        [
            dmc.Title(_("Biomarkers that changed"), order=2, size="h4", mb="xs"),
            html_tables.table(
                columns,
                rows,
                caption=_("Values before and after, with what is usual"),
                className="compare-biomarkers",
            )
            if rows
            else html.P(_("Every value is the same both times.")),
            html.P(
                ngettext(
                    "{n} value did not change.",
                    "{n} values did not change.",
                    n_unchanged,
                    n=n_unchanged,
                ),
                className="compare-faint",
            )
            if n_unchanged and rows
            else None,
        ],
        className="compare-values",
    )


def _measured(entry: TimelineEntry, context: ComparisonContext) -> dict[str, DisplayedFactor]:
    """What a panel's clocks read of it, in the units of the person."""
    tasks = [context.tasks[each.task_id] for each in entry.results if each.prediction is not None]
    factors = [
        factor for task in tasks for factor in displayed_factors.factors_of(task, context.schema)
    ]
    return {
        factor.contribution["feature"]: factor
        for factor in factors
        if factor.contribution["value"] is not None and not factor.contribution["imputed"]
    }


def _row(
    columns: tuple[str, ...],
    label: str,
    before: DisplayedFactor | None,
    after: DisplayedFactor | None,
) -> Component:
    factor = after or before
    usual: Content = None
    if factor is not None and factor.usual != (None, None):
        usual = reference_scale.range_text(factor)
    return html_tables.row(columns, (html.Strong(label), _value(before), _value(after), usual))


def _value(factor: DisplayedFactor | None) -> Content:
    if factor is None:
        return html.Span(_("not measured"), className="compare-faint")
    return [factor.text, " ", *reference_scale.badge(factor)]
