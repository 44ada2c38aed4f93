"""Export and erase a person's data."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from agelens.domain.errors import Conflict
from agelens.services import tasks, tokens
from agelens.services.cohorts import cleanup, parts, submissions
from agelens.storage import (
    ACTIVE,
    Cohort,
    IdempotencyRecord,
    LedgerEntry,
    Task,
    Token,
    User,
    Wallet,
)
from agelens.storage.files import Files


def collect(session: Session, user: User) -> dict[str, Any]:
    """Everything kept about a person: rows, for the API to shape."""
    wallet = session.scalars(select(Wallet).where(Wallet.user_id == user.id)).one()
    return {
        "user": user,
        "wallet": wallet,
        "transactions": _all(session, LedgerEntry, LedgerEntry.wallet_id == wallet.id),
        "tasks": _all(session, Task, Task.user_id == user.id),
        "cohorts": _all(session, Cohort, Cohort.user_id == user.id),
        "tokens": _all(session, Token, Token.user_id == user.id),
    }


def erase(session: Session, files: Files, user: User) -> None:
    """Remove a person's answers, results, files, tokens and name. The ledger stays, naming nobody.

    The last administrator stays: nobody could run the service afterwards.
    """
    if user.is_admin and not _other_admin(session, user):
        raise Conflict("You are the only administrator; appoint another one first.")
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    # every task and cohort before the wallet, or a worker that settles one would deadlock with us
    active = select(Task.id).where(Task.user_id == user.id, Task.status.in_(ACTIVE))
    task_ids = session.scalars(active.order_by(Task.id).with_for_update()).all()
    parts.lock_unfinished(session, Cohort.user_id == user.id)
    theirs = select(Cohort).where(Cohort.user_id == user.id).order_by(Cohort.id)
    cohorts = session.scalars(theirs.with_for_update(of=Cohort)).all()
    for task_id in task_ids:
        tasks.cancel(session, user.id, task_id)
    session.execute(delete(Task).where(Task.user_id == user.id))
    for cohort in cohorts:
        if cohort.status in ACTIVE:
            submissions.end_canceled(session, files, cohort)
        cleanup.forget(session, files, cohort)
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.user_id == user.id))
    tokens.revoke_all(session, user)
    user.email = None
    user.password_hash = None
    user.erased_at = datetime.now(UTC)
    session.flush()


def _other_admin(session: Session, user: User) -> bool:
    """Locks all of them: the last two must not leave at the same moment."""
    admins = select(User.id).where(User.role == "admin", User.erased_at.is_(None))
    locked = session.scalars(admins.order_by(User.id).with_for_update(key_share=True))
    return bool(set(locked) - {user.id})


def _all(session: Session, table: type[Any], condition: Any) -> list[Any]:
    return list(session.scalars(select(table).where(condition).order_by(table.created_at)))
