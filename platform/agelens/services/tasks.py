"""Prediction tasks as their owners see them: submit, draft, edit, run, cancel, delete, look."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens.clocks.scoring import read_panel_for
from agelens.domain.errors import Conflict, InvalidAnswers, InvalidInput, NotFound, Unauthenticated
from agelens.queueing import PREDICT, enqueue_after_commit
from agelens.services import billing, registry
from agelens.services.pages import Page, paginate
from agelens.storage import ACTIVE, ModelVersion, Task, User, Wallet

MOST_ANSWERS = 500  # of a draft, however often it is edited


def submit(
    session: Session,
    user: User,
    *,
    model: str | None = None,
    answers: Mapping[str, Any],
    units: Mapping[str, Any] | None = None,
    chronological_age: Any = None,
) -> Task:
    """Check a panel, hold its price and queue it; nothing is kept when any of these fails."""
    version = registry.resolve(session, model)
    task = _new(session, user, version, answers, units, chronological_age)
    check(session, task)
    _queue(session, task)
    return task


def create_draft(
    session: Session,
    user: User,
    *,
    model: str | None = None,
    answers: Mapping[str, Any] | None = None,
    units: Mapping[str, Any] | None = None,
    chronological_age: Any = None,
) -> Task:
    """Keep a panel for later, complete or not, with what still needs correcting."""
    version = registry.resolve(session, model)
    task = _new(session, user, version, answers or {}, units, chronological_age)
    task.status = "draft"
    _note_problems(session, task)
    session.add(task)
    session.flush()
    return task


def edit(
    session: Session, owner_id: uuid.UUID, task_id: uuid.UUID, changes: Mapping[str, Any]
) -> Task:
    """Change a draft; `answers` and `units` are merged (RFC 7396: null takes a key away)."""
    task = owned(session, owner_id, task_id, lock=True)
    if task.status != "draft":
        raise Conflict(f"Only a draft can be edited; this task is {task.status}.")
    for field in ("answers", "units"):
        if field in changes:
            merged = {**getattr(task, field), **(changes[field] or {})}
            kept = {key: value for key, value in merged.items() if value is not None}
            if len(kept) > MOST_ANSWERS:
                raise InvalidInput.at(field, f"must have at most {MOST_ANSWERS} entries")
            setattr(task, field, kept)
    if "chronological_age" in changes:
        task.chronological_age = changes["chronological_age"]
    if "model" in changes:
        task.model = registry.resolve(session, changes["model"])
        task.price = task.model.price
    _note_problems(session, task)
    session.flush()
    return task


def run(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """Queue a draft with today's clock and price; one that runs or succeeded already is left alone.

    A draft that cannot be scored stays a draft: the raised InvalidAnswers carries the problems,
    which a look at the draft shows too.
    """
    task = owned(session, owner_id, task_id, lock=True)
    if task.status in ("queued", "running", "succeeded"):
        return task
    if task.status != "draft":
        raise Conflict(f"This task is {task.status}; submit its answers again as a new one.")
    task.model = registry.resolve(session, task.model.name)
    task.price = task.model.price
    check(session, task)
    task.validation_errors = []
    _queue(session, task)
    return task


def cancel(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """End a queued or running task without a result or a charge; canceling twice is harmless."""
    task = owned(session, owner_id, task_id, lock=True)
    if task.status in ACTIVE:
        task.status = "canceled"
        task.finished_at = datetime.now(UTC)
        session.flush()
        billing.release(session, task)
    elif task.status != "canceled":
        raise Conflict(f"Only a queued or running task can be canceled; this one is {task.status}.")
    return task


def delete(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> None:
    """Take a draft or finished task away; what it cost stays in the ledger."""
    task = owned(session, owner_id, task_id, lock=True)
    if task.status in ACTIVE:
        raise Conflict(f"This task is {task.status}; cancel it first.")
    session.execute(delete_rows(Task).where(Task.id == task.id))


def owned(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID, *, lock: bool = False) -> Task:
    """A person's own task; anybody else's does not exist."""
    query = select(Task).where(Task.id == task_id, Task.user_id == owner_id)
    if lock:
        query = query.with_for_update(of=Task)
    task = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if task is None:
        raise NotFound("There is no such task.")
    return task


def is_active(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> bool:
    """Whether a person's task is queued or running: only then can waiting bring anything new."""
    status = select(Task.status).where(Task.id == task_id, Task.user_id == owner_id)
    return session.scalar(status) in ACTIVE


def history(
    session: Session,
    user: User | None,
    cursor: str | None,
    limit: int,
    *,
    status: str | None = None,
    model: str | None = None,
) -> Page:
    """A person's tasks (or everybody's), newest first."""
    query = select(Task)
    if user is not None:
        query = query.where(Task.user_id == user.id)
    if status is not None:
        query = query.where(Task.status == status)
    if model is not None:
        query = query.where(
            Task.model_version_id.in_(select(ModelVersion.id).where(ModelVersion.name == model))
        )
    return paginate(session, query, (Task.created_at, Task.id), cursor, limit)


def check(session: Session, task: Task) -> None:
    """Raise InvalidAnswers, field by field, when the task's clock cannot score its panel."""
    clock = registry.clock_of(session, task.model)
    read_panel_for(clock, task.answers, task.units, task.chronological_age)


def _note_problems(session: Session, task: Task) -> None:
    try:
        check(session, task)
        task.validation_errors = []
    except InvalidAnswers as error:
        task.validation_errors = [asdict(problem) for problem in error.problems]


def _new(
    session: Session,
    user: User,
    version: ModelVersion,
    answers: Mapping[str, Any],
    units: Mapping[str, Any] | None,
    chronological_age: Any,
) -> Task:
    return Task(
        id=uuid.uuid4(),
        user_id=user.id,
        wallet_id=_wallet_id(session, user),
        model=version,
        model_version_id=version.id,
        answers=dict(answers),
        units=dict(units or {}),
        chronological_age=chronological_age,
        price=version.price,
        charged=0,
        attempts=0,
        enqueues=1,
        validation_errors=[],
        created_at=datetime.now(UTC),
    )


def _wallet_id(session: Session, user: User) -> uuid.UUID:
    """Waits for an erasure under way: nothing of the person may be kept after it."""
    living = (
        select(Wallet.id)
        .join(User, User.id == Wallet.user_id)
        .where(User.id == user.id, User.erased_at.is_(None))
        .with_for_update(of=User, key_share=True, read=True)
    )
    found = session.scalar(living)
    if found is None:
        raise Unauthenticated
    return found


def _queue(session: Session, task: Task) -> None:
    task.status = "queued"
    task.enqueued_at = datetime.now(UTC)
    session.add(task)
    session.flush()
    billing.hold(session, task)
    enqueue_after_commit(session, PREDICT, task.id, task.enqueues)
