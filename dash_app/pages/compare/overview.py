"""Two panels at a glance: how many clocks changed by more than noise, and each clock's change."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens import charts, languages
from agelens.client import Comparison, PanelComparison, TimelineEntry
from agelens.languages import N_, _, ngettext
from dash import html

from dash_app import html_tables
from dash_app.content import Component, Content
from dash_app.pages.compare import comparison_text
from dash_app.pages.compare.details import ComparisonContext, change_class

OTHER_CLOCK = N_(
    "The two results come from different clocks: {clocks}. Each clock weighs biomarkers its own way, "
    "starts from a different value and answers a different question. Their parts cannot be compared, "
    "and a difference between the two says nothing about a change in you. Compare each result with "
    "earlier ones from the same clock."
)


def verdict(compared: PanelComparison, context: ComparisonContext) -> Component:
    """How many of the clocks changed by more than measuring twice explains."""
    real = [each for each in compared.comparisons if each.real]
    noise = [each for each in compared.comparisons if each.real is False]
    unknown = [each for each in compared.comparisons if each.real is None]
    lines = []
    if noise:
        lines.append(
            _(
                "Within noise, which means that the same person measured twice may differ as much: "
                "{clocks}.",
                clocks=_changes_text(noise, context),
            )
        )
    if real:
        lines.insert(0, _("More than noise: {clocks}.", clocks=_changes_text(real, context)))
    if unknown:
        lines.append(_("Noise not known: {clocks}.", clocks=_changes_text(unknown, context)))
    return dmc.Alert(
        [html.P(line) for line in lines],
        title=_title(len(real), len(noise), len(unknown)),
        color="blue" if real else "gray",
        variant="light",
        className="compare-verdict",
    )


def _title(n_real: int, n_noise: int, n_unknown: int) -> str:
    if n_real:
        return ngettext(
            "{n} of {all} clocks changed by more than noise",
            "{n} of {all} clocks changed by more than noise",
            n_real,
            n=n_real,
            all=n_real + n_noise + n_unknown,
        )
    return _("No change is larger than noise") if n_noise else charts.noise_verdict(None)


def _changes_text(comparisons: Sequence[Comparison], context: ComparisonContext) -> str:
    return "; ".join(
        f"{context.short(each.model.name)} {charts.amount(each.change, each.unit)}"
        for each in comparisons
    )


def clocks_table(compared: PanelComparison, context: ComparisonContext) -> Component:
    """A row for each clock that scored both."""
    columns = tuple(
        _(name)
        for name in (N_("Clock"), comparison_text.BEFORE, comparison_text.AFTER, N_("Change"), N_("Compared with noise"))
    )  # fmt: skip
    return html.Section(
        [
            dmc.Title(_("Clock by clock"), order=2, size="h4", mb="xs"),
            html_tables.table(
                columns,
                [_clock_row(columns, each, context) for each in compared.comparisons],
                caption=_("Each clock's results and their difference"),
                className="compare-clocks",
            ),
        ]
    )


def _clock_row(
    columns: tuple[str, ...], comparison: Comparison, context: ComparisonContext
) -> Component:
    unit = comparison.unit
    change_text = charts.amount(comparison.change, unit)
    change: list[Content] = [html.Strong(change_text, className=change_class(comparison))]
    if comparison.version and charts.signed(comparison.version.change, unit).strip("+0.,"):
        part = charts.amount(comparison.version.change, unit)
        by_version = _("{change} of it by the clock's new version", change=part)
        change.append(html.Small(by_version, className="compare-note"))
    limit = comparison.measurement.minimum_detectable_change
    noise: list[Content] = [charts.noise_verdict(comparison.real)]
    if limit is not None:
        amount = f"{charts.number(limit, unit)} {charts.printed(unit)}"
        noise.append(
            html.Small(_("up to {limit} by chance", limit=amount), className="compare-note")
        )
    values = (
        f"{charts.number(side.prediction, unit)} {charts.printed(unit)}"
        for side in (comparison.before, comparison.after)
    )
    return html_tables.row(
        columns, (html.Strong(context.title(comparison.model.name)), *values, change, noise)
    )


def left_out(compared: PanelComparison, context: ComparisonContext) -> list[Component]:
    """The clocks that have a result of one panel only, or cannot compare the two."""
    if not compared.comparisons:
        return []
    lines = []
    for reason, text in (
        ("only_before", N_("Only the first time: {clocks}.")),
        ("only_after", N_("Only the second time: {clocks}.")),
    ):
        names = [context.title(n["model"]) for n in compared.not_compared if n["reason"] == reason]
        if names:
            lines.append(_(text, clocks=", ".join(names)))
    lines += [
        f"{context.title(n['model'])}: {n['detail']}" for n in compared.not_compared if n["detail"]
    ]
    return [html.P(line, className="compare-faint") for line in lines]


def entry_cards(compared: PanelComparison, context: ComparisonContext) -> Component:
    """Both panels with what their clocks said."""
    pairs = ((comparison_text.BEFORE, compared.before), (comparison_text.AFTER, compared.after))
    cards = [_entry_card(_(name), entry, context) for name, entry in pairs]
    return dmc.SimpleGrid(cards, cols={"base": 1, "sm": 2})


def _entry_card(name: str, entry: TimelineEntry, context: ComparisonContext) -> Component:
    rows = [
        html.Li(
            [
                html.A(context.title(each.model.name), href=f"/results/{each.task_id}"),
                " ",
                html.Strong(
                    f"{charts.number(each.prediction, each.unit)} {charts.printed(each.unit)}"
                ),
            ]
        )
        for each in entry.results
        if each.prediction is not None
    ]
    heading = dmc.Group(
        [dmc.Title(name, order=2, size="h4"), languages.day(entry.measured_on)],
        justify="space-between",
    )
    card = dmc.Paper([heading, html.Ul(rows)], withBorder=True, p="lg", h="100%")
    return html.Div(card, className="compare-side", role="group", **{"aria-label": name})


def no_common_clock(titles: Sequence[str]) -> Component:
    """Nothing can be set against each other, and why."""
    return html.Section(
        [
            dmc.Title(_("Why these cannot be compared"), order=2, mb="xs"),
            html.P(_(OTHER_CLOCK, clocks=", ".join(titles))),
        ],
        className="compare-why",
    )
