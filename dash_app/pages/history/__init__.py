"""History."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /history."""
    routing.add("/history", layout, title="History")


def layout() -> Any:
    """What is shown."""
    return dmc.Title("History", order=1)
