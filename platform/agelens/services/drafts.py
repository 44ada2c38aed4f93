"""Draft tasks: panels saved for later, complete or not."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import Any, Unpack

import orjson
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from agelens import wire
from agelens.clocks.scoring import read_panel_for
from agelens.domain.errors import (
    Conflict,
    FieldProblem,
    InvalidAnswers,
    InvalidInput,
    Unauthenticated,
    json_pointer,
)
from agelens.domain.features import Names, feature
from agelens.domain.registry import biomarkers
from agelens.domain.single_answer import printable
from agelens.services import model_registry, panel_checks, profiles, tasks
from agelens.storage import Task, User
from agelens.storage.tasks import has_status

MOST_DRAFTS = 100  # of a person
MOST_BYTES = 16 * 1024  # of a draft's answers and units, however often it is edited
LONGEST_NAME = 200
MOST_PROBLEMS = 100
DRAFTS_ARE_KEPT = timedelta(days=90)  # after they were made
BATCH = 1_000


def create(
    session: Session,
    user: User,
    *,
    answers: Mapping[str, Any] | None = None,
    **fields: Unpack[wire.DraftFields],
) -> Task:
    """Keep a panel for later, complete or not, with what still needs correcting.

    It may have answers that only other clocks take: they stay with the draft until it is run.

    Raises
    ------
    InvalidInput
        If an answer is none that any clock could read, or all of them are too long.
    Conflict
        If the person has as many drafts as one may have.
    """
    _check_names(answers=answers, units=fields.get("units"))
    _check_clocks(session, fields.get("models"))
    _check_number(session, user.id)
    task = tasks.new(session, user, answers or {}, fields)
    task.status = "draft"
    _check_size(task)
    profiles.fill_age(task, user)
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
    merged = [field for field in ("answers", "units") if field in changes]
    _check_names(**{field: changes[field] for field in merged})
    _check_clocks(session, changes.get("models"))
    for field in merged:
        values = {**getattr(task, field), **(changes[field] or {})}
        setattr(task, field, {key: value for key, value in values.items() if value is not None})
    _check_size(task)
    for field in changes.keys() - {"answers", "units", "model"}:
        setattr(task, field, changes[field])
    task.age_from_profile &= "chronological_age" not in changes
    if "model" in changes:
        task.model = model_registry.resolve(session, changes["model"])
        task.version_pinned = model_registry.names_version(changes["model"])
        task.price = task.model.price
    profiles.fill_age(task, session.get_one(User, owner_id))
    note_problems(session, task)
    session.flush()
    return task


def run(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """Queue a draft with today's clock and price; one that runs or succeeded already is left alone.

    One that names a version of the clock is scored by that one. Answers that only other clocks take
    are left out then. One that cannot be scored comes back as it was, a draft, with its validation
    errors.
    """
    task = tasks.owned(session, owner_id, task_id, lock=True)
    if task.status in ("queued", "running", "succeeded"):
        return task
    if task.status != "draft":
        raise Conflict(f"This task is {task.status}; submit its answers again as a new one.")
    if not task.version_pinned:
        task.model = model_registry.resolve(session, task.model.name)
    task.price = task.model.price
    profiles.fill_age(task, session.get_one(User, owner_id))
    note_problems(session, task)
    if not task.validation_errors:
        task.answers, task.units = _of_its_clock(session, task)
        tasks.queue(session, task)
    return task


def note_problems(session: Session, task: Task) -> None:
    """Keep with a draft what its clock would refuse now of those answers that it takes."""
    clock = model_registry.clock_of(session, task.model)
    answers, units = _of_its_clock(session, task)
    try:
        read_panel_for(
            clock,
            answers,
            units,
            task.chronological_age,
            baseline=task.baseline,
            context=task.context,
        )
        task.validation_errors = []
    except InvalidAnswers as error:
        task.validation_errors = [asdict(problem) for problem in error.problems]


def _of_its_clock(session: Session, task: Task) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers and units without those that only other clocks take."""
    names = panel_checks.reader(session, task.model).names
    answers, units = (
        panel_checks.readable_entries(names, part) for part in (task.answers, task.units)
    )
    return answers, units


def drop_old(session: Session) -> int:
    """Delete drafts that nobody ran for months: they are people's measurements."""
    old = Task.created_at < func.clock_timestamp() - DRAFTS_ARE_KEPT
    query = select(Task.id).where(has_status("draft"), old).limit(BATCH)
    ids = session.scalars(query.with_for_update(skip_locked=True)).all()
    session.execute(delete(Task).where(Task.id.in_(ids)))
    return len(ids)


def _check_names(**parts: Mapping[str, Any] | None) -> None:
    """Refuse what no clock could ever read. null is fine: it takes away what may be left of old."""
    named_values = (
        (part, name, value) for part, values in parts.items() for name, value in _items(values)
    )
    wrong = (
        FieldProblem(
            json_pointer(part, printable(name, LONGEST_NAME)),
            printable(name, LONGEST_NAME),
            "is not a biomarker of any clock",
        )
        for part, name, value in named_values
        if value is not None and not (len(name) <= LONGEST_NAME and _all_names().find(name))
    )
    if problems := list(islice(wrong, MOST_PROBLEMS)):
        raise InvalidInput(problems)


def _check_clocks(session: Session, models: Iterable[str] | None) -> None:
    """Raise NotFound for a clock that is not there."""
    for name in models or ():
        model_registry.resolve(session, name)


def _items(values: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
    return (values or {}).items()


@cache
def _all_names() -> Names:
    """The names of the whole registry: a clock's features are all from there."""
    return Names([feature(key) for key in biomarkers()])


def _check_size(task: Task) -> None:
    """One biomarker can be spelled in many ways, so the number of names alone bounds nothing."""
    if len(orjson.dumps([task.answers, task.units])) > MOST_BYTES:
        raise InvalidInput.at("answers", f"must take at most {MOST_BYTES:,} bytes with their units")


def _check_number(session: Session, owner_id: uuid.UUID) -> None:
    """Locks the person, so that two drafts at once cannot both be the last."""
    person = select(User.id).where(User.id == owner_id, User.erased_at.is_(None))
    if session.scalar(person.with_for_update(key_share=True)) is None:
        raise Unauthenticated
    drafts = select(func.count()).where(Task.user_id == owner_id, has_status("draft"))
    if (session.scalar(drafts) or 0) >= MOST_DRAFTS:
        raise Conflict(f"You have {MOST_DRAFTS} drafts; run or delete one first.")
