"""Administration: people, credits, tasks, clocks, queues and retrainings, each at its own address."""

from dash import Dash

from dash_app.pages.admin import (
    models,
    publishing,
    queues,
    retrainings,
    schedules,
    starting,
    switching,
    tasks,
    topping,
    transactions,
    users,
)

__all__ = [
    "models",
    "publishing",
    "queues",
    "register",
    "retrainings",
    "schedules",
    "starting",
    "switching",
    "tasks",
    "topping",
    "transactions",
    "users",
]
PARTS = (
    users,
    topping,
    transactions,
    tasks,
    models,
    switching,
    publishing,
    queues,
    retrainings,
    starting,
    schedules,
)


def register(app: Dash) -> None:
    """Under /admin."""
    for part in PARTS:
        part.register(app)
