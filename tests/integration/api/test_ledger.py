"""Credits are held, captured or released; never lost, never taken twice."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from agelens.domain.errors import CannotScore, InsufficientCredits, InvalidInput, NotFound
from agelens.services import accounts, billing, model_registry, refunds, task_scoring
from agelens.services.audit import audit
from agelens.storage import ModelVersion, Wallet
from integration.api.bundles import bundle, new_name
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import select, update
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

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(task_scoring, "predict_all", fail)
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
    model_registry._loaded.pop(version.id)
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
            entry = refunds.refund(session, task_id, note="a complaint")
            assert (entry is not None) == expected
    assert told(one)[-1] == ("refund", 10, 0, 10, 0)
    assert one.wallet()["balance"] == 10
    with sessions() as session:
        assert audit(session).differences == ()


def test_only_what_was_charged_is_refunded(person: PersonFactory, sessions: Sessions) -> None:
    one = person(10)
    refused = {one.queued(): InvalidInput, "so much": InvalidInput, str(uuid.uuid4()): NotFound}
    for which, error in refused.items():
        with sessions() as session, pytest.raises(error):
            refunds.refund(session, which, note="a complaint")
    assert one.wallet() == {"balance": 10, "held": 10, "available": 0}


def test_an_adjustment_never_takes_what_is_held(person: PersonFactory, sessions: Sessions) -> None:
    one = person(25)
    one.queued()
    with sessions.begin() as session:
        billing.adjust(session, wallet_of(session, one), -15, note="a mistake")
    assert one.wallet() == {"balance": 10, "held": 10, "available": 0}
    with sessions() as session, pytest.raises(InsufficientCredits):
        billing.adjust(session, wallet_of(session, one), -1, note="too much")
    assert one.wallet()["balance"] == 10
