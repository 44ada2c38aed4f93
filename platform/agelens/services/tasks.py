"""Prediction tasks of a person: submit, cancel, delete, list."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Unpack, cast

from sqlalchemy import Table, bindparam, func, insert, inspect, select
from sqlalchemy import delete as delete_rows
from sqlalchemy.orm import Session

from agelens import wire
from agelens.domain.errors import Conflict, NotFound, Unauthenticated
from agelens.queueing import announce_after_commit, enqueue_drain_after_commit
from agelens.services import billing, model_registry, profiles
from agelens.services.pagination import Among, Page, paginate
from agelens.services.task_scoring import panel_of
from agelens.storage import (
    ACTIVE,
    SCENARIOS_PER_TASK,
    Assessment,
    ModelVersion,
    Task,
    User,
    Wallet,
)
from agelens.storage.tasks import has_status

_TASKS = cast(Table, Task.__table__)
# queued by the database's clock, against which the sweep compares: hosts' clocks may be off
_INSERT = insert(_TASKS).values(
    {c.name: bindparam(c.name, type_=c.type) for c in _TASKS.c}
    | {"enqueued_at": func.clock_timestamp()}
)
_LIVING_WALLET = (
    select(Wallet.id)
    .join(User, User.id == Wallet.user_id)
    .where(User.id == bindparam("person"), User.erased_at.is_(None))
    .with_for_update(of=User, key_share=True, read=True)
)
# whoever waits asks this, so it is built once
_OWNED = (
    select(Task)
    .where(Task.id == bindparam("task"), Task.user_id == bindparam("owner"))
    .execution_options(populate_existing=True)
)


def submit(
    session: Session,
    user: User,
    *,
    task_id: uuid.UUID | None = None,
    answers: Mapping[str, Any],
    **fields: Unpack[wire.PanelFields],
) -> Task:
    """Check a panel, hold its price and queue it; nothing is kept when any of these fails."""
    task = new(session, user, answers, fields, id=task_id)
    profiles.fill_age(task, user)
    check(session, task)
    queue(session, task)
    return task


def cancel(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """End a queued or running task without a result or a charge; canceling twice is harmless."""
    task = owned(session, owner_id, task_id, lock=True)
    if task.status in ACTIVE:
        task.status = "canceled"
        task.finished_at = datetime.now(UTC)
        session.flush()
        billing.release(session, task)
        announce_after_commit(session, task.id)
    elif task.status != "canceled":
        raise Conflict(f"Only a queued or running task can be canceled; this one is {task.status}.")
    return task


def delete(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> None:
    """Take a draft or finished task away; what it cost stays in the ledger."""
    task = owned(session, owner_id, task_id, lock=True)
    if task.status in ACTIVE:
        raise Conflict(f"This task is {task.status}; cancel it first.")
    session.execute(delete_rows(Task).where(Task.id == task.id))
    if task.assessment_id is not None:
        _forget_if_empty(session, task.assessment_id)


def _forget_if_empty(session: Session, assessment_id: uuid.UUID) -> None:
    """An assessment goes with its last task; its lock lets two that go at once see each other."""
    this = Assessment.id == assessment_id
    session.execute(select(Assessment.id).where(this).with_for_update())
    has_tasks = select(Task.id).where(Task.assessment_id == assessment_id).exists()
    session.execute(delete_rows(Assessment).where(this, ~has_tasks))


def owned(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID, *, lock: bool = False) -> Task:
    """A person's own task; anybody else's does not exist."""
    query = _OWNED.with_for_update(of=Task) if lock else _OWNED
    task = session.scalars(query, {"task": task_id, "owner": owner_id}).one_or_none()
    if task is None:
        raise NotFound("There is no such task.")
    return task


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
    if status is not None:
        query = query.where(has_status(status))
    among: Among | None = None
    plain = status not in (None, "succeeded")  # of the others there are few, with their own indexes
    if model is not None:
        among = _of_clock(session, user, model, plain=plain)
    elif user is not None:
        among = Among((Task.user_id,), [(user.id,)], plain)
    return paginate(session, query, (Task.created_at, Task.id), cursor, limit, among=among)


def _of_clock(session: Session, user: User | None, model: str, *, plain: bool) -> Among:
    """Tasks of any version of a clock, or of the one named, of one person or of everybody."""
    name, _, version = model.partition("@")
    query = select(ModelVersion.id).where(ModelVersion.name == name)
    if version:
        query = query.where(ModelVersion.version == version)
    versions = session.scalars(query).all()
    if user is None:
        return Among((Task.model_version_id,), [(version,) for version in versions], plain)
    columns = (Task.user_id, Task.model_version_id)
    return Among(columns, [(user.id, version) for version in versions], plain)


def check(session: Session, task: Task) -> None:
    """Raise InvalidAnswers, field by field, when the task's clock cannot score its panel."""
    panel_of(model_registry.clock_of(session, task.model), task)


def new(
    session: Session,
    user: User,
    answers: Mapping[str, Any],
    fields: wire.PanelFields,
    **owner: Any,
) -> Task:
    """A task that is not kept yet, for the caller to queue or to keep as a draft.

    Members of `fields` beside model, units and context, and `owner`, are columns of the same name.
    """
    model = fields.get("model")
    version = model_registry.resolve(session, model)
    columns = {key: value for key, value in fields.items() if key != "model"}
    return of_version(
        version,
        answers,
        columns,
        user_id=user.id,
        wallet_id=wallet_id(session, user),
        version_pinned=model_registry.names_version(model),
        **owner,
    )


def of_version(
    version: ModelVersion | model_registry.CachedVersion,
    answers: Mapping[str, Any],
    fields: Mapping[str, Any],
    **owner: Any,
) -> Task:
    """A task that is not kept yet, for a version of a clock; `owner` are columns, too."""
    columns = {key: value for key, value in fields.items() if key not in ("units", "context")}
    if isinstance(version, ModelVersion):
        owner["model"] = version
    return Task(
        id=owner.pop("id", None) or uuid.uuid4(),
        model_version_id=version.id,
        answers=dict(answers),
        units=dict(fields.get("units") or {}),
        context=list(fields.get("context", ())),
        price=version.price,
        charged=0,
        attempts=0,
        validation_errors=[],
        scenarios_left=SCENARIOS_PER_TASK,
        created_at=datetime.now(UTC),
        age_from_profile=False,
        **columns,
        **owner,
    )


def wallet_id(session: Session, user: User) -> uuid.UUID:
    """A person's wallet. Waits for an erasure under way: nothing of the person may be kept after it."""
    living_wallet = session.scalar(_LIVING_WALLET, {"person": user.id})
    if living_wallet is None:
        raise Unauthenticated
    return living_wallet


def queue(session: Session, task: Task) -> None:
    """Hold the task's price and have it scored once the transaction is committed."""
    task.status = "queued"
    _keep(session, task)
    billing.hold(session, task)
    enqueue_drain_after_commit(session)


def queue_all(session: Session, tasks: Sequence[Task]) -> None:
    """Hold the prices of new tasks of one person, all or none, and have each scored by itself."""
    for task in tasks:
        task.status = "queued"
    session.connection().execute(_INSERT, [_row(task) for task in tasks])
    billing.hold_all(session, tasks)
    enqueue_drain_after_commit(session)


def _keep(session: Session, task: Task) -> None:
    """Write a new task's row directly; what the unit of work would do costs half the request."""
    if inspect(task).persistent:
        task.enqueued_at = func.clock_timestamp()
        session.flush()
        return
    session.connection().execute(_INSERT, _row(task))


def _row(task: Task) -> dict[str, Any]:
    return {c.key: getattr(task, c.key) for c in _TASKS.c if c.key != "enqueued_at"}
