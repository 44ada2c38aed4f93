"""A cohort that waits says why: what is away, or who comes before it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from agelens.queueing.heartbeat import key_of
from agelens.queueing.queue import COHORTS
from agelens.services.cohorts import waiting
from agelens.settings import Settings
from agelens.storage import CohortPart
from flask import Flask
from integration.api.sent_cohorts import accepted, as_csv, cohort, people, send
from integration.conftest import PersonFactory
from integration.people import Person
from redis import Redis
from sqlalchemy import func, update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    with Redis.from_url(str(settings.redis_url)) as connection:
        connection.delete(key_of(COHORTS))
        yield connection
        connection.delete(key_of(COHORTS))


@pytest.fixture
def _worker(redis: Redis) -> None:
    """The heartbeat of a worker that takes nothing: what waits goes on waiting."""
    seconds, _ = redis.time()
    redis.zadd(key_of(COHORTS), {"a-worker": seconds})


@pytest.fixture(autouse=True)
def _nobody_is_scored(sessions: Sessions) -> Iterator[None]:
    """What other tests left running is ended, so that a test says who is scored."""
    with sessions.begin() as session:
        session.execute(end_running())
    yield
    with sessions.begin() as session:
        session.execute(end_running())


def end_running() -> Any:
    running = update(CohortPart).where(CohortPart.status == "running")
    return running.values(status="canceled", lease_expires_at=None)


def submitted(who: Person) -> str:
    return str(accepted(send(who, as_csv(people(1))))["id"])


def reason(who: Person, cohort_id: str) -> Any:
    return cohort(who, cohort_id)["waiting_for"]


def set_part(sessions: Sessions, cohort_id: str, **values: Any) -> None:
    with sessions.begin() as session:
        session.execute(
            update(CohortPart).where(CohortPart.cohort_id == cohort_id).values(**values)
        )


@pytest.mark.usefixtures("redis")
def test_without_a_worker_it_says_so(person: PersonFactory) -> None:
    one = person(100)
    assert reason(one, submitted(one)) == {
        "reason": "workers",
        "cohorts_ahead": 0,
        "message": waiting.NO_WORKERS,
    }


def test_without_redis_it_says_so(
    person: PersonFactory, settings: Settings, make_app: Callable[[Settings], Flask]
) -> None:
    one = person(100)
    away = settings.model_copy(update={"redis_url": "unix:///nowhere/redis.sock"})
    one.http = make_app(away).test_client()
    assert reason(one, submitted(one))["reason"] == "queue"


@pytest.mark.usefixtures("_worker")
def test_behind_ones_own_it_says_behind_how_many(person: PersonFactory) -> None:
    one = person(100)
    ids = [submitted(one) for _ in range(3)]
    found = [reason(one, cohort_id) for cohort_id in ids]
    assert [each["reason"] for each in found] == ["turn", "own_cohorts", "own_cohorts"]
    assert [each["cohorts_ahead"] for each in found] == [0, 1, 2]
    assert found[0]["message"] == waiting.NEXT
    assert found[1]["message"] == "It is waiting behind another of your cohorts."
    assert found[2]["message"] == "It is waiting behind 2 of your other cohorts."
    one.post(f"/api/cohorts/{ids[0]}/cancel")
    assert reason(one, ids[1])["reason"] == "turn"
    assert reason(one, ids[0]) is None


@pytest.mark.usefixtures("_worker")
def test_while_others_are_scored_it_says_so_and_not_who(
    person: PersonFactory, sessions: Sessions
) -> None:
    one, other = person(100), person(100)
    theirs, mine = submitted(other), submitted(one)
    set_part(sessions, theirs, status="running")
    found = reason(one, mine)
    assert found == {"reason": "other_people", "cohorts_ahead": 0, "message": waiting.OTHERS}
    assert reason(other, theirs) is None  # it is being scored


@pytest.mark.usefixtures("_worker")
def test_while_the_storage_is_away_it_says_so(person: PersonFactory, sessions: Sessions) -> None:
    one = person(100)
    mine = submitted(one)
    later = func.clock_timestamp() + timedelta(seconds=60)
    set_part(sessions, mine, handed_back=3, enqueued_at=later)
    assert reason(one, mine)["reason"] == "storage"


@pytest.mark.usefixtures("redis")
def test_drafts_and_ended_cohorts_wait_for_nothing(
    person: PersonFactory, run_jobs: Callable[[], None]
) -> None:
    one = person(100)
    draft = accepted(send(one, as_csv(people(1)), query={"draft": "true"}), 201)
    done = submitted(one)
    run_jobs()
    assert cohort(one, done)["status"] == "succeeded"
    assert reason(one, done) is None
    assert reason(one, draft["id"]) is None
