"""The new-assessment page: a form generated from the chosen clock's features."""

from dash import Dash

from dash_app import routing
from dash_app.pages.assessment import client_side, context, drafts, page, prefill, submission


def register(app: Dash) -> None:
    """Under /new, /new?model=NAME and /new?draft=TASK_ID."""
    routing.add("/new", page.layout, title="New assessment")
    client_side.register(app)
    prefill.register(app)
    submission.register(app)
    drafts.register(app)
    context.register(app)
