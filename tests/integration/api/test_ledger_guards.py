"""What guards the ledger when code does not: the audit, a trigger, and CHECKs of the database."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from agelens.jobs import predict
from agelens.services import accounts, billing
from agelens.services import audit as audit_module
from agelens.services.audit import audit, audited
from agelens.storage import LedgerEntry, Task, User, Wallet
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]
Sessions = sessionmaker[Session]


def test_the_audit_notices_a_wallet_that_was_tampered_with(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person(25)
    with sessions() as session:
        assert audit(session).differences == ()
    with sessions() as session:  # thrown away at the end
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        wallet_id = billing.wallet_of(session, accounts.find_user(session, one.email)).id
        session.execute(update(Wallet).where(Wallet.id == wallet_id).values(balance=1_000_000))
        (difference,) = _differences(session)
        assert str(wallet_id) in difference
        assert "1000000" in difference
        session.rollback()
    with sessions() as session:
        assert audit(session).differences == ()


def test_the_audit_notices_a_charge_without_a_capture(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one = person(25)
    task_id = one.queued()
    run_jobs()
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(update(Task).where(Task.id == task_id).values(charged=0))
        (difference,) = _differences(session)
        assert task_id in difference
        session.rollback()


def test_the_audit_notices_an_entry_that_does_not_follow_from_the_one_before(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one = person(25)
    one.queued()
    run_jobs()
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("set local session_replication_role = replica"))  # without the trigger
        wallet_id = billing.wallet_of(session, accounts.find_user(session, one.email)).id
        hold = (LedgerEntry.wallet_id == wallet_id, LedgerEntry.kind == "hold")
        entry_id = session.scalars(select(LedgerEntry.id).where(*hold)).one()
        session.execute(update(LedgerEntry).where(*hold).values(balance_after=24))
        told = _differences(session)
        session.rollback()
    assert f"entry {entry_id}: off by 1 and 0 held" in told


def test_the_audit_notices_a_charge_in_another_persons_wallet(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one, other = person(25), person(25)
    task_id = one.queued()
    run_jobs()
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("set local session_replication_role = replica"))
        wallet = billing.wallet_of(session, accounts.find_user(session, other.email))
        theirs = (LedgerEntry.task_id == uuid.UUID(task_id), LedgerEntry.kind == "capture")
        session.execute(update(LedgerEntry).where(*theirs).values(wallet_id=wallet.id))
        told = "\n".join(_differences(session))
        session.rollback()
    assert f"task {task_id}: captured 10, held -10 in another person's wallet" in told
    assert f"task {task_id}: succeeded, price 10, charged 10; captured 0, held 10" in told


def test_audits_while_people_predict_and_pay_find_no_difference(
    person: PersonFactory,
    run_jobs: RunJobs,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wallet a slice, and in each of them a moment to come between."""
    monkeypatch.setattr(audit_module, "WALLETS_AT_A_TIME", 1)
    people = [person(50) for _ in range(4)]
    enough = threading.Event()

    def use(one: Person) -> None:
        while not enough.is_set():
            one.predict()
            one.post("/api/wallet/topup", {"amount": 10})

    threads = [threading.Thread(target=use, args=(one.elsewhere(),)) for one in people]
    for thread in threads:
        thread.start()
    try:
        entries = []
        for _ in range(5):
            predict.predict_queued()  # for a slice of time: the queue never gets empty
            with sessions() as session:
                found = audit(session)
            assert found.differences == ()
            entries.append(found.entries)
    finally:
        enough.set()
        for thread in threads:
            thread.join(30)
        run_jobs()
    assert entries == sorted(set(entries))


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_entries set amount = amount",
        "delete from ledger_entries",
        "truncate ledger_entries",
        "truncate wallets cascade",
    ],
)
def test_the_ledger_refuses_to_be_changed(
    person: PersonFactory, sessions: Sessions, statement: str
) -> None:
    person(5)
    with sessions() as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))


@pytest.mark.parametrize(
    "values",
    [{"balance": -1}, {"held": -1}, {"balance": 5, "held": 6}],
)
def test_the_database_refuses_impossible_wallets(
    person: PersonFactory, sessions: Sessions, values: dict[str, int]
) -> None:
    one = person(5)
    with sessions() as session, pytest.raises(IntegrityError, match="ck_wallets"):
        session.execute(
            update(Wallet)
            .where(
                Wallet.id == billing.wallet_of(session, accounts.find_user(session, one.email)).id
            )
            .values(**values)
        )


def test_the_database_refuses_a_negative_balance_in_the_ledger(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person(5)
    with sessions() as session:
        entry = session.scalars(
            select(LedgerEntry).where(
                LedgerEntry.wallet_id
                == billing.wallet_of(session, accounts.find_user(session, one.email)).id
            )
        ).one()
        row = {c.key: getattr(entry, c.key) for c in LedgerEntry.__table__.c}
        row |= {"id": entry.wallet_id, "key": "x", "sequence": -1, "balance_after": -1}
        with pytest.raises(IntegrityError, match="not_negative"):
            session.execute(insert(LedgerEntry).values(**row))


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "succeeded"}, "ck_tasks_result"),
        ({"charged": 10}, "charged_only_on_success"),
        ({"status": "lost"}, "ck_tasks_status"),
    ],
)
def test_the_database_refuses_impossible_tasks(
    person: PersonFactory, sessions: Sessions, values: dict[str, Any], constraint: str
) -> None:
    task_id = person(10).queued()
    with sessions() as session, pytest.raises(IntegrityError, match=constraint):
        session.execute(update(Task).where(Task.id == task_id).values(**values))


def test_people_with_a_ledger_cannot_be_deleted(person: PersonFactory, sessions: Sessions) -> None:
    one = person(5)
    with sessions() as session, pytest.raises(IntegrityError):
        session.execute(delete(User).where(User.email == one.email))


def _differences(session: Session) -> tuple[str, ...]:
    """The audit of a transaction that has begun already."""
    return audited(session).differences
