"""The ledger: every change of a wallet is one appended entry and one relative UPDATE, together."""

import uuid
from typing import Any, Protocol, cast

from sqlalchemy import BigInteger, Select, Table, bindparam, exists, insert, select, update
from sqlalchemy.orm import Session

from agelens.domain.errors import Forbidden, InsufficientCredits, InvalidInput, NotFound
from agelens.services.pages import Page, paginate
from agelens.storage import LedgerEntry, Task, User, Wallet
from agelens.storage.wallets import EntryKind

MAX_AMOUNT = 1_000_000_000_000  # keeps any sum of real top-ups far inside a 64-bit column


class Billed(Protocol):
    """What billing needs of a task: a row will do."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def wallet_id(self) -> uuid.UUID: ...
    @property
    def price(self) -> int: ...


def wallet_of(session: Session, user: User) -> Wallet:
    """A person's wallet as it is now."""
    return session.scalars(
        select(Wallet).where(Wallet.user_id == user.id).execution_options(populate_existing=True)
    ).one()


def transactions(session: Session, user: User | None, cursor: str | None, limit: int) -> Page:
    """A person's ledger entries (or everybody's), newest first."""
    if user is None:
        return paginate(session, select(LedgerEntry), (LedgerEntry.sequence,), cursor, limit)
    mine = wallet_of(session, user).id
    # With `= mine` PostgreSQL may walk everybody's entries by sequence; a range of one wallet, in
    # the order of the index on (wallet, sequence), leaves it no reason to.
    query = select(LedgerEntry).where(LedgerEntry.wallet_id.between(mine, mine))
    return paginate(session, query, (LedgerEntry.wallet_id, LedgerEntry.sequence), cursor, limit)


def self_topup(session: Session, user: User, amount: int, *, policy: str, cap: int) -> LedgerEntry:
    """Credits that a person adds to their own wallet, as far as the operator allows it."""
    if user.is_admin:
        return topup(session, wallet_of(session, user), amount, actor=user)
    if policy != "self":
        raise Forbidden("Only an administrator can add credits here.")
    if amount > cap:
        raise InvalidInput.at("amount", f"must be at most {cap} credits at a time")
    return topup(session, wallet_of(session, user), amount, actor=user)


def topup(session: Session, wallet: Wallet, amount: int, *, actor: User | None) -> LedgerEntry:
    """Add credits; whether the actor may is the caller's business."""
    if not 1 <= amount <= MAX_AMOUNT:
        raise InvalidInput.at("amount", f"must be between 1 and {MAX_AMOUNT} credits")
    entry = _append(
        session,
        wallet.id,
        kind="topup",
        key=f"topup:{uuid.uuid4()}",
        amount=amount,
        actor_id=actor.id if actor else None,
    )
    if entry is None:
        raise NotFound("There is no such wallet.")
    return entry


def hold(session: Session, task: Billed) -> None:
    """Set the task's price aside, or raise InsufficientCredits and change nothing."""
    entry = _append(
        session,
        task.wallet_id,
        kind="hold",
        key=f"task:{task.id}:hold",
        held_change=task.price,
        task_id=task.id,
        available_at_least=task.price,
    )
    if entry is None:
        wallet = session.get_one(Wallet, task.wallet_id, populate_existing=True)
        raise InsufficientCredits(
            f"This costs {task.price} credits and {wallet.available} are available."
        )


def capture(session: Session, task: Billed) -> None:
    """Turn the task's hold into a charge. Doing it twice changes nothing: the entry's key is unique."""
    _append(
        session,
        task.wallet_id,
        kind="capture",
        key=f"task:{task.id}:settle",
        amount=-task.price,
        held_change=-task.price,
        task_id=task.id,
    )


def release(session: Session, task: Billed) -> None:
    """Give the task's hold back. It shares its key with the capture: a task is settled once."""
    _append(
        session,
        task.wallet_id,
        kind="release",
        key=f"task:{task.id}:settle",
        held_change=-task.price,
        task_id=task.id,
    )


def adjust(session: Session, wallet: Wallet, amount: int, *, note: str) -> LedgerEntry:
    """Correct a balance by hand, with the reason kept; never below what is held."""
    if not amount or abs(amount) > MAX_AMOUNT:
        raise InvalidInput.at("amount", f"must not be 0, nor beyond {MAX_AMOUNT} credits")
    entry = _append(
        session,
        wallet.id,
        kind="adjustment",
        key=f"adjustment:{uuid.uuid4()}",
        amount=amount,
        note=note,
        available_at_least=max(0, -amount),
    )
    if entry is None:
        raise InsufficientCredits(f"Fewer than {-amount} credits are available.")
    return entry


def refund(session: Session, task: Task, *, note: str) -> LedgerEntry | None:
    """Give a charged task's price back once; None when it was given back before."""
    if not task.charged:
        raise InvalidInput.at("task_id", "was never charged")
    return _append(
        session,
        task.wallet_id,
        kind="refund",
        key=f"task:{task.id}:refund",
        amount=task.charged,
        task_id=task.id,
        note=note,
    )


def refund_task(session: Session, task_id: str, *, note: str) -> LedgerEntry | None:
    """Refund a task by its id, as an administrator types it."""
    try:
        task = session.get(Task, uuid.UUID(task_id), with_for_update={"of": Task})
    except ValueError as error:
        raise InvalidInput.at("task_id", "is not a task id") from error
    if task is None:
        raise NotFound("There is no such task.")
    return refund(session, task, note=note)


def _append(
    session: Session,
    wallet_id: uuid.UUID,
    *,
    kind: EntryKind,
    key: str,
    amount: int = 0,
    held_change: int = 0,
    task_id: uuid.UUID | None = None,
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
