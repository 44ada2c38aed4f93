"""Administration."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /admin."""
    routing.add("/admin", layout, title="Administration", admin=True)


def layout() -> Any:
    """What is shown."""
    return dmc.Title("Administration", order=1)
