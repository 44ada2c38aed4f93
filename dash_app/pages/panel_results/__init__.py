"""The page of an assessment: what several clocks say of one panel, side by side.

`view` has its states and asks until every clock is done; `dash_app.panel_view` draws the forest plot and
a sentence for each clock; `missing_biomarkers` says what the clocks need that were not calculated.
"""

from agelens.languages import N_
from dash import Dash, html

from dash_app import api_client, routing
from dash_app.content import Component
from dash_app.pages.panel_results import actions, view


def register(app: Dash) -> None:
    """Under /assessments/<assessment_id>."""
    routing.add("/assessments/<assessment_id>", layout, title=N_("Results"))
    view.register(app)
    actions.register(app)


def layout(assessment_id: str) -> Component:
    """Whatever there is by now; what comes later takes its place without a reload."""
    with api_client.client() as client:
        assessment = client.assessments[assessment_id]
        return html.Div(view.page_content(client, assessment), id="panel-root")
