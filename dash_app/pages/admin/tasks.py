"""All users' tasks, without their answers."""

from collections.abc import Iterable

import dash_mantine_components as dmc
from agelens.client import Task
from dash import Dash

from dash_app import access, load_more, routing
from dash_app.content import Component
from dash_app.pages.admin import page_frame

COLUMNS = ("Created (UTC)", "Status", "Clock", "Price", "Charged", "Attempts", "User", "Task")
STATUSES = ("draft", "queued", "running", "succeeded", "failed", "canceled")


def register(app: Dash) -> None:
    """Under /admin/tasks."""
    routing.add("/admin/tasks", layout, title="Tasks · Administration", admin=True)
    load_more.register(
        app, "admin-tasks", lambda client: client.admin.tasks_page, lambda _client: row
    )


def layout(status: str | None = None, model: str | None = None) -> Component:
    """Newest first."""
    status, model = status or None, model or None
    with access.client() as client:
        page = client.admin.tasks_page(status=status, model=model)
        clocks = sorted({version.name for version in client.admin.models()})
    return page_frame.page(
        "Tasks",
        page_frame.filters(
            "/admin/tasks",
            _choice("status", "Status", STATUSES, status),
            _choice("model", "Clock", clocks, model),
        ),
        page_frame.table(
            COLUMNS,
            [row(task) for task in page.items],
            id="admin-tasks-rows",
            caption="Tasks, newest first",
            empty="No matching tasks.",
        ),
        load_more.button("admin-tasks", page, {"status": status, "model": model}),
    )


def _choice(name: str, label: str, choices: Iterable[str], value: str | None) -> Component:
    return dmc.Select(
        id=f"admin-tasks-{name}",
        label=label,
        name=name,
        data=list(choices),
        value=value,
        placeholder="Any",
        clearable=True,
        w=200,
    )


def row(task: Task) -> Component:
    """One task; a failed one with its reason."""
    reason = dmc.Text(task.error.message, size="xs", c="dimmed") if task.error else None
    return page_frame.row(
        page_frame.when(task.created_at),
        [page_frame.status(task.status), reason],
        f"{task.model.name} {task.model.version}",
        f"{task.price:,}",
        f"{task.charged:,}",
        str(task.attempts),
        page_frame.short(task.user_id),
        page_frame.short(task.id),
    )
