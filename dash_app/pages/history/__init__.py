"""The history page: all assessments, and their trend over time."""

import dash_mantine_components as dmc
from dash import Dash, html

from dash_app import access, routing
from dash_app.content import Component
from dash_app.pages.history import drafts, labels, listing, trend


def register(app: Dash) -> None:
    """Under /history."""
    routing.add("/history", layout, title="History")
    for part in (listing, drafts, trend):
        part.register(app)


def layout(status: str | None = None, model: str | None = None) -> Component:
    """Drawn from a page of tasks, the newest results and the clocks."""
    with access.client() as client:
        page = client.history_page(status=status, model=model)
        if not (page.items or status or model):
            return dmc.Stack([dmc.Title("History", order=1), _empty()])
        names = labels.Names.from_models(client.models)
        results = client.history_page(status="succeeded", model=model, limit=trend.MOST)
    return dmc.Stack(
        [
            dmc.Group(
                [
                    dmc.Title("History", order=1),
                    dmc.Anchor("New assessment", href="/new", fw=600),
                ],
                justify="space-between",
            ),
            trend.section(results, names),
            html.Section(
                [
                    dmc.Title("Assessments", order=2, size="h4", mb="xs"),
                    listing.filter_form(names, status, model),
                    listing.section(page, names, status, model),
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
                dmc.Title("Nothing here yet", order=2, size="h4"),
                dmc.Text(
                    "Your assessments will be listed here, newest first. "
                    "From your second result on, you can see how your biological age changes."
                ),
                html.Div(
                    dmc.Anchor(
                        "Start your first assessment",
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
