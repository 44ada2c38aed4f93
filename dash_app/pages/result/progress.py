"""Progress of a queued or running task; failed and canceled tasks."""

from datetime import UTC, datetime, timedelta

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Task
from agelens.languages import N_, _, ngettext
from dash import dcc, html

from dash_app import times
from dash_app.content import Component, Content

BETWEEN_POLLS_MS = 400
PATIENT = timedelta(seconds=8)
DAY, HOUR, MINUTE = 86_400, 3_600, 60
CUT = "\N{SECTION SIGN}"  # where the time stands in a sentence
STEPS = (
    ("queued", N_("Waiting for a worker")),
    ("running", N_("Calculating and checking")),
)
SINCE = {
    "queued": N_("Queued since {time} ({waited})."),
    "running": N_("Running since {time} ({waited})."),
}
QUEUED = N_("Your answers have been sent. This usually takes about a second.")
RUNNING = N_("Calculating your result and checking that its explanation adds up.")
NO_WORKER = N_(
    "No worker is free right now. Your answers are saved, and you pay only when there is a result. "
    "You can close this page; the result will be in your history."
)
LONG = N_(
    "This is taking longer than usual. If the worker was lost, another one will take over. "
    "You can close this page; the result will be in your history."
)


def view(task: Task) -> Component:
    """Until there is a result."""
    return dmc.Stack(
        [
            dmc.Title(_("Your result is on its way"), order=1),
            html.Div(
                status_text(task), id="result-progress", role="status", **{"aria-live": "polite"}
            ),
            html.Div(dmc.Button(_("Cancel"), id="result-cancel", variant="default")),
            dmc.Text(
                ngettext(
                    "{n} credit is reserved. You are charged when the result is ready, and not at all "
                    "if there is none.",
                    "{n} credits are reserved. You are charged when the result is ready, and not at "
                    "all if there is none.",
                    task.price,
                    n=charts.count(task.price),
                ),
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
        dmc.Text(_(long if waited > PATIENT else usual)),
        dmc.Text(_since(task.status, since, waited), className="result-faint"),
    ]


def _since(status: str, since: datetime, waited: timedelta) -> list[Content]:
    """The sentence with the time in its place, which the browser writes in its own zone."""
    before, after = _(SINCE[status], time=CUT, waited=duration(waited)).split(CUT)
    return [before, times.local(since, show="time"), after]


def duration(waited: timedelta) -> str:
    """About how long."""
    seconds = max(0, int(waited.total_seconds()))
    if seconds >= DAY:
        return ngettext("{n} day", "{n} days", seconds // DAY, n=seconds // DAY)
    if seconds >= HOUR:
        return ngettext("{n} hour", "{n} hours", seconds // HOUR, n=seconds // HOUR)
    if seconds >= MINUTE:
        return ngettext("{n} minute", "{n} minutes", seconds // MINUTE, n=seconds // MINUTE)
    return ngettext("{n} second", "{n} seconds", seconds, n=seconds) if seconds else _("just now")


def _step(status: str, name: str, state: str) -> Component:
    is_now, is_done = status == state, (status, state) == ("queued", "running")
    sign = dmc.Loader(size="xs") if is_now else "✓" if is_done else "○"
    current = {"aria-current": "step"} if is_now else {}
    return html.Li([html.Span(sign, className="result-sign"), _(name)], **current)


def without_result(task: Task) -> Component:
    """Failed or canceled: why, what it cost, and the way back."""
    canceled = task.status == "canceled"
    reason = _("You canceled this assessment.") if canceled else _reason(task)
    return dmc.Stack(
        [
            dmc.Title(_("Canceled") if canceled else _("No result"), order=1),
            dmc.Alert(
                [dmc.Text(reason), dmc.Text(_("You were not charged."), fw=600)],
                color="gray" if canceled else "red",
                variant="light",
            ),
            dmc.Group(
                [
                    dmc.Anchor(_("Try again with the same answers"), href=f"/new?like={task.id}"),
                    dmc.Anchor(_("History"), href="/history"),
                ]
            ),
        ],
        gap="lg",
    )


def _reason(task: Task) -> str:
    message = task.error.message if task.error else _("The reason is unknown.")
    return _("The clock could not calculate a result: {reason}", reason=message)
