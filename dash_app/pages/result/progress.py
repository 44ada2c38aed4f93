"""Progress of a queued or running task; failed and canceled tasks."""

from datetime import UTC, datetime, timedelta

import dash_mantine_components as dmc
from agelens.client import Task
from dash import dcc, html

from dash_app import times
from dash_app.content import Component, Content

BETWEEN_POLLS_MS = 400
PATIENT = timedelta(seconds=8)
STEPS = (("queued", "Waiting for a worker"), ("running", "Calculating and checking"))
QUEUED = "Your answers have been sent. This usually takes about a second."
RUNNING = "Calculating your result and checking that its explanation adds up."
NO_WORKER = (
    "No worker is free right now. Your answers are saved, and you pay only when there is a result. "
    "You can close this page; the result will be in your history."
)
LONG = (
    "This is taking longer than usual. If the worker was lost, another one will take over. "
    "You can close this page; the result will be in your history."
)


def view(task: Task) -> Component:
    """Until there is a result."""
    return dmc.Stack(
        [
            dmc.Title("Your result is on its way", order=1),
            html.Div(
                status_text(task), id="result-progress", role="status", **{"aria-live": "polite"}
            ),
            html.Div(dmc.Button("Cancel", id="result-cancel", variant="default")),
            dmc.Text(
                f"{task.price} credits are reserved. You are charged when the result is ready, and "
                "not at all if there is none.",
                className="result-faint",
            ),
            dcc.Interval(id="result-poll", interval=BETWEEN_POLLS_MS),
            dcc.Store(id="result-awaited", data=task.id),
        ],
        className="result-progress",
        gap="lg",
    )


def status_text(task: Task) -> list[Content]:
    """Where the task is, and since when."""
    since = task.started_at if task.status == "running" else task.created_at
    since = since or task.created_at
    waited = datetime.now(UTC) - since
    usual, long = (QUEUED, NO_WORKER) if task.status == "queued" else (RUNNING, LONG)
    return [
        html.Ol([_step(*step, task.status) for step in STEPS], className="result-steps"),
        dmc.Text(long if waited > PATIENT else usual),
        dmc.Text(
            [
                f"{task.status.capitalize()} since ",
                times.local(since, show="time"),
                f" ({duration(waited)}).",
            ],
            className="result-faint",
        ),
    ]


def duration(waited: timedelta) -> str:
    """About how long."""
    seconds = max(0, int(waited.total_seconds()))
    for length, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= length:
            count = seconds // length
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "just now"


def _step(status: str, name: str, now: str) -> Component:
    is_now, is_done = status == now, (status, now) == ("queued", "running")
    sign = dmc.Loader(size="xs") if is_now else "✓" if is_done else "○"
    current = {"aria-current": "step"} if is_now else {}
    return html.Li([html.Span(sign, className="result-sign"), name], **current)


def ended(task: Task) -> Component:
    """Failed or canceled: why, what it cost, and the way back."""
    canceled = task.status == "canceled"
    reason = "You canceled this assessment." if canceled else _reason(task)
    return dmc.Stack(
        [
            dmc.Title("Canceled" if canceled else "No result", order=1),
            dmc.Alert(
                [dmc.Text(reason), dmc.Text("You were not charged.", fw=600)],
                color="gray" if canceled else "red",
                variant="light",
            ),
            dmc.Group(
                [
                    dmc.Anchor("Try again with the same answers", href=f"/new?like={task.id}"),
                    dmc.Anchor("History", href="/history"),
                ]
            ),
        ],
        gap="lg",
    )


def _reason(task: Task) -> str:
    message = task.error.message if task.error else "The reason is unknown."
    return f"The clock could not calculate a result: {message}"
