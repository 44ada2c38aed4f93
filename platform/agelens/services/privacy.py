"""Export and erase a person's data."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from agelens.domain.errors import Conflict
from agelens.services import password_changes, profiles, tasks, tokens
from agelens.services.cohorts import cleanup, parts, submissions
from agelens.storage import (
    ACTIVE,
    Assessment,
    Cohort,
    IdempotencyRecord,
    LedgerEntry,
    SharedLink,
    Task,
    Token,
    User,
    Wallet,
)
from agelens.storage.files import Files

BATCH = 500


@dataclass(frozen=True)
class Kept:
    """Everything kept about a person: rows, for the API to shape; lists come in batches."""

    user: User
    wallet: Wallet
    lists: dict[str, Iterator[Sequence[Any]]]


def collect(session: Session, user: User) -> Kept:
    """Everything kept about a person; no more than a batch of it is in memory at a time."""
    wallet = session.scalars(select(Wallet).where(Wallet.user_id == user.id)).one()
    entry = (LedgerEntry.wallet_id, LedgerEntry.sequence)
    lists = {"transactions": _batches(session, LedgerEntry, wallet.id, *entry)}
    tables: dict[str, type[Task | Cohort | Token | SharedLink]] = {
        "tasks": Task,
        "cohorts": Cohort,
        "tokens": Token,
        "shared_links": SharedLink,
    }
    for name, table in tables.items():
        order = (table.user_id, table.created_at, table.id)
        lists[name] = _batches(session, table, user.id, *order)
    by_day = (Assessment.measured_on, Assessment.created_at, Assessment.id)
    lists["assessments"] = _batches(session, Assessment, user.id, Assessment.user_id, *by_day)
    return Kept(user, wallet, lists)


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
    cohorts_query = select(Cohort).where(Cohort.user_id == user.id).order_by(Cohort.id)
    cohorts = session.scalars(cohorts_query.with_for_update(of=Cohort)).all()
    for task_id in task_ids:
        tasks.cancel(session, user.id, task_id)
    session.execute(delete(SharedLink).where(SharedLink.user_id == user.id))
    session.execute(delete(Task).where(Task.user_id == user.id))
    session.execute(delete(Assessment).where(Assessment.user_id == user.id))
    for cohort in cohorts:
        if cohort.status in ACTIVE:
            submissions.end_canceled(session, files, cohort)
        cleanup.forget(session, files, cohort)
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.user_id == user.id))
    tokens.revoke_all(session, user)
    password_changes.forget(session, user)
    user.email = None
    user.password_hash = None
    profiles.forget(user)
    user.erased_at = datetime.now(UTC)
    session.flush()


def _other_admin(session: Session, user: User) -> bool:
    """Locks all of them: the last two must not leave at the same moment."""
    able = (User.erased_at.is_(None), User.blocked_at.is_(None))
    admins = select(User.id).where(User.role == "admin", *able)
    locked = session.scalars(admins.order_by(User.id).with_for_update(key_share=True))
    return bool(set(locked) - {user.id})


def _batches(
    session: Session,
    table: type[Any],
    owner_id: uuid.UUID,
    owner: InstrumentedAttribute[Any],
    *order: InstrumentedAttribute[Any],
) -> Iterator[Sequence[Any]]:
    """An owner's rows, oldest first, in the order of an index that begins with the owner."""
    query = select(table).where(owner.between(owner_id, owner_id)).order_by(owner, *order)
    rows = session.scalars(query.limit(BATCH)).all()
    while rows:
        last = [getattr(rows[-1], column.key) for column in order]
        yield rows
        session.expunge_all()
        session.rollback()  # whoever reads slowly holds no connection
        rows = session.scalars(query.where(tuple_(*order) > tuple_(*last)).limit(BATCH)).all()
    session.rollback()
