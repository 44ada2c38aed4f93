"""Credits: top-ups, holds, captures, releases and adjustments."""

import uuid
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens.domain.errors import Forbidden, InsufficientCredits, InvalidInput, NotFound
from agelens.services.ledger import append
from agelens.services.pagination import Page, paginate
from agelens.storage import LedgerEntry, User, Wallet

WELCOME = "Welcome credits"
MAX_AMOUNT = 1_000_000_000_000  # keeps any sum of real top-ups far inside a 64-bit column


class Billed(Protocol):
    """What billing needs of a task or a cohort: a row will do."""

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
    wallet_id = wallet_of(session, user).id
    # With `= wallet_id` PostgreSQL may walk everybody's entries by sequence; a range of one wallet, in
    # the order of the index on (wallet, sequence), leaves it no reason to.
    query = select(LedgerEntry).where(LedgerEntry.wallet_id.between(wallet_id, wallet_id))
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
    entry = append(
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


def welcome(session: Session, wallet: Wallet, amount: int) -> None:
    """The credits that a new account starts with; once, as the entry's key is unique."""
    key = f"user:{wallet.user_id}:welcome"
    append(session, wallet.id, kind="topup", key=key, amount=amount, note=WELCOME)


def hold(session: Session, task: Billed) -> None:
    """Set the task's price aside, or raise InsufficientCredits and change nothing."""
    hold_all(session, [task])


def hold_all(session: Session, tasks: Sequence[Billed]) -> None:
    """Set the prices of several tasks of one wallet aside, all or none of them, an entry for each.

    The first entry needs the sum to be available. It locks the wallet until the transaction ends, so
    nothing can come between it and the others.
    """
    total = needed = sum(task.price for task in tasks)
    for task in tasks:
        entry = append(
            session,
            task.wallet_id,
            kind="hold",
            key=f"task:{task.id}:hold",
            held_change=task.price,
            task_id=task.id,
            available_at_least=needed,
        )
        if entry is None:
            raise _too_dear(session, task.wallet_id, total)
        needed -= task.price


def capture(session: Session, task: Billed) -> None:
    """Turn the task's hold into a charge. Doing it twice changes nothing: the entry's key is unique."""
    append(
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
    append(
        session,
        task.wallet_id,
        kind="release",
        key=f"task:{task.id}:settle",
        held_change=-task.price,
        task_id=task.id,
    )


def hold_cohort(session: Session, cohort: Billed) -> None:
    """Set the price of all rows aside, or raise InsufficientCredits and change nothing."""
    entry = append(
        session,
        cohort.wallet_id,
        kind="hold",
        key=f"cohort:{cohort.id}:hold",
        held_change=cohort.price,
        cohort_id=cohort.id,
        available_at_least=cohort.price,
    )
    if entry is None:
        raise _too_dear(session, cohort.wallet_id, cohort.price)


def settle_cohort(session: Session, cohort: Billed, charge: int) -> None:
    """Charge for the rows that were scored and release the rest of the hold; once, whoever is first."""
    if charge == 0:
        release_cohort(session, cohort)
        return
    captured = append(
        session,
        cohort.wallet_id,
        kind="capture",
        key=f"cohort:{cohort.id}:settle",
        amount=-charge,
        held_change=-charge,
        cohort_id=cohort.id,
    )
    if captured is not None and charge < cohort.price:
        append(
            session,
            cohort.wallet_id,
            kind="release",
            key=f"cohort:{cohort.id}:release",
            held_change=charge - cohort.price,
            cohort_id=cohort.id,
        )


def release_cohort(session: Session, cohort: Billed) -> None:
    """Give the whole hold back. It shares its key with the capture: a cohort is settled once."""
    append(
        session,
        cohort.wallet_id,
        kind="release",
        key=f"cohort:{cohort.id}:settle",
        held_change=-cohort.price,
        cohort_id=cohort.id,
    )


def adjust(session: Session, wallet: Wallet, amount: int, *, note: str) -> LedgerEntry:
    """Correct a balance by hand, with the reason kept; never below what is held."""
    if not amount or abs(amount) > MAX_AMOUNT:
        raise InvalidInput.at("amount", f"must not be 0, nor beyond {MAX_AMOUNT} credits")
    entry = append(
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


def _too_dear(session: Session, wallet_id: uuid.UUID, price: int) -> InsufficientCredits:
    wallet = session.get_one(Wallet, wallet_id, populate_existing=True)
    return InsufficientCredits(f"This costs {price} credits and {wallet.available} are available.")
