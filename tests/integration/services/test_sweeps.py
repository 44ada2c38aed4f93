"""What was lost is found: jobs that Redis forgot, tasks whose worker died."""

from collections.abc import Callable, Iterator

import pytest
from agelens.jobs import scheduler
from agelens.queueing import PREDICT, JobQueue
from agelens.services import sweeps
from agelens.services.audit import audit
from agelens.settings import Settings
from agelens.storage import Task
from integration.claims import claimed, put_leases_aside
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import func, update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
RunJobs = Callable[[], None]


@pytest.fixture
def queue(settings: Settings, sessions: Sessions) -> Iterator[JobQueue]:
    put_leases_aside(sessions)
    made = JobQueue(str(settings.redis_url), job_timeout_seconds=30)
    yield made
    made.redis.close()


@pytest.fixture
def one(person: PersonFactory) -> Person:
    return person(100)


def age(sessions: Sessions, key: str, **columns: float) -> None:
    """Move moments of a task into the past, by so many seconds."""
    with sessions.begin() as session:
        values = {
            name: func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
            for name, seconds in columns.items()
        }
        session.execute(update(Task).where(Task.id == key).values(**values))


def test_a_job_that_redis_forgot_is_enqueued_again(
    one: Person, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    scheduler.sweep(queue)  # what other tests left
    run_jobs()
    key = one.queued()
    queue.redis.flushdb()
    run_jobs()
    assert one.task(key)["status"] == "queued"
    age(sessions, key, enqueued_at=0)
    scheduler.sweep(queue)
    run_jobs()
    assert one.task(key)["status"] == "queued", "it is not old enough to be missed"
    age(sessions, key, enqueued_at=10)
    scheduler.sweep(queue)
    run_jobs()
    assert one.task(key)["status"] == "succeeded"


def test_where_a_job_waits_the_sweep_does_not_ring(
    one: Person, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    run_jobs()
    key = one.queued()
    age(sessions, key, enqueued_at=10)

    (before,) = queue.waiting(PREDICT.queue)
    scheduler.sweep(queue)
    assert queue.waiting(PREDICT.queue) == {before}


def test_a_dead_workers_task_is_queued_again(
    one: Person, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = one.queued()
    claimed(sessions, key)
    run_jobs()
    assert one.task(key)["status"] == "running"
    scheduler.sweep(queue)
    assert one.task(key)["status"] == "running", "its lease still runs"
    age(sessions, key, lease_expires_at=1)
    scheduler.sweep(queue)
    assert one.task(key)["status"] == "queued"
    assert one.wallet()["held"] == 10
    run_jobs()
    task = one.task(key)
    assert (task["status"], task["attempts"], task["charged"]) == ("succeeded", 2, 10)


def test_after_three_attempts_a_task_fails_and_costs_nothing(
    one: Person, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = one.queued()
    for attempt in (1, 2, 3):
        assert one.task(key)["status"] == "queued"
        claimed(sessions, key)
        assert one.task(key)["attempts"] == attempt
        age(sessions, key, lease_expires_at=1)
        scheduler.sweep(queue)
    task = one.task(key)
    assert (task["status"], task["charged"], task["result"]) == ("failed", 0, None)
    assert task["error"]["code"] == "worker_lost"
    assert "3 times" in task["error"]["message"]
    assert one.wallet() == {"balance": 100, "held": 0, "available": 100}
    run_jobs()
    assert one.task(key) == task
    with sessions() as session:
        assert audit(session).differences == ()


def test_sweeps_pass_over_what_somebody_works_on(one: Person, sessions: Sessions) -> None:
    locked, free = one.queued(), one.queued()
    for key in (locked, free):
        claimed(sessions, key)
        age(sessions, key, lease_expires_at=1)
    with sessions() as busy, sessions() as session:
        busy.get_one(Task, locked, with_for_update={"of": Task})
        sweeps.end_expired_leases(session, sweeps.TASKS)
        session.commit()
    assert [one.task(key)["status"] for key in (locked, free)] == ["running", "queued"]


def test_drafts_of_last_season_are_dropped_by_the_scheduler(
    one: Person, sessions: Sessions, queue: JobQueue
) -> None:
    old, recent = one.draft()["id"], one.draft()["id"]
    age(sessions, old, created_at=91 * 86400)
    scheduler.clean(queue)
    assert one.get(f"/api/tasks/{old}").status_code == 404
    assert one.task(recent)["status"] == "draft"


def test_a_sweep_that_finds_redis_away_is_tried_again(
    one: Person, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = one.queued()
    queue.redis.flushdb()
    age(sessions, key, enqueued_at=10)
    away = JobQueue("unix:///nowhere/redis.sock", job_timeout_seconds=30)
    scheduler.sweep(away)
    scheduler.sweep(queue)
    run_jobs()
    assert one.task(key)["status"] == "succeeded"
