"""Wallet."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from dash_app import routing


def register(app: Dash) -> None:
    """Under /wallet."""
    routing.add("/wallet", layout, title="Wallet")


def layout() -> Any:
    """What is shown."""
    return dmc.Title("Wallet", order=1)
