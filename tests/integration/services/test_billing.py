"""Each movement of credits, told as the ledger's rules state it and added up by hand."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from agelens.domain.errors import Forbidden, InsufficientCredits, InvalidInput, NotFound
from agelens.services import accounts, billing, ledger
from agelens.storage import LedgerEntry, User, Wallet
from integration.people import PASSWORD, new_email
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

MOST = 10**12  # credits of one movement


@dataclass(frozen=True)
class Priced:
    """A task or a cohort, as far as billing looks at it."""

    wallet_id: uuid.UUID
    price: int
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A transaction that is thrown away."""
    with sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def user(session: Session) -> User:
    return accounts.register(session, new_email(), PASSWORD)


@pytest.fixture
def boss(session: Session) -> User:
    return accounts.create_admin(session, new_email(), PASSWORD)


@pytest.fixture
def wallet_with(session: Session, user: User) -> Callable[[int], Wallet]:
    def fill(credits: int) -> Wallet:
        wallet = billing.wallet_of(session, user)
        billing.topup(session, wallet, credits, actor=None)
        return wallet

    return fill


def told(session: Session, wallet: Wallet) -> list[tuple[Any, ...]]:
    """Kind, amount, change of what is held, and balance and held after it; oldest first."""
    entries = select(LedgerEntry).where(LedgerEntry.wallet_id == wallet.id)
    return [
        (entry.kind, entry.amount, entry.held_change, entry.balance_after, entry.held_after)
        for entry in session.scalars(entries.order_by(LedgerEntry.sequence))
    ]


def standing(session: Session, user: User) -> tuple[int, int]:
    wallet = billing.wallet_of(session, user)
    return wallet.balance, wallet.held


def newest(session: Session, wallet: Wallet) -> LedgerEntry:
    entries = select(LedgerEntry).where(LedgerEntry.wallet_id == wallet.id)
    return session.scalars(entries.order_by(LedgerEntry.sequence.desc()).limit(1)).one()


def test_a_topup_adds_to_the_balance_and_says_who_made_it(
    session: Session, user: User, boss: User
) -> None:
    wallet = billing.wallet_of(session, user)
    first = billing.topup(session, wallet, 40, actor=boss)
    second = billing.topup(session, wallet, 2, actor=None)
    assert told(session, wallet) == [("topup", 40, 0, 40, 0), ("topup", 2, 0, 42, 0)]
    assert standing(session, user) == (42, 0)
    assert (first.kind, first.amount, first.balance_after) == ("topup", 40, 40)
    assert (first.actor_id, second.actor_id) == (boss.id, None)
    assert (first.task_id, first.cohort_id, first.note) == (None, None, "")


@pytest.mark.parametrize("amount", [1, MOST])
def test_the_smallest_and_the_largest_topup_are_allowed(
    session: Session, user: User, amount: int
) -> None:
    billing.topup(session, billing.wallet_of(session, user), amount, actor=None)
    assert standing(session, user) == (amount, 0)


@pytest.mark.parametrize("amount", [-1, 0, MOST + 1])
def test_a_topup_beyond_the_limits_names_them(session: Session, user: User, amount: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        billing.topup(session, billing.wallet_of(session, user), amount, actor=None)
    assert [(each.pointer, each.message) for each in caught.value.problems] == [
        ("/amount", "must be between 1 and 1000000000000 credits")
    ]
    assert standing(session, user) == (0, 0)


def test_there_is_no_topup_without_a_wallet(session: Session, user: User) -> None:
    nobodys = Wallet(id=uuid.uuid4(), user_id=user.id)
    with pytest.raises(NotFound, match=r"^There is no such wallet\.$"):
        billing.topup(session, nobodys, 5, actor=None)


def test_people_top_up_themselves_up_to_the_cap(session: Session, user: User) -> None:
    entry = billing.self_topup(session, user, 100, policy="self", cap=100)
    assert (entry.amount, entry.actor_id) == (100, user.id)
    with pytest.raises(InvalidInput) as caught:
        billing.self_topup(session, user, 101, policy="self", cap=100)
    assert [(each.pointer, each.message) for each in caught.value.problems] == [
        ("/amount", "must be at most 100 credits at a time")
    ]
    assert standing(session, user) == (100, 0)


def test_where_only_administrators_add_credits_others_are_refused(
    session: Session, user: User, boss: User
) -> None:
    with pytest.raises(Forbidden, match=r"^Only an administrator can add credits here\.$"):
        billing.self_topup(session, user, 5, policy="admin", cap=100)
    entry = billing.self_topup(session, boss, 101, policy="admin", cap=100)
    assert (entry.amount, entry.actor_id) == (101, boss.id)
    assert (standing(session, user), standing(session, boss)) == ((0, 0), (101, 0))


def test_a_hold_takes_the_last_credit_but_none_beyond(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    wallet = wallet_with(25)
    task = Priced(wallet.id, 25)
    billing.hold(session, task)
    assert told(session, wallet)[1:] == [("hold", 0, 25, 25, 25)]
    assert newest(session, wallet).task_id == task.id
    with pytest.raises(InsufficientCredits, match=r"^This costs 1 credits and 0 are available\.$"):
        billing.hold(session, Priced(wallet.id, 1))
    assert standing(session, user) == (25, 25)


def test_who_cannot_pay_is_told_what_is_available_now(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    """Not what was there when the session looked at the wallet for the first time."""
    wallet = wallet_with(25)
    billing.hold(session, Priced(wallet.id, 10))
    with pytest.raises(InsufficientCredits, match=r"^This costs 16 credits and 15 are available"):
        billing.hold(session, Priced(wallet.id, 16))


def test_one_task_is_held_for_once(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    wallet = wallet_with(25)
    task = Priced(wallet.id, 10)
    billing.hold(session, task)
    with pytest.raises(InsufficientCredits):
        billing.hold(session, task)
    assert standing(session, user) == (25, 10)


def test_a_capture_takes_the_held_price_and_a_release_gives_it_back(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    wallet = wallet_with(20)
    scored, failed = Priced(wallet.id, 7), Priced(wallet.id, 13)
    billing.hold(session, scored)
    billing.hold(session, failed)
    billing.capture(session, scored)
    assert newest(session, wallet).task_id == scored.id
    billing.release(session, failed)
    assert newest(session, wallet).task_id == failed.id
    assert told(session, wallet) == [
        ("topup", 20, 0, 20, 0),
        ("hold", 0, 7, 20, 7),
        ("hold", 0, 13, 20, 20),
        ("capture", -7, -7, 13, 13),
        ("release", 0, -13, 13, 0),
    ]
    assert standing(session, user) == (13, 0)


@pytest.mark.parametrize(
    ("charge", "settled"),
    [
        (0, [("release", 0, -30, 50, 0)]),
        (1, [("capture", -1, -1, 49, 29), ("release", 0, -29, 49, 0)]),
        (20, [("capture", -20, -20, 30, 10), ("release", 0, -10, 30, 0)]),
        (30, [("capture", -30, -30, 20, 0)]),
    ],
)
def test_a_cohort_pays_for_its_scored_rows_and_gets_the_rest_of_its_hold_back(
    session: Session,
    user: User,
    wallet_with: Callable[[int], Wallet],
    charge: int,
    settled: list[tuple[Any, ...]],
) -> None:
    wallet = wallet_with(50)
    cohort = Priced(wallet.id, 30)
    billing.hold_cohort(session, cohort)
    for _ in range(2):  # twice changes nothing
        billing.settle_cohort(session, cohort, charge)
    assert told(session, wallet)[1:] == [("hold", 0, 30, 50, 30), *settled]
    assert standing(session, user) == (50 - charge, 0)
    ours = select(LedgerEntry).where(LedgerEntry.cohort_id == cohort.id)
    assert len(session.scalars(ours).all()) == 1 + len(settled)


def test_a_cohort_that_was_canceled_is_not_charged_afterwards(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    wallet = wallet_with(50)
    cohort, other = Priced(wallet.id, 30), Priced(wallet.id, 20)
    billing.hold_cohort(session, other)
    billing.hold_cohort(session, cohort)
    billing.release_cohort(session, cohort)
    assert newest(session, wallet).cohort_id == cohort.id
    billing.settle_cohort(session, cohort, 10)
    assert told(session, wallet)[-1] == ("release", 0, -30, 50, 20)
    assert standing(session, user) == (50, 20)


def test_a_cohort_is_held_for_to_the_last_credit_but_none_beyond(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    wallet = wallet_with(30)
    with pytest.raises(
        InsufficientCredits, match=r"^This costs 31 credits and 30 are available\.$"
    ):
        billing.hold_cohort(session, Priced(wallet.id, 31))
    billing.hold_cohort(session, Priced(wallet.id, 30))
    assert standing(session, user) == (30, 30)


@pytest.mark.parametrize("amount", [1, MOST, -1])
def test_an_adjustment_keeps_its_reason(
    session: Session, user: User, wallet_with: Callable[[int], Wallet], amount: int
) -> None:
    wallet = wallet_with(1)
    entry = billing.adjust(session, wallet, amount, note="a mistake")
    assert told(session, wallet)[-1] == ("adjustment", amount, 0, 1 + amount, 0)
    assert (entry.amount, entry.note) == (amount, "a mistake")


def test_an_adjustment_adds_to_an_empty_wallet(session: Session, user: User) -> None:
    billing.adjust(session, billing.wallet_of(session, user), 3, note="a gift")
    assert standing(session, user) == (3, 0)


def test_the_largest_adjustment_downwards_is_allowed(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    billing.adjust(session, wallet_with(MOST), -MOST, note="a mistake")
    assert standing(session, user) == (0, 0)


@pytest.mark.parametrize("amount", [0, MOST + 1, -MOST - 1])
def test_an_adjustment_beyond_the_limits_names_them(
    session: Session, user: User, amount: int
) -> None:
    with pytest.raises(InvalidInput) as caught:
        billing.adjust(session, billing.wallet_of(session, user), amount, note="a mistake")
    assert [(each.pointer, each.message) for each in caught.value.problems] == [
        ("/amount", "must not be 0, nor beyond 1000000000000 credits")
    ]


def test_an_adjustment_takes_what_is_available_but_nothing_that_is_held(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    wallet = wallet_with(25)
    billing.hold(session, Priced(wallet.id, 10))
    with pytest.raises(InsufficientCredits, match=r"^Fewer than 16 credits are available\.$"):
        billing.adjust(session, wallet, -16, note="too much")
    billing.adjust(session, wallet, -15, note="a mistake")
    assert standing(session, user) == (10, 10)


def test_a_key_is_used_once_however_often_it_is_tried(
    session: Session, user: User, wallet_with: Callable[[int], Wallet]
) -> None:
    wallet = wallet_with(5)
    key = f"test:{uuid.uuid4()}"
    first = ledger.append(session, wallet.id, kind="refund", key=key, amount=3, note="a complaint")
    again = ledger.append(session, wallet.id, kind="refund", key=key, amount=3)
    assert first is not None
    assert again is None
    kept = newest(session, wallet)
    assert (kept.id, kept.key, kept.note) == (first.id, key, "a complaint")
    assert standing(session, user) == (8, 0)


def test_only_the_wallet_that_is_named_moves(
    session: Session, user: User, boss: User, wallet_with: Callable[[int], Wallet]
) -> None:
    billing.topup(session, billing.wallet_of(session, boss), 7, actor=None)
    wallet_with(5)
    assert (standing(session, user), standing(session, boss)) == ((5, 0), (7, 0))


def test_the_history_is_the_persons_own_newest_first_in_pages(
    session: Session, user: User, boss: User
) -> None:
    for amount in (1, 2, 3):
        billing.topup(session, billing.wallet_of(session, user), amount, actor=None)
        billing.topup(session, billing.wallet_of(session, boss), 100 + amount, actor=None)
    page = billing.transactions(session, user, None, 2)
    rest = billing.transactions(session, user, page.next_cursor, 2)
    assert [entry.amount for entry in page.items + rest.items] == [3, 2, 1]
    assert rest.next_cursor is None


def test_administrators_see_everybodys_history_newest_first(
    session: Session, user: User, boss: User
) -> None:
    for who, amount in ((user, 1), (boss, 2), (user, 3)):
        billing.topup(session, billing.wallet_of(session, who), amount, actor=None)
    page = billing.transactions(session, None, None, 2)
    rest = billing.transactions(session, None, page.next_cursor, 1)
    assert [entry.amount for entry in page.items + rest.items] == [3, 2, 1]
