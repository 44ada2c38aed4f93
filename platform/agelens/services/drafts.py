"""Draft tasks: panels saved for later, complete or not."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Unpack

from sqlalchemy.orm import Session

from agelens import wire
from agelens.domain.errors import Conflict, InvalidAnswers, InvalidInput
from agelens.services import registry, tasks
from agelens.storage import Task, User

MOST_ANSWERS = 500  # of a draft, however often it is edited


def create(
    session: Session,
    user: User,
    *,
    answers: Mapping[str, Any] | None = None,
    **said: Unpack[wire.PanelFields],
) -> Task:
    """Keep a panel for later, complete or not, with what still needs correcting."""
    task = tasks.new(session, user, answers or {}, said)
    task.status = "draft"
    note_problems(session, task)
    session.add(task)
    session.flush()
    return task


def edit(
    session: Session, owner_id: uuid.UUID, task_id: uuid.UUID, changes: Mapping[str, Any]
) -> Task:
    """Change a draft; `answers` and `units` are merged (RFC 7396: null takes a key away)."""
    task = tasks.owned(session, owner_id, task_id, lock=True)
    if task.status != "draft":
        raise Conflict(f"Only a draft can be edited; this task is {task.status}.")
    for field in ("answers", "units"):
        if field in changes:
            merged = {**getattr(task, field), **(changes[field] or {})}
            kept = {key: value for key, value in merged.items() if value is not None}
            if len(kept) > MOST_ANSWERS:
                raise InvalidInput.at(field, f"must have at most {MOST_ANSWERS} entries")
            setattr(task, field, kept)
    for field in changes.keys() - {"answers", "units", "model"}:
        setattr(task, field, changes[field])
    if "model" in changes:
        task.model = registry.resolve(session, changes["model"])
        task.price = task.model.price
    note_problems(session, task)
    session.flush()
    return task


def run(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """Queue a draft with today's clock and price; one that runs or succeeded already is left alone.

    One that cannot be scored comes back as it was, a draft, with its validation errors.
    """
    task = tasks.owned(session, owner_id, task_id, lock=True)
    if task.status in ("queued", "running", "succeeded"):
        return task
    if task.status != "draft":
        raise Conflict(f"This task is {task.status}; submit its answers again as a new one.")
    task.model = registry.resolve(session, task.model.name)
    task.price = task.model.price
    note_problems(session, task)
    if not task.validation_errors:
        tasks.queue(session, task)
    return task


def note_problems(session: Session, task: Task) -> None:
    """Keep with a draft what its clock would refuse now."""
    try:
        tasks.check(session, task)
        task.validation_errors = []
    except InvalidAnswers as error:
        task.validation_errors = [asdict(problem) for problem in error.problems]
