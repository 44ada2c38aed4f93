"""What AgeLens does, with a real example."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /."""
    routing.add("/", layout, title="Biological age, explained", login=False)


def layout() -> Any:
    """Everything of it at once."""
    return dmc.Title("Biological age, with every number explained", order=1)
