"""Assessments: one panel that several clocks score, held together and settled one by one."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from agelens import wire
from agelens.domain.dates import today
from agelens.domain.errors import NotFound
from agelens.services import profiles, tasks
from agelens.services.json_sizes import json_bytes, within_bytes
from agelens.services.pagination import Page, cursor_after, paginate
from agelens.services.panel_checks import (
    ClockCheck,
    check_all,
    raise_problems,
    requested_versions,
)
from agelens.storage import ACTIVE, Assessment, Task, User

NEWEST = (Assessment.measured_on, Assessment.created_at, Assessment.id)
_WITH_TASKS = select(Assessment).options(selectinload(Assessment.tasks))
AT_A_TIME = 20  # assessments with their results in memory before their size is known


def submit(
    session: Session,
    user: User,
    *,
    answers: Mapping[str, Any],
    models: Sequence[str] | Literal["ready"] | None = None,
    **panel_fields: Unpack[wire.CommonPanelFields],
) -> Assessment:
    """Check a panel for each clock, hold the sum of their prices, and queue a task for each.

    Nothing is kept when any of these fails. Named clocks must all be able to score the panel; of
    "ready", those that cannot are kept in `not_run`.

    Raises
    ------
    InvalidAnswers
        Field by field, when an answer cannot be used or a named clock lacks one.
    InsufficientCredits
        When the sum is not available.
    NotFound
        If there is no such clock or version.
    """
    assessment = _new(user, answers, panel_fields)
    requested = requested_versions(session, models)
    checked = check_all(session, requested, assessment)
    raise_problems(checked, assessment, named=models != "ready")
    assessment.not_run = [each.not_run() for each in checked if not each.readiness.ready]
    wallet_id = tasks.wallet_id(session, user)
    session.add(assessment)
    session.flush()
    runs = [each for each in checked if each.readiness.ready]
    new_tasks = [_task(assessment, each, panel_fields, wallet_id) for each in runs]
    tasks.queue_all(session, new_tasks)
    return load_tasks(session, [assessment])[0]


def check(
    session: Session,
    user: User,
    *,
    answers: Mapping[str, Any],
    **panel_fields: Unpack[wire.CommonPanelFields],
) -> dict[str, Any]:
    """What each active clock would make of a panel, complete or not. Nothing is kept."""
    panel = _new(user, answers, panel_fields)
    checked = check_all(session, requested_versions(session, "ready"), panel)
    return {
        "clocks": [each.describe() for each in checked],
        "chronological_age": panel.chronological_age,
        "age_from_profile": panel.age_from_profile,
    }


def owned(session: Session, owner_id: uuid.UUID, assessment_id: uuid.UUID) -> Assessment:
    """A person's own assessment with its tasks; anybody else's does not exist."""
    query = _WITH_TASKS.where(Assessment.id == assessment_id, Assessment.user_id == owner_id)
    assessment = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if assessment is None:
        raise NotFound("There is no such assessment.")
    return assessment


def active_tasks(
    session: Session, owner_id: uuid.UUID, assessment_id: uuid.UUID
) -> Sequence[uuid.UUID]:
    """The tasks of a person's assessment that are queued or running."""
    query = select(Task.id).where(
        Task.assessment_id == assessment_id, Task.user_id == owner_id, Task.status.in_(ACTIVE)
    )
    return session.scalars(query).all()


def history(session: Session, user: User, cursor: str | None, limit: int) -> Page:
    """A person's assessments with their tasks, the newest measured first.

    A page ends before `limit` when its results are large.
    """
    query = select(Assessment).where(Assessment.user_id == user.id)
    page = paginate(session, query, NEWEST, cursor, limit)
    items: list[Assessment] = []
    for first in range(0, len(page.items), AT_A_TIME):
        candidates = [*items, *load_tasks(session, page.items[first : first + AT_A_TIME])]
        items = within_bytes(candidates, size_of=_estimated_json_bytes)
        if len(items) < len(candidates):
            return Page(items, cursor_after(items[-1], NEWEST))
    return Page(items, page.next_cursor)


def load_tasks(session: Session, assessments: Sequence[Assessment]) -> list[Assessment]:
    """The same assessments, with their tasks as they are now."""
    ids = [each.id for each in assessments]
    rows = session.scalars(
        _WITH_TASKS.where(Assessment.id.in_(ids)).execution_options(populate_existing=True)
    )
    loaded = {each.id: each for each in rows}
    return [loaded[key] for key in ids if key in loaded]


def _new(
    user: User, answers: Mapping[str, Any], panel_fields: wire.CommonPanelFields
) -> Assessment:
    """What was said, with the age that follows from it; not kept yet."""
    day: Any = panel_fields.get("measured_on")
    assessment = Assessment(
        id=uuid.uuid4(),
        user_id=user.id,
        answers=dict(answers),
        units=dict(panel_fields.get("units") or {}),
        chronological_age=panel_fields.get("chronological_age"),
        age_from_profile=False,
        context=list(panel_fields.get("context", ())),
        baseline=panel_fields.get("baseline"),
        measured_on=day or today(),
        not_run=[],
    )
    profiles.fill_age(assessment, user)
    return assessment


def _task(
    assessment: Assessment,
    checked: ClockCheck,
    panel_fields: wire.CommonPanelFields,
    wallet_id: uuid.UUID,
) -> Task:
    task = tasks.of_version(
        checked.version,
        checked.answers,
        {**panel_fields, "units": checked.units, "chronological_age": assessment.chronological_age},
        user_id=assessment.user_id,
        wallet_id=wallet_id,
        assessment_id=assessment.id,
        version_pinned=checked.is_pinned,
    )
    task.age_from_profile = assessment.age_from_profile
    return task


def _estimated_json_bytes(assessment: Assessment) -> int:
    """About how long an assessment is in an answer."""
    parts = [[task.answers, task.units, task.result] for task in assessment.tasks]
    return json_bytes([assessment.answers, assessment.units, parts])
