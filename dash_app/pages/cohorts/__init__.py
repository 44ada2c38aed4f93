"""Cohorts."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /cohorts."""
    routing.add("/cohorts", layout, title="Cohorts")


def layout() -> Any:
    """What is shown."""
    return dmc.Title("Cohorts", order=1)
