"""Hosts' clocks may be hours off: what counts is the clock of the database, and that of Redis."""

import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from agelens.queueing import JobQueue
from agelens.queueing.heartbeat import Heartbeat, alive
from agelens.services import task_claims, tasks
from agelens.services.cohorts import parts
from agelens.services.retraining import requests, runs, schedules
from agelens.storage import CohortPart, Retraining, Task, User
from integration.conftest import PersonFactory
from integration.kept_cohorts import Cohorts, people
from integration.people import PANEL, Person
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

HOUR = timedelta(hours=1)
LEASE_SECONDS = 30.0
Sessions = sessionmaker[Session]


class Ahead(datetime):
    """What a host sees whose clock is an hour ahead."""

    @classmethod
    def now(cls, tz: object = None) -> "Ahead":
        return cls.fromtimestamp(time.time() + HOUR.total_seconds(), UTC)


@pytest.fixture
def put_ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From then on every module of this process has a clock that is an hour ahead."""

    def put() -> None:
        ours = [module for name, module in sys.modules.items() if name.startswith("agelens.")]
        for module in ours:
            if getattr(module, "datetime", None) is datetime:
                monkeypatch.setattr(module, "datetime", Ahead)
        right = time.time
        monkeypatch.setattr(time, "time", lambda: right() + HOUR.total_seconds())

    return put


@pytest.mark.parametrize("off_seconds", [-3600, 3600])
def test_a_worker_with_a_wrong_clock_is_alive_while_it_beats_and_not_afterwards(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch, off_seconds: int
) -> None:
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + off_seconds)
    with Heartbeat(queue.redis, "elsewhere", ["predictions"]):
        deadline = time.monotonic() + 5
        while not alive(queue.redis, "predictions") and time.monotonic() < deadline:
            time.sleep(0.01)
        monkeypatch.setattr(time, "time", right)
        assert alive(queue.redis, "predictions") == ["elsewhere"]
    queue.redis.zadd("agelens:workers:predictions", {"dead": right() - 60})
    assert alive(queue.redis, "predictions") == []


def submit(session: Session, somebody: Person) -> Task:
    owner = session.get_one(User, uuid.UUID(somebody.id()))
    return tasks.submit(session, owner, answers=PANEL)


def request(session: Session) -> Retraining:
    return requests.queue_configured(session, model="kaggle-age", by_id=None)


def seconds_ahead(session: Session, moment: datetime | None) -> float:
    """Of the database's clock."""
    assert moment is not None
    now = session.scalars(select(func.clock_timestamp())).one()
    return (moment - now).total_seconds()


def test_work_of_an_api_with_a_wrong_clock_is_found_by_the_sweep(
    person: PersonFactory,
    cohorts_of: Callable[[Person], Cohorts],
    sessions: Sessions,
    put_ahead: Callable[[], None],
) -> None:
    """An hour ahead it would have been found an hour later."""
    somebody = person(1000)
    theirs = cohorts_of(somebody)
    put_ahead()
    key = theirs.create(people(3))
    with sessions() as session:
        queued = [submit(session, somebody), request(session), *theirs.parts(key)]
        session.flush()
        for row in queued:
            table = type(row)
            moment = session.scalar(select(table.enqueued_at).where(table.id == row.id))
            assert abs(seconds_ahead(session, moment)) < 60, table
        session.rollback()
    theirs.cancel(key)


def test_a_lease_of_a_worker_with_a_wrong_clock_ends_when_the_database_says(
    person: PersonFactory,
    cohorts_of: Callable[[Person], Cohorts],
    sessions: Sessions,
    put_ahead: Callable[[], None],
) -> None:
    """An hour ahead a dead worker's work would have been held for an hour; an hour behind, never."""
    somebody = person(1000)
    theirs = cohorts_of(somebody)
    key = theirs.create(people(3))
    (part,) = theirs.parts(key)
    with sessions() as session:
        task, retraining = submit(session, somebody), request(session)
        session.flush()
        put_ahead()
        assert task.id in [
            one.id for one in task_claims.claim(session, most=1000, lease_seconds=LEASE_SECONDS)
        ]
        held = parts.claim(session, part.id, LEASE_SECONDS)
        training = runs.claim(session, retraining.id, LEASE_SECONDS)
        assert held is not None
        assert training is not None
        for renew in (
            lambda: True,
            partial(parts.renew, session, held, LEASE_SECONDS),
            partial(runs.renew, session, training, LEASE_SECONDS),
        ):
            assert renew()
            for table, row_id in (
                (Task, task.id),
                (CohortPart, part.id),
                (Retraining, retraining.id),
            ):
                lease = select(table.lease_expires_at).where(table.id == row_id)
                left = seconds_ahead(session, session.scalar(lease))
                assert LEASE_SECONDS - 20 < left <= LEASE_SECONDS, table
        session.rollback()
    theirs.cancel(key)


def test_a_retraining_is_due_when_the_database_says(
    person: PersonFactory, sessions: Sessions, put_ahead: Callable[[], None], tmp_path: Path
) -> None:
    by_id = uuid.UUID(person().id())
    put_ahead()
    with sessions() as session:
        made = schedules.put(session, "kaggle-age", 1, folder=tmp_path, by_id=by_id)
        assert abs(seconds_ahead(session, made.next_at) - HOUR.total_seconds()) < 60
        assert schedules.request_due(session) == 0, "an hour ahead it would be due"
        session.rollback()
