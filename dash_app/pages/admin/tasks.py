"""All users' tasks, without their answers."""

from collections.abc import Iterable, Sequence

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Task
from agelens.languages import N_, _
from dash import Dash

from dash_app import api_client, load_more, result_format, routing
from dash_app.content import Component
from dash_app.pages.admin import page_frame

COLUMNS = (
    N_("Created (UTC)"),
    page_frame.USER,
    N_("Status"),
    N_("Clock"),
    N_("Price"),
    N_("Charged"),
    N_("Attempts"),
    N_("Task"),
)


def register(app: Dash) -> None:
    """Under /admin/tasks."""
    routing.add("/admin/tasks", layout, title=N_("Tasks · Administration"), admin=True)
    load_more.register(
        app, "admin-tasks", lambda client: client.admin.tasks_page, lambda _client: row
    )


def layout(
    status: str | None = None, model: str | None = None, user: str | None = None
) -> Component:
    """Newest first."""
    status, model, user = status or None, model or None, user or None
    with api_client.client() as client:
        page = client.admin.tasks_page(status=status, model=model, user=user)
        clocks = sorted({version.name for version in client.admin.models()})
    return page_frame.page(
        N_("Tasks"),
        page_frame.filters(
            "/admin/tasks",
            _choice("status", _("Status"), result_format.STATUS_NAMES, status),
            _choice("model", _("Clock"), clocks, model),
            page_frame.user_field("tasks", user),
        ),
        table(page.items),
        load_more.button("admin-tasks", page, {"status": status, "model": model, "user": user}),
    )


def table(tasks: Sequence[Task], *, of_one_user: bool = False) -> Component:
    """Tasks, newest first."""
    return page_frame.table(
        COLUMNS,
        [row(task, of_one_user=of_one_user) for task in tasks],
        id="admin-tasks-rows",
        caption=_("Tasks, newest first"),
        empty=_("No matching tasks."),
        of_one_user=of_one_user,
    )


def _choice(name: str, label: str, choices: Iterable[str], value: str | None) -> Component:
    return dmc.Select(
        id=f"admin-tasks-{name}",
        label=label,
        name=name,
        data=[{"value": each, "label": _label(name, each)} for each in choices],
        value=value,
        placeholder=_("Any"),
        clearable=True,
        w=200,
    )


def _label(name: str, value: str) -> str:
    return result_format.status(value) if name == "status" else value


def row(task: Task, *, of_one_user: bool = False) -> Component:
    """One task; a failed one with its reason."""
    reason = dmc.Text(task.error.message, size="xs", c="dimmed") if task.error else None
    return page_frame.row(
        COLUMNS,
        page_frame.moment(task.created_at),
        page_frame.user_link(task.user_id, task.user_email),
        [page_frame.status(task.status), reason],
        f"{task.model.name} {task.model.version}",
        charts.count(task.price),
        charts.count(task.charged),
        charts.count(task.attempts),
        page_frame.identifier(task.id),
        of_one_user=of_one_user,
    )
