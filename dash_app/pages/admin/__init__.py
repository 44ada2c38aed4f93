"""Administration pages: users, transactions, tasks, cohorts, models, queues, retrainings."""

from dash import Dash

from dash_app.pages.admin import (
    activation,
    activity,
    cohorts,
    inputs,
    models,
    new_retraining,
    person,
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
    "cohorts",
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
ADMIN_PAGES = (
    activity,
    inputs,
    users,
    person,
    top_up,
    transactions,
    tasks,
    cohorts,
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
    for part in ADMIN_PAGES:
        part.register(app)
