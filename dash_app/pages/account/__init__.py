"""Account."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /account."""
    routing.add("/account", layout, title="Account")


def layout() -> Any:
    """What is shown."""
    return dmc.Title("Account", order=1)
