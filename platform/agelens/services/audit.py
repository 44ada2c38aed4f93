"""Recompute every wallet from its ledger, and every task's charge from its entries."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Over, case, func, over, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from agelens.storage import LedgerEntry, Task, Wallet


@dataclass(frozen=True)
class Audit:
    """What was looked at, and every difference in words; none means all credits are accounted for."""

    wallets: int
    entries: int
    tasks: int
    differences: tuple[str, ...]


def audit(session: Session) -> Audit:
    """Read-only; sees one moment of the database even while it is used."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return Audit(
        wallets=session.scalar(select(func.count()).select_from(Wallet)) or 0,
        entries=session.scalar(select(func.count()).select_from(LedgerEntry)) or 0,
        tasks=session.scalar(select(func.count()).select_from(Task)) or 0,
        differences=(*_wallets(session), *_running_balances(session), *_tasks(session)),
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
    moved = (
        select(
            LedgerEntry.task_id,
            func.sum(case((LedgerEntry.kind == "capture", -LedgerEntry.amount), else_=0)).label(
                "captured"
            ),
            func.sum(LedgerEntry.held_change).label("held"),
        )
        .where(LedgerEntry.task_id.is_not(None))
        .group_by(LedgerEntry.task_id)
        .subquery()
    )
    captured = func.coalesce(moved.c.captured, 0)
    held = func.coalesce(moved.c.held, 0)
    active = Task.status.in_(("queued", "running"))
    expected_capture = case((Task.status == "succeeded", Task.price), else_=0)
    expected_hold = case((active, Task.price), else_=0)
    rows = session.execute(
        select(Task.id, Task.status, Task.price, Task.charged, captured, held)
        .outerjoin(moved, moved.c.task_id == Task.id)
        .where(
            (captured != expected_capture)
            | (Task.charged != expected_capture)
            | (held != expected_hold)
        )
    )
    return [
        f"task {key}: {status}, price {price}, charged {charged}; captured {captured_}, held {held_}"
        for key, status, price, charged, captured_, held_ in rows
    ]
