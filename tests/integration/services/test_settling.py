"""Races that no request can bring about: two workers, one task."""

import threading
import uuid
from collections.abc import Callable

import pytest
from agelens.domain.errors import ScoringError
from agelens.jobs.predict import predict_queued
from agelens.services import billing, sweeps
from agelens.services.audit import audit
from agelens.services.task_claims import TaskClaim
from agelens.storage import Task, User
from integration.claims import claim, claim_only, claimed, settle, without_others
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import func, update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]


@pytest.fixture
def one(person: PersonFactory) -> Person:
    return person(100)


def let_the_lease_run_out(sessions: Sessions, key: uuid.UUID, *, swept: bool = True) -> None:
    with sessions.begin() as session:
        past = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, 1)
        session.execute(update(Task).where(Task.id == key).values(lease_expires_at=past))
        if swept:
            sweeps.end_expired_leases(session, sweeps.TASKS)


def test_a_task_is_claimed_once_while_its_lease_runs(one: Person, sessions: Sessions) -> None:
    key = uuid.UUID(one.queued())
    first = claimed(sessions, key)
    assert first.attempts == 1
    assert claim(sessions, key) is None
    assert one.task(str(key))["attempts"] == 1


def test_of_many_claims_at_once_one_wins(one: Person, sessions: Sessions) -> None:
    key = uuid.UUID(one.queued())
    claims: list[TaskClaim | None] = []
    threads = [
        threading.Thread(target=lambda: claims.append(claim_only(sessions, key))) for _ in range(3)
    ]
    with without_others(sessions, key):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert len([won for won in claims if won is not None]) == 1


def test_nothing_is_claimed_that_does_not_exist(sessions: Sessions) -> None:
    assert claim(sessions, uuid.uuid4()) is None


@pytest.mark.parametrize("slow_one_first", [True, False])
def test_a_worker_whose_lease_ran_out_is_not_heard_any_more(
    one: Person, sessions: Sessions, slow_one_first: bool
) -> None:
    key = uuid.UUID(one.queued())
    slow = claimed(sessions, key)
    let_the_lease_run_out(sessions, key)
    quick = claimed(sessions, key)
    assert quick.attempts == 2
    order = [slow, quick] if slow_one_first else [quick, slow]
    heard = {worker.attempts: settle(sessions, worker) for worker in order}
    assert heard == {1: False, 2: True}
    assert one.wallet() == {"balance": 90, "held": 0, "available": 90}
    assert [entry["kind"] for entry in one.transactions()] == ["capture", "hold", "topup"]


def test_a_late_failure_does_not_undo_a_success(one: Person, sessions: Sessions) -> None:
    key = uuid.UUID(one.queued())
    slow = claimed(sessions, key)
    let_the_lease_run_out(sessions, key)
    assert settle(sessions, claimed(sessions, key))
    assert not settle(sessions, slow, ScoringError("too late"))
    assert one.task(str(key))["status"] == "succeeded"


def test_a_worker_that_is_late_but_alone_is_heard(one: Person, sessions: Sessions) -> None:
    key = uuid.UUID(one.queued())
    slow = claimed(sessions, key)
    let_the_lease_run_out(sessions, key, swept=False)
    assert settle(sessions, slow)


def test_finishing_twice_charges_once(one: Person, sessions: Sessions) -> None:
    key = uuid.UUID(one.queued())
    worker = claimed(sessions, key)
    assert settle(sessions, worker)
    assert not settle(sessions, worker)
    assert one.wallet()["balance"] == 90


def test_a_job_that_runs_twice_charges_once(one: Person, run_jobs: Callable[[], None]) -> None:
    task_id = one.queued()
    run_jobs()
    before = one.task(task_id)
    predict_queued()
    assert one.task(task_id) == before
    assert one.wallet()["balance"] == 90


@pytest.mark.parametrize("again", [billing.capture, billing.release])
@pytest.mark.parametrize("first", [billing.capture, billing.release])
def test_a_hold_is_settled_once(
    one: Person,
    sessions: Sessions,
    first: Callable[[Session, Task], None],
    again: Callable[[Session, Task], None],
) -> None:
    key = uuid.UUID(one.queued())
    with sessions() as session:  # thrown away: the task itself is not finished
        task = session.get_one(Task, key)
        first(session, task)
        wallet = billing.wallet_of(session, _owner(session, task))
        settled = (wallet.balance, wallet.held)
        again(session, task)
        wallet = billing.wallet_of(session, _owner(session, task))
        assert (wallet.balance, wallet.held) == settled
        assert settled == ((90, 0) if first is billing.capture else (100, 0))
        session.rollback()


def test_settling_at_the_same_moment_leaves_a_clean_ledger(one: Person, sessions: Sessions) -> None:
    """Cancels by the owner race workers that finish."""
    keys = [uuid.UUID(one.queued()) for _ in range(8)]
    workers = {key: claimed(sessions, key) for key in keys}
    threads = []
    for key, worker in workers.items():
        who = one.elsewhere()
        threads += [
            threading.Thread(target=settle, args=(sessions, worker)),
            threading.Thread(target=who.post, args=(f"/api/tasks/{key}/cancel",)),
        ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    states = [one.task(str(key))["status"] for key in keys]
    assert set(states) <= {"succeeded", "canceled"}
    left = 100 - 10 * states.count("succeeded")
    assert one.wallet() == {"balance": left, "held": 0, "available": left}
    with sessions() as session:
        assert audit(session).differences == ()


def _owner(session: Session, task: Task) -> User:
    return session.get_one(User, task.user_id)
