"""A person's panels over time: assessments, and predictions and drafts that belong to none.

Both kinds are one list by the day of measurement, so that it does not matter how a result was asked for.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from heapq import merge
from typing import Any

from sqlalchemy import Date, Row, Select, cast, func, literal, literal_column, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from agelens import wire
from agelens.services.assessments import NEWEST
from agelens.services.pages import Page, cursor_after, json_bytes, position_of, within_bytes
from agelens.storage import Assessment, ModelVersion, Task
from agelens.storage.tasks import has_status

# As `Task.measured_day`, but that a draft without a day has that of its making
# "UTC" is part of the statement's text: the plan of a prepared statement has no use for an index on
# an expression that a parameter may change
TASK_DAY: ColumnElement[date] = func.coalesce(
    Task.measured_on, cast(func.timezone(literal_column("'UTC'"), Task.created_at), Date)
)
Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Order = tuple[Column, ...]
Versions = Sequence[uuid.UUID] | None
_OF_RESULTS = (
    Task.id,
    Task.assessment_id,
    Task.status,
    Task.price,
    Task.charged,
    Task.chronological_age,
    Task.validation_errors,
    Task.error_code,
    Task.error_message,
    ModelVersion.name,
    ModelVersion.version,
    ModelVersion.unit,
    Task.result["prediction"].label("prediction"),
    Task.result["interval"].label("interval"),
    Task.result["age_gap"].label("age_gap"),
)


@dataclass(frozen=True)
class Wanted:
    """Which panels: those with a result of this status and clock, measured in this time."""

    status: str | None = None
    model: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Place:
    """Where a panel stands in the list; `is_task` is a task without an assessment."""

    is_task: bool
    id: uuid.UUID
    measured_on: date
    created_at: datetime

    @property
    def key(self) -> tuple[date, datetime, uuid.UUID]:
        return self.measured_on, self.created_at, self.id


def timeline(
    session: Session, owner_id: uuid.UUID, cursor: str | None, limit: int, wanted: Wanted
) -> Page:
    """A page of a person's panels, the newest measured first, each with its results in short."""
    after = position_of(cursor, NEWEST) if cursor else []
    found = places(session, owner_id, wanted, after, limit + 1)
    items = entries(session, found[:limit])
    sent = within_bytes(items, size_of=lambda item: json_bytes(item["results"]))
    more = len(found) > limit or len(sent) < len(items)
    return Page(sent, cursor_after(found[len(sent) - 1], NEWEST) if more else None)


def places(
    session: Session, owner_id: uuid.UUID, wanted: Wanted, after: Sequence[Any], limit: int
) -> list[Place]:
    """The first of both kinds behind a position, in the order of the list."""
    versions = _versions(session, wanted.model)
    kinds = [_assessments(owner_id, wanted, versions), *_lone_tasks(owner_id, wanted, versions)]
    found = [_first(session, query, order, after, limit) for query, order in kinds]
    return list(merge(*found, key=lambda place: place.key, reverse=True))[:limit]


def place_of(session: Session, owner_id: uuid.UUID, panel_id: uuid.UUID) -> Place | None:
    """Where a panel stands: an assessment, or a task, with or without one; None if there is none.

    A task of an assessment is a panel of its own here: one may want to look at one clock alone.
    """
    key = Assessment.id == panel_id, Assessment.user_id == owner_id
    query = select(literal(False), Assessment.id, Assessment.measured_on, Assessment.created_at)
    row = session.execute(query.where(*key)).one_or_none()
    if row is None:
        key = Task.id == panel_id, Task.user_id == owner_id
        query = select(literal(True), Task.id, TASK_DAY, Task.created_at)
        row = session.execute(query.where(*key)).one_or_none()
    return Place(*row) if row else None


def entries(session: Session, found: Sequence[Place]) -> list[wire.TimelineEntry]:
    """What the API tells of panels, in their order."""
    alone = [place.id for place in found if place.is_task]
    together = [place.id for place in found if not place.is_task]
    of_them = select(Assessment.id, Assessment.chronological_age).where(Assessment.id.in_(together))
    ages: dict[uuid.UUID, Any] = {row.id: row.chronological_age for row in session.execute(of_them)}
    grouped: dict[uuid.UUID, list[Row[Any]]] = {place.id: [] for place in found}
    for row in session.execute(_results(alone, together)):
        grouped[row.id if row.id in grouped else row.assessment_id].append(row)
    return [_entry(place, grouped[place.id], ages) for place in found]


def _assessments(
    owner_id: uuid.UUID, wanted: Wanted, versions: Versions
) -> tuple[Select[Any], Order]:
    """Nearly every assessment has a success, so those are walked, also for one clock.

    Each is asked for such a task by a subquery of its own: as a join, PostgreSQL may read all tasks of
    the clock first, depending on what its sample of the tasks was. Those of another status are looked up
    first, once: a plan for everybody takes them for a few, and would read them again for each assessment.
    """
    order = (Assessment.measured_on, Assessment.created_at, Assessment.id)
    query = select(literal(False), Assessment.id, *order[:2]).where(Assessment.user_id == owner_id)
    of_clock = [Task.model_version_id.in_(versions)] if versions is not None else []
    if wanted.status not in (None, "succeeded"):
        theirs = (Task.user_id == owner_id, Task.assessment_id.is_not(None))
        found = select(Task.assessment_id).where(*theirs, *_of_status(wanted), *of_clock)
        query = query.where(Assessment.id == func.any(func.array(found.scalar_subquery())))
    elif wanted.status or versions is not None:
        its = (Task.assessment_id == Assessment.id, *_of_status(wanted), *of_clock)
        one = select(Task.id).where(*its).limit(1)
        query = query.where(one.correlate(Assessment).scalar_subquery().is_not(None))
    return query.where(*_period(order[0], wanted)), order


def _lone_tasks(
    owner_id: uuid.UUID, wanted: Wanted, versions: Versions
) -> list[tuple[Select[Any], Order]]:
    """Those of each version by themselves, of which there is an index in this order."""
    order = (TASK_DAY, Task.created_at, Task.id)
    mine = (Task.user_id == owner_id, Task.assessment_id.is_(None), *_of_status(wanted))
    query = select(literal(True), Task.id, *order[:2]).select_from(Task)
    query = query.where(*mine, *_period(order[0], wanted))
    if versions is None:
        return [(query, order)]
    return [(query.where(Task.model_version_id == version), order) for version in versions]


def _versions(session: Session, model: str | None) -> Versions:
    """The versions that are wanted; None for all."""
    if not model:
        return None
    return session.scalars(select(ModelVersion.id).where(*of_clock(model))).all()


def _of_status(wanted: Wanted) -> list[ColumnElement[bool]]:
    return [has_status(wanted.status)] if wanted.status else []


def of_clock(model: str | None) -> list[ColumnElement[bool]]:
    """Of versions: those of a clock by its name, or the one that `name@version` names."""
    if not model:
        return []
    name, _, version = model.partition("@")
    conditions = [ModelVersion.name == name]
    return [*conditions, ModelVersion.version == version] if version else conditions


def _period(day: Column, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.since:
        yield day >= wanted.since
    if wanted.until:
        yield day <= wanted.until


def _first(
    session: Session,
    query: Select[Any],
    order: Order,
    after: Sequence[Any],
    limit: int,
) -> list[Place]:
    if after:
        query = query.where(tuple_(*order) < tuple_(*after))
    ordered = query.order_by(*(column.desc() for column in order)).limit(limit)
    return [Place(*row) for row in session.execute(ordered)]


def _results(alone: Sequence[uuid.UUID], together: Sequence[uuid.UUID]) -> Select[Any]:
    """The tasks of panels, without the parts of a result that only its own page shows."""
    its = Task.id.in_(alone) | Task.assessment_id.in_(together)
    joined = select(*_OF_RESULTS).select_from(Task).join(ModelVersion)
    return joined.where(its).order_by(Task.created_at, Task.id)


def _entry(
    place: Place, rows: Sequence[Row[Any]], ages: dict[uuid.UUID, Any]
) -> wire.TimelineEntry:
    age = rows[0].chronological_age if place.is_task and rows else ages.get(place.id)
    return {
        "id": str(place.id),
        "assessment_id": None if place.is_task else str(place.id),
        "measured_on": place.measured_on.isoformat(),
        "created_at": place.created_at.astimezone(UTC).isoformat(),
        "chronological_age": age,
        "results": [_result(row) for row in rows],
    }


def _result(row: Row[Any]) -> wire.TimelineResult:
    error: wire.Failure | None = None
    if row.error_code is not None:
        error = {"code": row.error_code, "message": row.error_message or ""}
    return {
        "task_id": str(row.id),
        "status": row.status,
        "model": {"name": row.name, "version": row.version},
        "unit": row.unit,
        "prediction": row.prediction,
        "interval": row.interval,
        "age_gap": row.age_gap["raw"] if row.age_gap else None,
        "price": row.price,
        "charged": row.charged,
        "validation_errors": row.validation_errors,
        "error": error,
    }
