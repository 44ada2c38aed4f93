"""Credits are held, captured or released; never lost, never taken twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from agelens.domain.errors import CannotScore, InsufficientCredits
from agelens.services import accounts, billing, registry, scoring
from agelens.services.audit import audit
from agelens.storage import LedgerEntry, ModelVersion, Task, User, Wallet
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]
Sessions = sessionmaker[Session]


def told(one: Person) -> list[tuple[Any, ...]]:
    """The ledger of a person, oldest first."""
    names = ("kind", "amount", "held_change", "balance_after", "held_after")
    return [tuple(entry[name] for name in names) for entry in reversed(one.transactions())]


def wallet_of(session: Session, one: Person) -> Wallet:
    return billing.wallet_of(session, accounts.find_user(session, one.email))


def test_a_success_turns_the_hold_into_a_charge(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(25)
    task_id = one.queued()
    run_jobs()
    assert told(one) == [
        ("topup", 25, 0, 25, 0),
        ("hold", 0, 10, 25, 10),
        ("capture", -10, -10, 15, 0),
    ]
    assert {entry["task_id"] for entry in one.transactions()} == {None, task_id}
    assert one.wallet() == {"balance": 15, "held": 0, "available": 15}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CannotScore("The panel has nothing to go by."), "cannot_score"),
        (ZeroDivisionError("secret insides"), "scoring_failed"),
    ],
)
def test_a_failed_prediction_releases_the_hold(
    person: PersonFactory,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: str,
) -> None:
    """No panel that passes the check makes the shipped clock fail, so the scoring is replaced."""
    one = person(25)
    task_id = one.queued()

    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(scoring, "score", fail)
    run_jobs()
    task = one.task(task_id)
    assert (task["status"], task["charged"], task["result"]) == ("failed", 0, None)
    assert task["error"]["code"] == code
    assert task["error"]["message"]
    assert "secret" not in task["error"]["message"]
    assert task["finished_at"]
    assert told(one)[1:] == [("hold", 0, 10, 25, 10), ("release", 0, -10, 25, 0)]
    assert one.post(f"/api/tasks/{task_id}/run").status_code == 409


def test_a_clock_that_cannot_be_loaded_fails_its_tasks(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions, admin: Person
) -> None:
    from integration.api.bundles import bundle, new_name

    name = new_name()
    blob = bundle(name)
    admin.post("/api/admin/ml-models", data=blob, content_type="application/zip")
    one = person(5)
    task_id = one.predict(model=name).json["task_id"]
    with sessions.begin() as session:
        version = session.scalars(select(ModelVersion).where(ModelVersion.name == name)).one()
        session.execute(
            update(ModelVersion).where(ModelVersion.id == version.id).values(bundle=b"rotten")
        )
    registry._loaded.pop(version.id)
    run_jobs()
    task = one.task(task_id)
    assert (task["status"], task["error"]["code"]) == ("failed", "invalid_bundle")
    assert one.wallet() == {"balance": 5, "held": 0, "available": 5}
    with sessions.begin() as session:
        session.execute(
            update(ModelVersion).where(ModelVersion.id == version.id).values(bundle=blob)
        )


def test_40_submissions_at_once_for_4_credits_give_4_tasks(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one = person(40)
    statuses: list[int] = []

    def submit(who: Person) -> None:
        statuses.append(who.predict().status_code)

    threads = [threading.Thread(target=submit, args=(one.elsewhere(),)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [202] * 4 + [402] * 36
    assert one.wallet() == {"balance": 40, "held": 40, "available": 0}
    run_jobs()
    assert one.wallet() == {"balance": 0, "held": 0, "available": 0}
    with sessions() as session:
        assert audit(session).differences == ()


def test_50_topups_at_once_all_count(person: PersonFactory) -> None:
    one = person()
    threads = [
        threading.Thread(target=one.elsewhere().post, args=("/api/wallet/topup", {"amount": 10}))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert one.wallet()["balance"] == 500


def test_a_refund_gives_the_price_back_once(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    one = person(10)
    task_id = one.queued()
    run_jobs()
    for expected in (True, False):
        with sessions.begin() as session:
            entry = billing.refund_task(session, task_id, note="a complaint")
            assert (entry is not None) == expected
    assert told(one)[-1] == ("refund", 10, 0, 10, 0)
    assert one.wallet()["balance"] == 10
    with sessions() as session:
        assert audit(session).differences == ()


def test_an_adjustment_never_takes_what_is_held(person: PersonFactory, sessions: Sessions) -> None:
    one = person(25)
    one.queued()
    with sessions.begin() as session:
        billing.adjust(session, wallet_of(session, one), -15, note="a mistake")
    assert one.wallet() == {"balance": 10, "held": 10, "available": 0}
    with sessions() as session, pytest.raises(InsufficientCredits):
        billing.adjust(session, wallet_of(session, one), -1, note="too much")
    assert one.wallet()["balance"] == 10


def test_the_audit_notices_a_wallet_that_was_tampered_with(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person(25)
    with sessions() as session:
        assert audit(session).differences == ()
    with sessions() as session:  # thrown away at the end
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        wallet_id = wallet_of(session, one).id
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
            update(Wallet).where(Wallet.id == wallet_of(session, one).id).values(**values)
        )


def test_the_database_refuses_a_negative_balance_in_the_ledger(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person(5)
    with sessions() as session:
        entry = session.scalars(
            select(LedgerEntry).where(LedgerEntry.wallet_id == wallet_of(session, one).id)
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
    from agelens.services import audit as module

    return (
        *module._wallets(session),
        *module._running_balances(session),
        *module._tasks(session),
    )
