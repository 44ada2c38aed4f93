"""Queued predictions are drained in batches: nobody is left behind, starved, or dragged down."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from agelens.domain.errors import ScoringError
from agelens.jobs import connections, predict, scheduler
from agelens.queueing import PREDICT, JobQueue, JobTimeoutException
from agelens.services import sweeps, task_claims, task_scoring, task_settling
from agelens.services.audit import audit
from agelens.services.task_claims import TaskClaim
from agelens.settings import Settings
from agelens.storage import Task
from integration.claims import LEASE_SECONDS, put_leases_aside
from integration.conftest import PersonFactory
from integration.people import PANEL, Person
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
RunJobs = Callable[[], None]


@pytest.fixture(autouse=True)
def _nothing_else_is_queued(run_jobs: RunJobs, sessions: Sessions) -> None:
    """Nor will anything be that another test left running."""
    predict.predict_queued()
    run_jobs()
    put_leases_aside(sessions)


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    made = JobQueue(str(settings.redis_url), job_timeout_seconds=30)
    yield made
    made.redis.close()


def queued(one: Person, count: int) -> list[str]:
    return [one.queued() for _ in range(count)]


def claim(
    sessions: Sessions, most: int, after: uuid.UUID = task_claims.BEFORE_ALL_OWNERS
) -> list[TaskClaim]:
    with sessions.begin() as session:
        return task_claims.claim(session, most=most, lease_seconds=LEASE_SECONDS, after=after)


def statuses(one: Person, keys: Sequence[str]) -> Counter[str]:
    return Counter(one.task(key)["status"] for key in keys)


def test_a_burst_rings_for_a_job_or_few(person: PersonFactory, queue: JobQueue) -> None:
    one = person(300)
    queued(one, 30)
    assert len(queue.waiting(PREDICT.queue)) == 1


def test_what_is_queued_while_a_drain_ends_has_rung(
    person: PersonFactory,
    queue: JobQueue,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between its last look and its end: the drain's job is no longer a waiting one."""
    one, late = person(20), []
    retry = task_claims.claim_retry

    def queue_one_more(session: Session, **lease: float) -> list[TaskClaim]:
        if not late:
            late.append(one.elsewhere().queued())
            assert len(queue.waiting(PREDICT.queue)) == 1
        return retry(session, **lease)

    monkeypatch.setattr(task_claims, "claim_retry", queue_one_more)
    first = one.queued()
    run_jobs()
    assert statuses(one, [first, *late]) == {"succeeded": 2}


def test_owners_share_a_batch_alike_and_their_oldest_come_first(
    person: PersonFactory, sessions: Sessions, run_jobs: RunJobs
) -> None:
    heavy, light, other = person(400), person(20), person(20)
    many = queued(heavy, 40)
    few = queued(light, 2) + queued(other, 1)
    claimed = claim(sessions, 12)
    by_owner = Counter(one.user_id for one in claimed)
    assert sorted(by_owner.values()) == [1, 2, 4]
    assert {str(one.id) for one in claimed} == {*few, *many[:4]}
    with sessions.begin() as session:
        assert task_claims.hand_back(session, claimed) == len(claimed)
    run_jobs()
    assert statuses(heavy, many) == {"succeeded": 40}


def test_more_owners_than_a_batch_has_places_take_turns(
    person: PersonFactory, sessions: Sessions, run_jobs: RunJobs
) -> None:
    owners = [person(20) for _ in range(7)]
    for owner in owners:
        queued(owner, 2)
    first = claim(sessions, 3)
    second = claim(sessions, 3, max(one.user_id for one in first))
    third = claim(sessions, 3, max(one.user_id for one in second))
    assert len({one.user_id for one in [*first, *second, *third]}) == 7
    with sessions.begin() as session:
        task_claims.hand_back(session, [*first, *second, *third])
    run_jobs()
    for owner in owners:
        assert owner.wallet()["balance"] == 0


def test_two_workers_never_claim_the_same_task(
    person: PersonFactory, sessions: Sessions, run_jobs: RunJobs
) -> None:
    one = person(600)
    keys = queued(one, 60)
    found: list[list[TaskClaim]] = []
    threads = [threading.Thread(target=lambda: found.append(claim(sessions, 25))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    claimed = [claim.id for batch in found for claim in batch]
    assert len(claimed) == len(set(claimed))
    assert len(claimed) >= 25
    assert {str(key) for key in claimed} <= set(keys)
    with sessions.begin() as session:
        task_claims.hand_back(session, [claim for batch in found for claim in batch])
    run_jobs()
    assert one.wallet() == {"balance": 0, "held": 0, "available": 0}


def test_a_batch_of_several_people_is_settled_at_once_and_the_books_are_right(
    person: PersonFactory, run_jobs: RunJobs, sessions: Sessions
) -> None:
    people = [person(50) for _ in range(4)]
    for _ in range(5):
        for one in people:
            one.queued()
    settled: list[int] = []
    settle = task_settling.settle

    def count(session: Session, outcomes: Any, **patience: float) -> list[uuid.UUID]:
        settled.append(len(outcomes))
        return settle(session, outcomes, **patience)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_settling, "settle", count)
        run_jobs()
    assert settled[0] == 20
    for one in people:
        assert one.wallet() == {"balance": 0, "held": 0, "available": 0}
        balances = [entry["balance_after"] for entry in one.transactions()]
        assert balances[:5] == [0, 10, 20, 30, 40]
    with sessions() as session:
        assert audit(session).differences == ()


def test_what_fails_in_a_batch_fails_alone(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(50)
    keys = queued(one, 5)
    predict_all = task_scoring.predict_all

    def poisoned(clock: Any, panels: Sequence[Any]) -> Any:
        if len(panels) == 1 and not chosen:
            chosen.append(panels[0])
            raise ZeroDivisionError
        if len(panels) > 1:
            raise ZeroDivisionError
        return predict_all(clock, panels)

    chosen: list[Any] = []
    monkeypatch.setattr(task_scoring, "predict_all", poisoned)
    run_jobs()
    assert statuses(one, keys) == {"succeeded": 4, "failed": 1}
    assert one.wallet() == {"balance": 10, "held": 0, "available": 10}


def test_what_the_database_refuses_of_one_keeps_the_others_from_nothing(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(50)
    keys = queued(one, 5)
    score = task_scoring.score

    def one_with_nul(clock: Any, claims: Sequence[TaskClaim]) -> Any:
        results = score(clock, claims)
        refused = ScoringError("PostgreSQL keeps no \0 in a text")
        return [
            refused if str(claimed.id) == keys[2] else result
            for claimed, result in zip(claims, results, strict=True)
        ]

    monkeypatch.setattr(task_scoring, "score", one_with_nul)
    run_jobs()
    assert statuses(one, keys) == {"succeeded": 4, "running": 1}
    assert one.wallet() == {"balance": 10, "held": 10, "available": 0}
    assert one.post(f"/api/tasks/{keys[2]}/cancel").status_code == 200


def test_a_task_whose_worker_was_lost_is_tried_again_by_itself(
    person: PersonFactory, sessions: Sessions
) -> None:
    one = person(60)
    retried, fresh = queued(one, 3), queued(one, 3)
    with sessions.begin() as session:
        session.execute(update(Task).where(Task.id.in_(retried)).values(attempts=1))
    assert {str(each.id) for each in claim(sessions, 32)} == set(fresh)
    found = []
    for _ in range(4):
        with sessions.begin() as session:
            found.append(task_claims.claim_retry(session, lease_seconds=LEASE_SECONDS))
    assert [len(each) for each in found] == [1, 1, 1, 0]
    assert [str(each[0].id) for each in found[:3]] == retried
    assert {each[0].attempts for each in found[:3]} == {2}


@pytest.mark.parametrize("batch", [1, 32])
def test_a_drain_leaves_nothing(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(connections.settings(), "prediction_batch", batch)
    one = person(700)
    keys = queued(one, 70)
    run_jobs()
    assert statuses(one, keys) == {"succeeded": 70}
    assert one.wallet() == {"balance": 0, "held": 0, "available": 0}


def test_a_slice_goes_on_where_the_last_one_ended(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock so slow that one batch fills a slice starves nobody."""
    monkeypatch.setattr(connections.settings(), "prediction_batch", 2)
    monkeypatch.setattr(predict, "SLICE_SECONDS", 0.0001)
    owners = [person(100) for _ in range(5)]
    for owner in owners:
        queued(owner, 4)
    served: Counter[uuid.UUID] = Counter()
    score = task_scoring.score

    def note(clock: Any, claims: Sequence[TaskClaim]) -> Any:
        served.update(claim.user_id for claim in claims)
        return score(clock, claims)

    monkeypatch.setattr(task_scoring, "score", note)
    while served.total() < 10:
        predict.predict_queued()
    assert len(served) == 5
    monkeypatch.undo()
    run_jobs()


def test_a_clock_that_hangs_ends_its_task_alone(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RQ's alarm rings once a job: what it cuts off in a batch is tried again one by one."""
    one = person(20)
    keys = queued(one, 2)

    def hang(*_: object) -> None:
        raise JobTimeoutException

    with monkeypatch.context() as patch:
        patch.setattr(task_scoring, "predict_all", hang)
        with pytest.raises(JobTimeoutException):
            predict.predict_queued()
        assert statuses(one, keys) == {"running": 2}
        with connections.sessions().begin() as session:
            session.execute(
                update(Task)
                .where(Task.id.in_(keys))
                .values(lease_expires_at=func.clock_timestamp())
            )
            sweeps.end_expired_leases(session, sweeps.TASKS)
        predict.predict_queued()
        predict.predict_queued()
    assert statuses(one, keys) == {"failed": 2}
    assert one.wallet() == {"balance": 20, "held": 0, "available": 20}
    run_jobs()


def test_a_lone_task_costs_a_worker_a_claim_and_a_settling(
    person: PersonFactory, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predict, "SLICE_SECONDS", 60.0)  # else a slow one enqueues another drain
    person(10).queued()
    ran: list[str] = []
    engine = connections.autocommit_sessions().kw["bind"]

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        ran.append(statement.split()[0] + (" result" if "said.result" in statement else ""))

    event.listen(engine, "before_cursor_execute", note)
    try:
        run_jobs()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert ran.count("with result") == 1
    assert len(ran) == 3  # the claim, the settling, and a look for retries


def test_results_of_a_batch_are_those_of_each_alone(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(60)
    panels = [PANEL | {"bone_density": value} for value in (0.7, 0.9, 1.1)]
    together = [one.predict(panel).json["task_id"] for panel in panels]
    run_jobs()
    for panel, key in zip(panels, together, strict=True):
        alone = one.predict(panel).json["task_id"]
        run_jobs()
        ours, theirs = one.task(key)["result"], one.task(alone)["result"]
        assert flat(ours) == pytest.approx(flat(theirs), abs=1e-9)


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Numbers and texts by where they are."""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = {str(place): each for place, each in enumerate(value)}.items()
    else:
        return {path: value}
    return {k: v for name, each in pairs for k, v in flat(each, f"{path}/{name}").items()}


def test_nothing_runs_for_ever_without_a_ring(
    person: PersonFactory, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    """A drain that Redis lost: the sweep enqueues one for tasks that have waited for a while."""
    one = person(10)
    key = one.queued()
    queue.redis.flushdb()
    with sessions.begin() as session:
        long_ago = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, 10)
        session.execute(update(Task).where(Task.id == key).values(enqueued_at=long_ago))
        assert session.scalar(select(Task.status).where(Task.id == key)) == "queued"
    scheduler.sweep(queue)
    assert len(queue.waiting(PREDICT.queue)) == 1
    run_jobs()
    assert one.task(key)["status"] == "succeeded"
