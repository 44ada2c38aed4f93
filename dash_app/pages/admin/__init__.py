"""Administration pages: users, transactions, tasks, models, queues, retrainings."""

from dash import Dash

from dash_app.pages.admin import (
    activation,
    models,
    new_retraining,
    publishing,
    queues,
    retrainings,
    schedules,
    tasks,
    top_up,
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
    top_up,
    transactions,
    tasks,
    models,
    activation,
    publishing,
    queues,
    retrainings,
    new_retraining,
    schedules,
)


def register(app: Dash) -> None:
    """Under /admin."""
    for part in PARTS:
        part.register(app)
