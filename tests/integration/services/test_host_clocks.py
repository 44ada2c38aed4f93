"""Hosts' clocks may be hours off: what counts is the clock of the database, and that of Redis."""

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from agelens.queueing import JobQueue
from agelens.queueing.heartbeat import Heartbeat, alive
from agelens.services import tasks
from agelens.storage import Task, User
from integration.conftest import PersonFactory
from integration.people import PANEL
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

HOUR = timedelta(hours=1)


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


def test_a_task_of_an_api_with_a_wrong_clock_is_found_by_the_sweep(
    person: PersonFactory,
    sessions: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An hour ahead it would have been found an hour later."""
    somebody = person(100)

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Ahead":
            return cls.fromtimestamp(time.time() + HOUR.total_seconds(), UTC)

    monkeypatch.setattr(tasks, "datetime", Ahead)
    with sessions.begin() as session:
        owner = session.get_one(User, uuid.UUID(somebody.id()))
        task = tasks.submit(session, owner, answers=PANEL)
    with sessions() as session:
        enqueued_at, now = session.execute(
            select(Task.enqueued_at, func.clock_timestamp()).where(Task.id == task.id)
        ).one()
    assert abs(enqueued_at - now) < timedelta(minutes=1)
