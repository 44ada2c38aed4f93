"""All pages of the web app."""

import dash
from dash import Dash

from dash_app import problems
from dash_app.pages import (
    account,
    admin,
    assessment,
    cohorts,
    compare,
    history,
    landing,
    login,
    panel_results,
    report_import,
    result,
    shared,
    wallet,
)

PAGES = (
    landing,
    login,
    assessment,
    result,
    panel_results,
    shared,
    history,
    compare,
    wallet,
    account,
    cohorts,
    report_import,
    admin,
)


def register(app: Dash) -> None:
    """Put every page under its address."""
    for page in PAGES:
        page.register(app)
    dash.register_page("dash_app.not_found_404", layout=problems.not_found, title="AgeLens")
