"""The result page of one task."""

from agelens.languages import N_
from dash import Dash, html

from dash_app import api_client, routing
from dash_app.content import Component
from dash_app.pages.result import actions, view, what_if_requests


def register(app: Dash) -> None:
    """Under /results/<task_id>."""
    routing.add("/results/<task_id>", layout, title=N_("Result"))
    view.register(app)
    what_if_requests.register(app)
    actions.register(app)


def layout(task_id: str) -> Component:
    """Whatever there is of the task now; a finished result takes this place without a reload."""
    with api_client.client() as client:
        return html.Div(view.page_content(client, client.task(task_id)), id="result-root")
