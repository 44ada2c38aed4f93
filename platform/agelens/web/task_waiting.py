"""Tasks as soon as they are finished: `?wait=`, and `Prefer: wait` (RFC 7240) on a submission."""

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import structlog
from flask import Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_list_header

from agelens.domain.errors import AgeLensError
from agelens.services import tasks
from agelens.storage import ACTIVE, Task
from agelens.web.auth import me
from agelens.web.extensions import db, long_poll_limit, queue
from agelens.web.openapi import add_to_openapi
from agelens.web.schemas.tasks import LONGEST_WAIT_SECONDS, TaskSchema
from agelens.web.transactions import autocommit

P = ParamSpec("P")
log = structlog.get_logger()
PREFER = {
    "in": "header",
    "name": "Prefer",
    "schema": {"type": "string"},
    "description": "`wait=SECONDS` (RFC 7240), up to 30: answer with the finished task, if it is ready",
}
PREFERENCE_APPLIED = {
    "Preference-Applied": {"description": "`wait`", "schema": {"type": "string"}},
}
WHOLE_SECONDS = re.compile(r"[0-9]{1,6}")


def when_finished(task_id: uuid.UUID, seconds: float) -> Task:
    """A task of one's own, as soon as it is finished or the time is over."""
    look = _look_at(task_id)
    if not seconds:
        return look()
    with queue().listener.waiting(task_id) as waiter:
        return long_poll_limit().wait(look, _is_over, seconds, waiter)


def answered_when_finished(view: Callable[P, Response]) -> Callable[P, Response]:
    """Answer with the task that the view accepts once it is finished, if the request prefers to wait.

    The view makes a task with the id `new_task_id`. The answer to a repeated request, which is that of
    the first one, comes at once.
    """

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        seconds = _preferred_wait_seconds()
        if not seconds:
            return view(*args, **kwargs)
        key = g.new_task_id = uuid.uuid4()
        with queue().listener.waiting(key) as waiter:  # from before a worker can know of it
            accepted = view(*args, **kwargs)
            if not _is_of(key, accepted):
                return accepted
            look, queued = _look_at(key), Task(status="queued")
            try:
                task = long_poll_limit().wait(look, _is_over, seconds, waiter, queued)
            except (AgeLensError, SQLAlchemyError) as error:
                # the task is accepted, and its price held, all the same
                log.warning("an accepted task was not looked at", error=type(error).__name__)
                db.session.rollback()
                return accepted
        if not _is_over(task):
            return accepted
        finished = current_app.make_response(TaskSchema().dump(task))
        finished.headers["Preference-Applied"] = "wait"
        return finished

    add_to_openapi(run, parameters=[PREFER])
    return run


def new_task_id() -> uuid.UUID | None:
    """The id of the task for which this request waits; None if it does not."""
    task_id: uuid.UUID | None = g.get("new_task_id")
    return task_id


def _preferred_wait_seconds() -> float:
    """How long the request prefers to wait (RFC 7240, section 4.3); a preference may be ignored."""
    for preference in parse_list_header(request.headers.get("Prefer", "")):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":  # the first one counts
            wait_value = value.strip(' "')
            return (
                min(float(wait_value), LONGEST_WAIT_SECONDS)
                if WHOLE_SECONDS.fullmatch(wait_value)
                else 0.0
            )
    return 0.0


def _is_of(key: uuid.UUID, accepted: Response) -> bool:
    """Whether this answer accepts a task of this id: it may be a problem, or that of an earlier request."""
    body = accepted.get_json(silent=True) if accepted.status_code == 202 else None
    return isinstance(body, dict) and body.get("task_id") == str(key)


def _look_at(task_id: uuid.UUID) -> Callable[[], Task]:
    owner_id, session = me().id, db.session()

    def look() -> Task:
        task = tasks.owned(autocommit(session), owner_id, task_id)
        session.commit()  # hands the connection back while others need it
        return task

    return look


def _is_over(task: Task) -> bool:
    return task.status not in ACTIVE
