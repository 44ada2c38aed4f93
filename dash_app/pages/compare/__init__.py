"""Compare."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /compare."""
    routing.add("/compare", layout, title="Compare")


def layout() -> Any:
    """What is shown."""
    return dmc.Title("Compare", order=1)
