"""Result."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /results/<task_id>."""
    routing.add("/results/<task_id>", layout, title="Result")


def layout(task_id: str) -> Any:
    """What is shown."""
    return dmc.Title("Result", order=1)
