"""The comparison page: two panels clock by clock, and why their results differ."""

from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import PanelComparison, TimelineEntry
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, routing
from dash_app.content import Component, Content
from dash_app.pages.compare import biomarkers, comparison_text, details, overview

AS_GIVEN = "given"
CHOOSE_TWO = N_("Tick two assessments in your history, then select Compare.")
SAME_ASSESSMENT = N_("You chose the same assessment twice. Choose another one to compare it with.")
NO_RESULT = N_("One of them has no result yet, so there is nothing to compare.")


def register(app: Dash) -> None:
    """Under /compare."""
    routing.add("/compare", layout, title=N_("Comparison"))


def layout(a: str | None = None, b: str | None = None, order: str | None = None) -> Component:
    """The one measured first comes first, unless somebody asks for the order as given."""
    if not a or not b:
        return _page(_notice(_(CHOOSE_TWO)))
    if a == b:
        return _page(_notice(_(SAME_ASSESSMENT)))
    with api_client.client() as client:
        compared = client.timeline.compare(a, b, as_given=order == AS_GIVEN)
        if not (_has_result(compared.before) and _has_result(compared.after)):
            return _page(_notice(_(NO_RESULT)))
        context = details.ComparisonContext.of(client, compared)
    return _page(*_content(compared, context))


def _has_result(entry: TimelineEntry) -> bool:
    return any(each.prediction is not None for each in entry.results)


def _content(compared: PanelComparison, context: details.ComparisonContext) -> list[Content]:
    """The verdict first, then what changed, then each clock in detail."""
    between = html.P(comparison_text.time_between(compared), className="compare-time")
    top = [html.Div([between, _swap(compared)], className="compare-top")]
    if not compared.comparisons:
        titles = [context.title(each["model"]) for each in compared.not_compared]
        cards = overview.entry_cards(compared, context)
        return [
            *top,
            *overview.left_out(compared, context),
            cards,
            overview.no_common_clock(titles),
        ]
    if len(compared.comparisons) == 1:
        (only,) = compared.comparisons
        return [
            details.verdict(only),
            *top,
            *overview.left_out(compared, context),
            *details.clock(only, context),
            biomarkers.section(compared, context),
        ]
    return [
        overview.verdict(compared, context),
        *top,
        overview.clocks_table(compared, context),
        *overview.left_out(compared, context),
        biomarkers.section(compared, context),
        details.tabs(compared, context),
    ]


def _swap(compared: PanelComparison) -> Component:
    swapped = {"a": compared.after.id, "b": compared.before.id, "order": AS_GIVEN}
    link = dmc.Anchor(_("⇄ Swap"), href=f"/compare?{urlencode(swapped)}", inherit=True)
    return html.Div(link, className="no-print")


def _page(*content: Content) -> Component:
    top = dmc.Group(
        [
            dmc.Title(_("Comparison"), order=1),
            dmc.Anchor(_("Back to history"), href="/history", fw=600),
        ],
        justify="space-between",
    )
    return dmc.Stack([top, *content], gap="lg")


def _notice(message: str) -> Component:
    return dmc.Alert(message, color="gray", variant="light")
