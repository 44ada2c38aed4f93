"""The history page: all panels by the day of measurement, and how results change."""

import dash_mantine_components as dmc
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, routing
from dash_app.content import Component
from dash_app.pages.history import drafts, labels, listing, trend


def register(app: Dash) -> None:
    """Under /history."""
    routing.add("/history", layout, title=N_("History"))
    for part in (listing, drafts, trend):
        part.register(app)


def layout(
    status: str | None = None, model: str | None = None, period: str | None = None
) -> Component:
    """Drawn from a page of panels, the trend of the newest results, and the clocks."""
    filters = listing.Filters(status, model, period)
    with api_client.client() as client:
        page = client.timeline.page(status=status, model=model, since=filters.since)
        if not (page.items or filters.any):
            return dmc.Stack([dmc.Title(_("History"), order=1), _empty()])
        names = labels.Names.from_models(client.models)
        results = client.timeline.trend(model=model, since=filters.since)
    return dmc.Stack(
        [
            dmc.Group(
                [
                    dmc.Title(_("History"), order=1),
                    dmc.Anchor(_("New assessment"), href="/new", fw=600),
                ],
                justify="space-between",
            ),
            trend.section(results, names),
            html.Section(
                [
                    dmc.Title(_("Assessments"), order=2, size="h4", mb="xs"),
                    listing.filter_form(names, filters),
                    listing.section(page, names, filters),
                ]
            ),
            listing.selection_bar(),
            drafts.dialog(),
        ],
        gap="lg",
    )


def _empty() -> Component:
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Title(_("Nothing here yet"), order=2, size="h4"),
                dmc.Text(
                    _(
                        "Your assessments will be listed here, the newest blood draw first. From the "
                        "second on, you can see how your biological age changes."
                    )
                ),
                html.Div(
                    dmc.Anchor(
                        _("Start your first assessment"),
                        href="/new",
                        underline="never",
                        className="call primary",
                    )
                ),
            ]
        ),
        withBorder=True,
        p="xl",
    )
