"""The new-assessment page: one form for all clocks; start at page.py."""

from agelens.languages import N_
from dash import Dash

from dash_app import routing
from dash_app.pages.assessment import (
    checking,
    client_side,
    drafts,
    page,
    profile_offer,
    submission,
)


def register(app: Dash) -> None:
    """Under /new, /new?model=NAME, /new?draft=TASK_ID and /new?like=TASK_ID."""
    routing.add("/new", page.layout, title=N_("New assessment"))
    client_side.register(app)
    checking.register(app)
    profile_offer.register(app)
    submission.register(app)
    drafts.register(app)
