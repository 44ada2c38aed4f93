"""Read-only links to a task or an assessment: made, listed, opened, revoked."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from agelens.domain.errors import Conflict, NotFound, Unauthenticated
from agelens.services import assessments, tasks, tokens
from agelens.services.pagination import Page, paginate
from agelens.services.timeline import TASK_DAY
from agelens.storage import FINISHED, Assessment, ModelVersion, SharedLink, Task, User

Kind: TypeAlias = Literal["task", "assessment"]
DAYS = (1, 7, 30, 90)
MOST_LINKS = 20  # that work, of one result
SECRET_BYTES = 16  # 128 random bits
OPENING_IS_NOTED_EVERY = timedelta(minutes=1)  # else every look would be a write
DEAD_LINK = "This link does not work, or not any more."


@dataclass(frozen=True)
class Target:
    """What a link shows: a person's task, or a person's assessment."""

    kind: Kind
    owner_id: uuid.UUID
    id: uuid.UUID


@dataclass(frozen=True)
class OwnLink:
    """A person's link, with the clocks and the day of measurement of what it shows."""

    link: SharedLink
    models: Sequence[str]
    measured_on: date


@dataclass(frozen=True)
class Shared:
    """What a link shows, and until when; `task` or `assessment` is there."""

    expires_at: datetime
    task: Task | None = None
    assessment: Assessment | None = None


def share(session: Session, target: Target, days: int) -> tuple[str, SharedLink]:
    """A new link; its secret is returned once and kept nowhere.

    Raises
    ------
    Conflict
        If there is no result yet, or as many links as one may have.
    """
    _wait_for_erasure(session, target.owner_id)
    shared_row = _owned(session, target, lock=True)
    if not _is_ready(shared_row):
        raise Conflict("There is no result yet that could be shared.")
    if len(links(session, target)) >= MOST_LINKS:
        raise Conflict(f"This result has {MOST_LINKS} links; revoke one first.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    now = datetime.now(UTC)
    link = SharedLink(
        id=uuid.uuid4(),
        user_id=target.owner_id,
        task_id=target.id if target.kind == "task" else None,
        assessment_id=target.id if target.kind == "assessment" else None,
        sha256=tokens.digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    return secret, link


def links(session: Session, target: Target) -> Sequence[SharedLink]:
    """The links of a result that still work, newest first."""
    _owned(session, target)
    live = select(SharedLink).where(_shows(target), SharedLink.expires_at > datetime.now(UTC))
    return session.scalars(live.order_by(SharedLink.created_at.desc())).all()


def of_person(session: Session, owner_id: uuid.UUID, cursor: str | None, limit: int) -> Page:
    """A page of all links of a person that still work, newest first."""
    conditions = (SharedLink.user_id == owner_id, SharedLink.expires_at > datetime.now(UTC))
    order = (SharedLink.created_at, SharedLink.id)
    page = paginate(session, select(SharedLink).where(*conditions), order, cursor, limit)
    tasks: dict[uuid.UUID | None, list[Row[Any]]] = {}
    for row in session.execute(_shown_by(page.items)):
        tasks.setdefault(row.id, []).append(row)
        tasks.setdefault(row.assessment_id, []).append(row)
    links_and_tasks = [
        (link, tasks.get(link.task_id or link.assessment_id, [])) for link in page.items
    ]
    items = [
        OwnLink(link, [row.name for row in rows], rows[0].day)
        for link, rows in links_and_tasks
        if rows  # a result that is deleted meanwhile takes its links along
    ]
    return Page(items, page.next_cursor)


def _shown_by(links: Sequence[SharedLink]) -> Select[Any]:
    """The tasks that links show, in short."""
    of_task = Task.id.in_([link.task_id for link in links if link.task_id])
    of_assessment = Task.assessment_id.in_(
        [link.assessment_id for link in links if link.assessment_id]
    )
    columns: list[Any] = [Task.id, Task.assessment_id, TASK_DAY.label("day"), ModelVersion.name]
    query = select(*columns).select_from(Task).join(ModelVersion)
    return query.where(of_task | of_assessment).order_by(Task.created_at, Task.id)


def revoke(session: Session, target: Target, link_id: uuid.UUID) -> None:
    """End a link of a result; only the result's owner can."""
    _owned(session, target)
    this = (_shows(target), SharedLink.id == link_id)
    if session.scalar(delete(SharedLink).where(*this).returning(SharedLink.id)) is None:
        raise NotFound("There is no such link.")


def open_link(session: Session, secret: str) -> Shared:
    """What a link shows. Unknown, expired, revoked ones and a blocked person's cannot be told apart."""
    live = (SharedLink.sha256 == tokens.digest(secret), SharedLink.expires_at > datetime.now(UTC))
    active = User.blocked_at.is_(None)
    query = select(SharedLink).join(User, User.id == SharedLink.user_id).where(*live, active)
    link = session.scalars(query).one_or_none()
    if link is None:
        raise NotFound(DEAD_LINK)
    _note_opening(session, link)
    if link.assessment_id is not None:
        assessment = assessments.owned(session, link.user_id, link.assessment_id)
        return Shared(link.expires_at, assessment=assessment)
    task_id = link.task_id or uuid.UUID(int=0)  # a CHECK says that it is there
    return Shared(link.expires_at, task=tasks.owned(session, link.user_id, task_id))


def forget_expired(session: Session) -> None:
    """Drop links whose time is over."""
    session.execute(delete(SharedLink).where(SharedLink.expires_at < func.clock_timestamp()))


def _wait_for_erasure(session: Session, owner_id: uuid.UUID) -> None:
    """The person before their tasks, in the order in which an erasure locks them."""
    person = select(User.id).where(User.id == owner_id, User.erased_at.is_(None))
    if session.scalar(person.with_for_update(key_share=True, read=True)) is None:
        raise Unauthenticated


def _owned(session: Session, target: Target, *, lock: bool = False) -> Task | Assessment:
    if target.kind == "task":
        return tasks.owned(session, target.owner_id, target.id, lock=lock)
    if lock:
        this = select(Assessment.id).where(Assessment.id == target.id)
        session.execute(this.with_for_update())
    return assessments.owned(session, target.owner_id, target.id)


def _is_ready(row: Task | Assessment) -> bool:
    """Whether everything has ended and there is something to see."""
    tasks = [row] if isinstance(row, Task) else row.tasks
    return all(task.status in FINISHED for task in tasks) and any(
        task.status == "succeeded" for task in tasks
    )


def _shows(target: Target) -> ColumnElement[bool]:
    if target.kind == "task":
        return SharedLink.task_id == target.id
    return SharedLink.assessment_id == target.id


def _note_opening(session: Session, link: SharedLink) -> None:
    before = SharedLink.last_opened_at
    long_ago = or_(before.is_(None), before < datetime.now(UTC) - OPENING_IS_NOTED_EVERY)
    session.execute(
        update(SharedLink)
        .where(SharedLink.id == link.id, long_ago)
        .values(last_opened_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
