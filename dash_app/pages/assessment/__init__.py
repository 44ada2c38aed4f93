"""New assessment."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /new."""
    routing.add("/new", layout, title="New assessment")


def layout() -> Any:
    """What is shown."""
    return dmc.Title("New assessment", order=1)
