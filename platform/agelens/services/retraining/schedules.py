"""Periodic retrainings on the configured data."""

import uuid
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from agelens.domain.errors import NotFound
from agelens.services.retraining import requests
from agelens.services.retraining.recipes import recipe
from agelens.storage import RetrainingSchedule


def put(
    session: Session, model: str, every_hours: int, *, folder: Path | None, by_id: uuid.UUID
) -> RetrainingSchedule:
    """Retrain a clock every so many hours, the first time after as many.

    Saying the same again moves nothing.
    """
    recipe(model)
    requests.check_configured(folder)
    first = func.clock_timestamp() + timedelta(hours=every_hours)
    values = {"every_hours": every_hours, "next_at": first, "requested_by": by_id}
    session.execute(
        insert(RetrainingSchedule)
        .values(model=model, **values)
        .on_conflict_do_update(
            index_elements=[RetrainingSchedule.model],
            set_=values,
            where=RetrainingSchedule.every_hours != every_hours,
        )
    )
    return find(session, model)


def find(session: Session, model: str) -> RetrainingSchedule:
    """A clock's schedule."""
    query = select(RetrainingSchedule).where(RetrainingSchedule.model == model)
    schedule = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if schedule is None:
        raise NotFound(f"There is no schedule for a clock called {model}.")
    return schedule


def everything(session: Session) -> list[RetrainingSchedule]:
    """All schedules, by the name of their clock."""
    return list(session.scalars(select(RetrainingSchedule).order_by(RetrainingSchedule.model)))


def remove(session: Session, model: str) -> None:
    """Retrain a clock no more; what is under way goes on."""
    session.delete(find(session, model))
    session.flush()


def request_due(session: Session) -> int:
    """Request a retraining for every schedule that is due, and note when it is due next.

    The row is locked: of two schedulers one finds it due. Due times that passed while no scheduler
    ran are made up for by one retraining.
    """
    now = session.scalars(select(func.clock_timestamp())).one()
    due_schedules = session.scalars(
        select(RetrainingSchedule)
        .where(RetrainingSchedule.next_at <= now)
        .with_for_update(skip_locked=True)
    ).all()
    for schedule in due_schedules:
        requests.queue_configured(
            session,
            model=schedule.model,
            by_id=schedule.requested_by,
            due_at=schedule.next_at,
        )
        every = timedelta(hours=schedule.every_hours)
        schedule.next_at += every * ((now - schedule.next_at) // every + 1)
    session.flush()
    return len(due_schedules)
