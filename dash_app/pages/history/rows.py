"""A row of the list of assessments."""

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Task
from dash import html

from dash_app import html_tables, results, times
from dash_app.content import Component, Content
from dash_app.pages.history import labels

COLUMNS = ("Compare", "When", "Result", "Age gap", "Clock", "Status", "Charged", "")


def row(task: Task, names: labels.Names) -> Component:
    """What it is, what came of it, and what one can do with it."""
    cells = (
        _pick(task),
        _when(task),
        _result(task),
        _gap(task),
        _clock(task, names),
        _status(task, names),
        _charged(task),
        _actions(task) if task.status == "draft" else None,
    )
    return html_tables.row(COLUMNS, cells, id={"type": "history-row", "task": task.id})


def place(task: Task) -> str:
    """Where it opens: a draft in its form, anything else with its result or progress."""
    return f"/new?draft={task.id}" if task.status == "draft" else f"/results/{task.id}"


def _pick(task: Task) -> Component | None:
    if task.wire_result is None:
        return None
    when = times.date(task.created_at)
    return dmc.Checkbox(
        id={"type": "history-pick", "task": task.id, "unit": task.wire_result["unit"]},
        checked=False,
        **{"aria-label": f"Compare the result of {when}: {results.prediction(task)}"},
    )


def _when(task: Task) -> list[Content]:
    return [
        dmc.Anchor(
            times.local(task.created_at, show="date"), href=place(task), inherit=True, fw=600
        ),
        html.Small(times.local(task.created_at, show="time"), className="history-detail"),
    ]


def _clock(task: Task, names: labels.Names) -> list[Content]:
    return [
        names.clock(task.model.name),
        html.Small(f"version {task.model.version}", className="history-detail"),
    ]


def _status(task: Task, names: labels.Names) -> Content:
    badge = dmc.Badge(
        labels.STATUSES.get(task.status, task.status),
        color=results.STATUS_COLOURS.get(task.status, "gray"),
        variant="light",
    )
    detail = task.error.message if task.error else labels.missing(task.validation_errors, names)
    return [badge, html.Small(detail, className="history-detail")] if detail else badge


def _result(task: Task) -> list[Content] | None:
    if task.wire_result is None:
        return None
    return [
        html.Strong(results.prediction(task)),
        html.Small(results.interval(task) or "no interval", className="history-detail"),
    ]


def _gap(task: Task) -> list[Content] | None:
    gap = results.gap_years(task)
    if gap is None or task.chronological_age is None:
        return None
    shown = charts.amount(gap)
    return [
        html.Span(shown, className=results.change_class(shown)),
        html.Small(f"at {task.chronological_age:g}", className="history-detail"),
    ]


def _charged(task: Task) -> str:
    if task.charged:
        return f"{task.charged:,}"
    return f"{task.price:,} if run" if task.status == "draft" else "nothing"


def _actions(task: Task) -> list[Content]:
    when = times.date(task.created_at)
    return [
        dmc.Group(
            [
                dmc.Button(
                    "Run",
                    id={"type": "history-run", "task": task.id},
                    size="compact-sm",
                    variant="light",
                    **{"aria-label": f"Run the draft of {when}"},
                ),
                dmc.Button(
                    "Delete",
                    id={"type": "history-delete", "task": task.id},
                    size="compact-sm",
                    variant="subtle",
                    color="red",
                    **{"aria-label": f"Delete the draft of {when}"},
                ),
            ],
            gap="xs",
            wrap="nowrap",
        ),
        html.Div(id={"type": "history-problem", "task": task.id}, role="status"),
    ]
