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
from agelens.services.json_sizes import json_bytes, within_bytes
from agelens.services.pagination import Page, cursor_after, position_of
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
class PanelFilters:
    """Which panels: those with a result of this status and clock, measured in this time."""

    status: str | None = None
    model: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class PanelRef:
    """Where a panel stands in the list; `is_task` is a task without an assessment."""

    is_task: bool
    id: uuid.UUID
    measured_on: date
    created_at: datetime

    @property
    def key(self) -> tuple[date, datetime, uuid.UUID]:
        return self.measured_on, self.created_at, self.id


def timeline(
    session: Session, owner_id: uuid.UUID, cursor: str | None, limit: int, filters: PanelFilters
) -> Page:
    """A page of a person's panels, the newest measured first, each with its results in short."""
    after = position_of(cursor, NEWEST) if cursor else []
    panels = panel_refs(session, owner_id, filters, after, limit + 1)
    items = entries(session, panels[:limit])
    fitting = within_bytes(items, size_of=lambda item: json_bytes(item["results"]))
    more = len(panels) > limit or len(fitting) < len(items)
    return Page(fitting, cursor_after(panels[len(fitting) - 1], NEWEST) if more else None)


def panel_refs(
    session: Session, owner_id: uuid.UUID, filters: PanelFilters, after: Sequence[Any], limit: int
) -> list[PanelRef]:
    """The first of both kinds behind a position, in the order of the list."""
    versions = _versions(session, filters.model)
    kinds = [_assessments(owner_id, filters, versions), *_lone_tasks(owner_id, filters, versions)]
    firsts = [_first(session, query, order, after, limit) for query, order in kinds]
    return list(merge(*firsts, key=lambda panel: panel.key, reverse=True))[:limit]


def find_panel(session: Session, owner_id: uuid.UUID, panel_id: uuid.UUID) -> PanelRef | None:
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
    return PanelRef(*row) if row else None


def entries(session: Session, panels: Sequence[PanelRef]) -> list[wire.TimelineEntry]:
    """What the API tells of panels, in their order."""
    task_ids = [panel.id for panel in panels if panel.is_task]
    assessment_ids = [panel.id for panel in panels if not panel.is_task]
    age_query = select(Assessment.id, Assessment.chronological_age).where(
        Assessment.id.in_(assessment_ids)
    )
    ages: dict[uuid.UUID, Any] = {
        row.id: row.chronological_age for row in session.execute(age_query)
    }
    grouped: dict[uuid.UUID, list[Row[Any]]] = {panel.id: [] for panel in panels}
    for row in session.execute(_results(task_ids, assessment_ids)):
        grouped[row.id if row.id in grouped else row.assessment_id].append(row)
    return [_entry(panel, grouped[panel.id], ages) for panel in panels]


def _assessments(
    owner_id: uuid.UUID, filters: PanelFilters, versions: Versions
) -> tuple[Select[Any], Order]:
    """Nearly every assessment has a success, so those are walked, also for one clock.

    Each is asked for such a task by a subquery of its own: as a join, PostgreSQL may read all tasks of
    the clock first, depending on what its sample of the tasks was. Those of another status are looked up
    first, once: a plan for everybody takes them for a few, and would read them again for each assessment.
    """
    order = (Assessment.measured_on, Assessment.created_at, Assessment.id)
    query = select(literal(False), Assessment.id, *order[:2]).where(Assessment.user_id == owner_id)
    of_clock = [Task.model_version_id.in_(versions)] if versions is not None else []
    if filters.status not in (None, "succeeded"):
        owned = (Task.user_id == owner_id, Task.assessment_id.is_not(None))
        assessment_ids = select(Task.assessment_id).where(*owned, *_of_status(filters), *of_clock)
        query = query.where(Assessment.id == func.any(func.array(assessment_ids.scalar_subquery())))
    elif filters.status or versions is not None:
        of_assessment = (Task.assessment_id == Assessment.id, *_of_status(filters), *of_clock)
        matching_task = select(Task.id).where(*of_assessment).limit(1)
        query = query.where(matching_task.correlate(Assessment).scalar_subquery().is_not(None))
    return query.where(*_period(order[0], filters)), order


def _lone_tasks(
    owner_id: uuid.UUID, filters: PanelFilters, versions: Versions
) -> list[tuple[Select[Any], Order]]:
    """Those of each version by themselves, of which there is an index in this order."""
    order = (TASK_DAY, Task.created_at, Task.id)
    conditions = (Task.user_id == owner_id, Task.assessment_id.is_(None), *_of_status(filters))
    query = select(literal(True), Task.id, *order[:2]).select_from(Task)
    query = query.where(*conditions, *_period(order[0], filters))
    if versions is None:
        return [(query, order)]
    return [(query.where(Task.model_version_id == version), order) for version in versions]


def _versions(session: Session, model: str | None) -> Versions:
    """The versions that are wanted; None for all."""
    if not model:
        return None
    return session.scalars(select(ModelVersion.id).where(*of_clock(model))).all()


def _of_status(filters: PanelFilters) -> list[ColumnElement[bool]]:
    return [has_status(filters.status)] if filters.status else []


def of_clock(model: str | None) -> list[ColumnElement[bool]]:
    """Of versions: those of a clock by its name, or the one that `name@version` names."""
    if not model:
        return []
    name, _, version = model.partition("@")
    conditions = [ModelVersion.name == name]
    return [*conditions, ModelVersion.version == version] if version else conditions


def _period(day: Column, filters: PanelFilters) -> Iterable[ColumnElement[bool]]:
    if filters.since:
        yield day >= filters.since
    if filters.until:
        yield day <= filters.until


def _first(
    session: Session,
    query: Select[Any],
    order: Order,
    after: Sequence[Any],
    limit: int,
) -> list[PanelRef]:
    if after:
        query = query.where(tuple_(*order) < tuple_(*after))
    ordered = query.order_by(*(column.desc() for column in order)).limit(limit)
    return [PanelRef(*row) for row in session.execute(ordered)]


def _results(task_ids: Sequence[uuid.UUID], assessment_ids: Sequence[uuid.UUID]) -> Select[Any]:
    """The tasks of panels, without the parts of a result that only its own page shows."""
    of_panels = Task.id.in_(task_ids) | Task.assessment_id.in_(assessment_ids)
    joined = select(*_OF_RESULTS).select_from(Task).join(ModelVersion)
    return joined.where(of_panels).order_by(Task.created_at, Task.id)


def _entry(
    panel: PanelRef, rows: Sequence[Row[Any]], ages: dict[uuid.UUID, Any]
) -> wire.TimelineEntry:
    age = rows[0].chronological_age if panel.is_task and rows else ages.get(panel.id)
    return {
        "id": str(panel.id),
        "assessment_id": None if panel.is_task else str(panel.id),
        "measured_on": panel.measured_on.isoformat(),
        "created_at": panel.created_at.astimezone(UTC).isoformat(),
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
