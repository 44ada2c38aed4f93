"""Audit the ledger: recompute every wallet, and the charge of each task and cohort, from the entries."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Over,
    Subquery,
    case,
    func,
    over,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from agelens.services import storage_binding
from agelens.services.cohorts import cleanup, file_locations
from agelens.storage import ACTIVE, Assessment, Cohort, CohortPart, LedgerEntry, Task, Wallet
from agelens.storage.files import Files


@dataclass(frozen=True)
class Audit:
    """What was looked at, and every difference in words; none means all credits are accounted for."""

    wallets: int
    entries: int
    tasks: int
    cohorts: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class FileAudit:
    """How many files the database expects, and every difference from the storage in words."""

    files: int
    differences: tuple[str, ...]


def audit(session: Session) -> Audit:
    """Read-only; sees one moment of the database even while it is used, however long it takes."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    session.execute(text("set local statement_timeout = 0"))
    return Audit(
        wallets=session.scalar(select(func.count()).select_from(Wallet)) or 0,
        entries=session.scalar(select(func.count()).select_from(LedgerEntry)) or 0,
        tasks=session.scalar(select(func.count()).select_from(Task)) or 0,
        cohorts=session.scalar(select(func.count()).select_from(Cohort)) or 0,
        differences=(
            *_wallets(session),
            *_running_balances(session),
            *_tasks(session),
            *_cohorts(session),
            *_holds(session),
            *_assessments(session),
        ),
    )


def _wallets(session: Session) -> list[str]:
    total = func.coalesce(func.sum(LedgerEntry.amount), 0)
    held = func.coalesce(func.sum(LedgerEntry.held_change), 0)
    rows = session.execute(
        select(Wallet.id, Wallet.balance, Wallet.held, total, held)
        .outerjoin(LedgerEntry, LedgerEntry.wallet_id == Wallet.id)
        .group_by(Wallet.id)
        .having((Wallet.balance != total) | (Wallet.held != held))
    )
    return [
        f"wallet {key}: balance {balance}, held {held_now}; its entries add up to {total_}, {held_}"
        for key, balance, held_now, total_, held_ in rows
    ]


def _running_balances(session: Session) -> list[str]:
    """Each entry's balance_after and held_after must follow from the entries before it."""

    def so_far(column: InstrumentedAttribute[int]) -> Over[Any]:
        total = func.sum(column)
        return over(total, partition_by=LedgerEntry.wallet_id, order_by=LedgerEntry.sequence)

    running = select(
        LedgerEntry.id,
        (so_far(LedgerEntry.amount) - LedgerEntry.balance_after).label("balance"),
        (so_far(LedgerEntry.held_change) - LedgerEntry.held_after).label("held"),
    ).subquery()
    rows = session.execute(
        select(running.c.id, running.c.balance, running.c.held).where(
            (running.c.balance != 0) | (running.c.held != 0)
        )
    )
    return [f"entry {key}: off by {balance} and {held} held" for key, balance, held in rows]


def _tasks(session: Session) -> list[str]:
    """A task is charged its price once when it succeeded, holds it while active, else nothing."""
    rows = _wrongly_billed(session, Task, LedgerEntry.task_id, due=Task.price)
    return [f"task {row}" for row in rows]


def _cohorts(session: Session) -> list[str]:
    """As a task, but charged for the rows that have a number."""
    due = Cohort.price_per_row * Cohort.rows_scored
    rows = _wrongly_billed(session, Cohort, LedgerEntry.cohort_id, due=due)
    return [f"cohort {row}" for row in rows]


def _holds(session: Session) -> list[str]:
    """What a wallet holds is the sum of the prices of its queued and running work, and nothing else."""
    active = union_all(
        *(
            select(table.wallet_id, table.price).where(table.status.in_(ACTIVE))
            for table in (Task, Cohort)
        )
    ).subquery()
    due = func.coalesce(func.sum(active.c.price), 0)
    rows = session.execute(
        select(Wallet.id, Wallet.held, due)
        .outerjoin(active, active.c.wallet_id == Wallet.id)
        .group_by(Wallet.id)
        .having(Wallet.held != due)
    )
    return [
        f"wallet {key}: holds {held}, its queued and running work costs {due_}"
        for key, held, due_ in rows
    ]


def _assessments(session: Session) -> list[str]:
    """An assessment has tasks, and they are its owner's: they are held and charged like any other."""
    strangers = func.count().filter(Task.user_id != Assessment.user_id)
    rows = session.execute(
        select(Assessment.id, func.count(Task.id), strangers)
        .outerjoin(Task, Task.assessment_id == Assessment.id)
        .group_by(Assessment.id)
        .having((func.count(Task.id) == 0) | (strangers > 0))
    )
    return [
        f"assessment {key}: {n} tasks, {others} of them another person's" for key, n, others in rows
    ]


def audit_files(session: Session, files: Files) -> FileAudit:
    """Compare the cohorts of the database with the files of the storage; deletes nothing.

    Raises
    ------
    Unavailable
        If the storage cannot be reached.
    StorageMismatch
        If it belongs to another installation.
    """
    storage_binding.check(session, files)
    checked, differences = 0, []
    for path, cohort_id, number in _expected_files(session):
        checked += 1
        if not files.exists(path):
            differences.append(f"cohort {cohort_id}: part {number} has lost its file {path}")
    orphans = cleanup.orphans(session, files)
    differences += [f"folder cohorts/{key}: the database knows no such cohort" for key in orphans]
    return FileAudit(checked, tuple(differences))


def _expected_files(session: Session) -> Iterator[tuple[str, uuid.UUID, int]]:
    """Result files of succeeded cohorts, and the answers of the parts that are still to be scored."""
    parts = (
        select(CohortPart.cohort_id, CohortPart.number, CohortPart.result_path, Cohort.status)
        .join(Cohort, Cohort.id == CohortPart.cohort_id)
        .where(Cohort.status.in_((*ACTIVE, "succeeded")))
        .order_by(CohortPart.cohort_id, CohortPart.number)
        .execution_options(yield_per=1000)
    )
    for cohort_id, number, result_path, status in session.execute(parts):
        if result_path is not None:
            yield result_path, cohort_id, number
        elif status in ACTIVE:
            yield f"{file_locations.inputs(cohort_id)}/{number:05}.arrow", cohort_id, number
    drafts = select(Cohort.id, Cohort.n_parts).where(Cohort.status == "draft")
    for cohort_id, n_parts in session.execute(drafts):
        for number in range(n_parts):
            yield f"{file_locations.inputs(cohort_id)}/{number:05}.arrow", cohort_id, number


def _wrongly_billed(
    session: Session,
    table: type[Task | Cohort],
    billed: InstrumentedAttribute[Any],
    *,
    due: ColumnElement[int] | InstrumentedAttribute[int],
) -> list[str]:
    moved = _moved(billed)
    captured = func.coalesce(moved.c.captured, 0)
    held = func.coalesce(moved.c.held, 0)
    expected_capture = case((table.status == "succeeded", due), else_=0)
    expected_hold = case((table.status.in_(ACTIVE), table.price), else_=0)
    rows = session.execute(
        select(table.id, table.status, table.price, table.charged, captured, held)
        .outerjoin(moved, moved.c.billed_id == table.id)
        .where(
            (captured != expected_capture)
            | (table.charged != expected_capture)
            | (held != expected_hold)
        )
    )
    return [
        f"{key}: {status}, price {price}, charged {charged}; captured {captured_}, held {held_}"
        for key, status, price, charged, captured_, held_ in rows
    ]


def _moved(billed: InstrumentedAttribute[Any]) -> Subquery:
    """What the ledger says was captured for each task (or cohort), and what is still held."""
    captured = func.sum(case((LedgerEntry.kind == "capture", -LedgerEntry.amount), else_=0))
    held = func.sum(LedgerEntry.held_change)
    return (
        select(billed.label("billed_id"), captured.label("captured"), held.label("held"))
        .where(billed.is_not(None))
        .group_by(billed)
        .subquery()
    )
