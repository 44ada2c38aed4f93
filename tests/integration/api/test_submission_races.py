"""Requests that meet: one key sent twice at once, wallets that are held for long, looks that fail."""

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from agelens.domain.errors import ScoringError
from agelens.services import submissions, task_claims, task_settling, tasks
from agelens.storage import Wallet
from integration.claims import claimed
from integration.conftest import PersonFactory
from integration.people import PANEL, Person
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]
Sessions = sessionmaker[Session]
TAKE_KEY = text(
    "insert into idempotency_records (id, key, user_id, fingerprint) "
    "values (gen_random_uuid(), :key, :person, 'another')"
)


def ask(one: Person, **headers: str) -> Any:
    return one.post("/api/tasks/predict", {"answers": PANEL}, headers=headers)


def test_one_key_step_by_step_and_in_one_statement_is_one_task(
    person: PersonFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(100)
    keep, submit = submissions.keep, tasks.submit
    refused, has_key = [], threading.Event()

    def keep_the_second(*args: Any, **kwargs: Any) -> bool:
        if not refused:
            refused.append(True)  # as where the price has changed
            return False
        return keep(*args, **kwargs)

    def submit_slowly(*args: Any, **kwargs: Any) -> Any:
        has_key.set()
        time.sleep(0.7)  # between the key and the hold
        return submit(*args, **kwargs)

    monkeypatch.setattr(submissions, "keep", keep_the_second)
    monkeypatch.setattr(tasks, "submit", submit_slowly)
    answers = []
    first, second = one.elsewhere(), one.elsewhere()
    slow = threading.Thread(
        target=lambda: answers.append(ask(first, **{"Idempotency-Key": "mine"}))
    )
    slow.start()
    assert has_key.wait(20)
    answers.append(ask(second, **{"Idempotency-Key": "mine"}))
    slow.join(30)
    assert [each.status_code for each in answers] == [202, 202]
    assert len({each.json["task_id"] for each in answers}) == 1
    assert one.wallet()["held"] == 10


def test_who_waits_for_a_key_keeps_no_strangers_task_waiting(
    person: PersonFactory, sessions: Sessions, run_jobs: RunJobs
) -> None:
    run_jobs()
    one, stranger = person(100), person(100)
    ask(one)
    run_jobs()
    one.queued()
    theirs = stranger.queued()
    key = hashlib.sha256(f"{one.id()}\0upload".encode()).hexdigest()
    who = one.elsewhere()
    asking = threading.Thread(target=lambda: ask(who, **{"Idempotency-Key": "upload"}))
    with sessions() as long_request:
        long_request.execute(TAKE_KEY, {"key": key, "person": one.id()})
        asking.start()
        time.sleep(0.5)
        began = time.monotonic()
        run_jobs()
        assert time.monotonic() - began < 8  # locks are waited for for 15 seconds
        assert stranger.task(theirs)["status"] == "succeeded"
        long_request.rollback()
    asking.join(30)


def test_a_wallet_that_is_held_for_long_keeps_no_strangers_task_waiting(
    person: PersonFactory, sessions: Sessions, run_jobs: RunJobs
) -> None:
    run_jobs()
    one, stranger = person(100), person(100)
    mine, theirs = one.queued(), stranger.queued()
    done = threading.Event()

    def look() -> None:
        who = stranger.elsewhere()
        while who.task(theirs)["status"] != "succeeded":
            time.sleep(0.1)
        done.set()

    with sessions() as holder:
        wallet = select(Wallet).where(Wallet.user_id == one.id()).with_for_update()
        holder.execute(wallet)
        working = threading.Thread(target=look)
        working.start()

        def let_go() -> None:
            done.wait(8)  # on a busy machine; the task of the wallet waits for it for 15 seconds
            holder.rollback()

        release = threading.Timer(6, let_go)
        release.start()
        run_jobs()
        release.join()
        assert done.is_set()
        working.join(30)
    assert one.task(mine)["status"] == "succeeded"
    assert one.wallet()["held"] == stranger.wallet()["held"] == 0


def test_busy_locks_change_nothing(person: PersonFactory, sessions: Sessions) -> None:
    one = person(10)
    by = claimed(sessions, one.queued())
    with sessions() as holder:
        holder.execute(select(Wallet).where(Wallet.user_id == one.id()).with_for_update())
        outcome = task_settling.Outcome(by, ScoringError("a story"))
        with sessions() as session, pytest.raises(task_settling.BusyError):
            task_settling.settle(session, [outcome], patience_seconds=0.1)
    assert one.task(str(by.id))["status"] == "running"
    with sessions.begin() as session:
        assert task_claims.hand_back(session, [by]) == 1


@pytest.mark.parametrize("error", [OperationalError("select", {}, Exception("closed"))])
def test_what_is_accepted_stays_accepted_where_looking_fails(
    person: PersonFactory, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    one = person(10)

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "owned", fail)
        answer = ask(one, Prefer="wait=1")
    assert answer.status_code == 202
    assert one.task(answer.json["task_id"])["status"] == "queued"
    assert one.wallet()["held"] == 10
