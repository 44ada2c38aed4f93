"""Append ledger entries: one entry and one relative UPDATE of the wallet, in one statement."""

import uuid
from typing import Any, cast

from sqlalchemy import BigInteger, Select, Table, bindparam, exists, insert, select, update
from sqlalchemy.orm import Session

from agelens.storage import LedgerEntry, Wallet
from agelens.storage.wallets import EntryKind


def append(
    session: Session,
    wallet_id: uuid.UUID,
    *,
    kind: EntryKind,
    key: str,
    amount: int = 0,
    held_change: int = 0,
    task_id: uuid.UUID | None = None,
    cohort_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
    note: str = "",
    available_at_least: int = 0,
) -> LedgerEntry | None:
    """Move the wallet and tell it in the ledger; None when the key is there or credits are not."""
    values = {
        "id": uuid.uuid4(),
        "wallet_id": wallet_id,
        "kind": kind,
        "key": key,
        "amount": amount,
        "held_change": held_change,
        "task_id": task_id,
        "cohort_id": cohort_id,
        "actor_id": actor_id,
        "note": note,
    }
    new = {f"new_{name}": value for name, value in values.items()}
    session.flush()  # the task may be as new as its entry
    statement = session.connection().execute(_APPEND, {**new, "needed": available_at_least})
    row = statement.one_or_none()
    return None if row is None else LedgerEntry(**row._mapping)


def _append_statement() -> Select[Any]:
    """One statement for both tables, built once; only its values change. A key that races past the
    check still violates its unique index.

    Its rows are columns, not entities: of an alias of a CTE, threads that compile it at the same
    time mix up the columns (seen with SQLAlchemy 2.1: NoSuchColumnError).
    """
    table = cast(Table, LedgerEntry.__table__)
    names = (
        "id",
        "wallet_id",
        "kind",
        "key",
        "amount",
        "held_change",
        "task_id",
        "cohort_id",
        "actor_id",
        "note",
    )
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    moved = (
        update(Wallet)
        .where(
            Wallet.id == new["wallet_id"],
            Wallet.balance - Wallet.held >= bindparam("needed", type_=BigInteger),
            ~exists(select(LedgerEntry.id).where(LedgerEntry.key == new["key"])),
        )
        .values(balance=Wallet.balance + new["amount"], held=Wallet.held + new["held_change"])
        .returning(Wallet.balance, Wallet.held)
        .cte("moved")
    )
    row = select(*new.values(), moved.c.balance, moved.c.held)
    entry = (
        insert(table)
        .from_select([*names, "balance_after", "held_after"], row, include_defaults=False)
        .returning(*table.c)
        .cte("entry")
    )
    return select(*entry.c)


_APPEND = _append_statement()
