"""What administrators do to accounts: block, unblock, and say who administrates."""

import uuid
from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens.domain.errors import Conflict
from agelens.storage import Role, User

log = structlog.get_logger()
LAST_ADMIN = "This is the last administrator; make somebody else one first."


def block(session: Session, user_id: uuid.UUID, *, actor: User | None) -> User:
    """Shut a person out: tokens and logins do not work until `unblock`. What runs is finished.

    Raises
    ------
    Conflict
        If it is oneself, the last administrator, or somebody who was erased.
    """
    user = _locked(session, user_id, actor)
    if user.blocked_at is None:
        _keep_an_administrator(session, user)
        user.blocked_at = datetime.now(UTC)
        _note("user blocked", user, actor)
    return user


def unblock(session: Session, user_id: uuid.UUID, *, actor: User | None) -> User:
    """Let a person in again, with the tokens that they had."""
    user = _locked(session, user_id, actor)
    if user.blocked_at is not None:
        user.blocked_at = None
        _note("user unblocked", user, actor)
    return user


def set_role(session: Session, user_id: uuid.UUID, role: Role, *, actor: User | None) -> User:
    """Make somebody an administrator, or an ordinary user again.

    Raises
    ------
    Conflict
        If it is oneself, the last administrator, or somebody who was erased or is blocked.
    """
    user = _locked(session, user_id, actor)
    if user.role != role:
        if role == "admin" and user.blocked_at is not None:
            raise Conflict("This account is blocked; unblock it first.")
        _keep_an_administrator(session, user)
        user.role = role
        _note("role changed", user, actor, role=role)
    return user


def _locked(session: Session, user_id: uuid.UUID, actor: User | None) -> User:
    """The person, and every administrator, in one order: two who end each other wait for one another."""
    if actor is not None and actor.id == user_id:
        raise Conflict("You cannot do this to your own account. Ask another administrator.")
    concerned = select(User).where((User.id == user_id) | (User.role == "admin"))
    people = session.scalars(
        concerned.order_by(User.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    user = next(each for each in people if each.id == user_id)
    if user.erased_at is not None:
        raise Conflict("This account was erased.")
    if actor is not None and not any(each.id == actor.id and each.administrates for each in people):
        raise Conflict("You are not an administrator any more.")
    return user


def _keep_an_administrator(session: Session, user: User) -> None:
    other_admins = session.scalars(
        select(User).where(User.role == "admin", User.id != user.id)
    ).all()
    if user.administrates and not any(each.administrates for each in other_admins):
        raise Conflict(LAST_ADMIN)


def _note(event: str, user: User, actor: User | None, **more: object) -> None:
    log.info(event, user=str(user.id), by=str(actor.id) if actor else "command line", **more)
