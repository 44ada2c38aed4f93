"""New assessment: a form made of whatever the chosen clock takes."""

from dash import Dash

from dash_app import routing
from dash_app.pages.assessment import browser, drafting, filling, page, submitting


def register(app: Dash) -> None:
    """Under /new, /new?model=NAME and /new?draft=TASK_ID."""
    routing.add("/new", page.layout, title="New assessment")
    browser.register(app)
    filling.register(app)
    submitting.register(app)
    drafting.register(app)
