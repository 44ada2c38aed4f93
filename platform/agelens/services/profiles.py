"""Profiles: what a person says of themselves once, and the age that follows from it."""

import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens.domain.dates import age_years, today
from agelens.domain.errors import FieldProblem, InvalidAnswers, Unauthenticated
from agelens.storage import User

FIELDS = ("sex", "birth_date", "country")


class Aged(Protocol):
    """What has an age, said or computed: a task, an assessment."""

    chronological_age: Any
    age_from_profile: bool
    measured_on: Any


def edit(session: Session, user_id: uuid.UUID, changes: Mapping[str, Any]) -> User:
    """Change what is said; None takes it away. Waits for an erasure under way, and keeps nothing then."""
    person = select(User).where(User.id == user_id, User.erased_at.is_(None))
    locked = person.with_for_update(key_share=True).execution_options(populate_existing=True)
    user = session.scalars(locked).one_or_none()
    if user is None:
        raise Unauthenticated
    for field in FIELDS:
        if field in changes:
            setattr(user, field, changes[field])
    session.flush()
    return user


def forget(user: User) -> None:
    """Take everything away."""
    for field in FIELDS:
        setattr(user, field, None)


def fill_age(aged: Aged, user: User) -> None:
    """Compute an age that was not said, on the day of measurement, where the date of birth is known.

    Raises
    ------
    InvalidAnswers
        If it was measured before the person was born.
    """
    if aged.chronological_age is not None and not aged.age_from_profile:
        return
    aged.age_from_profile = user.birth_date is not None
    if user.birth_date is None:
        aged.chronological_age = None
        return
    age = age_years(user.birth_date, aged.measured_on or today())
    if age < 0:
        message = "must not be before the date of birth in your profile"
        raise InvalidAnswers([FieldProblem("/measured_on", "measured_on", message)])
    aged.chronological_age = age
