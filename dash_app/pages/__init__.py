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
    result,
    wallet,
)

PAGES = (landing, login, assessment, result, history, compare, wallet, account, cohorts, admin)


def register(app: Dash) -> None:
    """Put every page under its address."""
    for page in PAGES:
        page.register(app)
    dash.register_page("dash_app.not_found_404", layout=problems.not_found, title="AgeLens")
