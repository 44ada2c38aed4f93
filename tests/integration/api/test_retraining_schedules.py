"""Clocks that are retrained regularly: exactly one retraining for each time that is due."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from agelens.services.retraining import schedules
from agelens.settings import Settings
from agelens.storage import Retraining, RetrainingSchedule
from flask import Flask
from integration.api.problem_shape import expect_field, expect_problem
from integration.people import Person
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

PATH = "/api/admin/retrainings/schedules"
Sessions = sessionmaker[Session]


@pytest.fixture(autouse=True)
def _leave_no_schedule(sessions: Sessions) -> Iterator[None]:
    yield
    with sessions.begin() as session:
        session.query(RetrainingSchedule).delete()
        session.query(Retraining).delete()


@pytest.fixture
def configured(
    settings: Settings, make_app: Callable[[Settings], Flask], admin: Person, tmp_path: Path
) -> Person:
    app = make_app(settings.model_copy(update={"training_data": tmp_path}))
    return Person(app.test_client(), admin.email, admin.token)


def put(admin: Person, model: str = "kaggle-age", **body: Any) -> TestResponse:
    return admin.request("PUT", f"{PATH}/{model}", json=body)


def overdue(sessions: Sessions, hours: float) -> datetime:
    """Make the schedule due since so many hours."""
    at = datetime.now(UTC) - timedelta(hours=hours)
    with sessions.begin() as session:
        session.execute(update(RetrainingSchedule).values(next_at=at))
    return at


def retrainings(sessions: Sessions) -> list[Retraining]:
    with sessions() as session:
        return list(session.scalars(select(Retraining).order_by(Retraining.created_at)))


def look(sessions: Sessions) -> int:
    with sessions.begin() as session:
        return schedules.request_due(session)


def test_a_schedule_is_set_changed_shown_and_removed(configured: Person) -> None:
    before = datetime.now(UTC)
    response = put(configured, every_hours=24)
    assert response.status_code == 200
    wire = response.json
    assert set(wire) == {"model", "every_hours", "next_at", "requested_by", "created_at"}
    due = datetime.fromisoformat(wire["next_at"]) - before
    assert timedelta(hours=24) <= due < timedelta(hours=24, minutes=1)
    assert put(configured, every_hours=24).json == wire, "saying it again moves nothing"
    changed = put(configured, every_hours=168).json
    assert (changed["every_hours"], changed["next_at"] > wire["next_at"]) == (168, True)
    assert configured.get(PATH).json == {"items": [changed], "next_cursor": None}
    assert configured.get(f"{PATH}/kaggle-age").json == changed
    assert configured.delete(f"{PATH}/kaggle-age").status_code == 204
    expect_problem(configured.delete(f"{PATH}/kaggle-age"), 404, "not_found")
    expect_problem(configured.get(f"{PATH}/kaggle-age"), 404, "not_found")


@pytest.mark.parametrize("hours", [0, -1, 1.5, "24", True, None, 10**9])
def test_hours_are_whole_and_possible(configured: Person, hours: Any) -> None:
    expect_field(put(configured, every_hours=hours), "/every_hours")


def test_only_clocks_with_a_notebook_are_scheduled(configured: Person) -> None:
    expect_field(put(configured, "phenoage", every_hours=1), "/model")


def test_nothing_is_requested_before_it_is_due(configured: Person, sessions: Sessions) -> None:
    put(configured, every_hours=1)
    assert look(sessions) == 0
    assert retrainings(sessions) == []


def test_what_is_due_is_requested_once_on_the_configured_data(
    configured: Person, sessions: Sessions
) -> None:
    put(configured, every_hours=24)
    due_at = overdue(sessions, hours=1)
    assert [look(sessions), look(sessions)] == [1, 0]
    (requested,) = retrainings(sessions)
    assert (requested.model, requested.data_source, requested.status, requested.due_at) == (
        "kaggle-age",
        "configured",
        "queued",
        due_at,
    )
    assert str(requested.requested_by) == configured.id()
    assert datetime.fromisoformat(
        configured.get(f"{PATH}/kaggle-age").json["next_at"]
    ) == due_at + timedelta(hours=24)


def test_missed_times_are_made_up_for_by_one_retraining(
    configured: Person, sessions: Sessions
) -> None:
    put(configured, every_hours=24)
    due_at = overdue(sessions, hours=24 * 3 + 1)
    assert look(sessions) == 1
    assert len(retrainings(sessions)) == 1
    with sessions() as session:
        (schedule,) = schedules.everything(session)
    assert schedule.next_at == due_at + timedelta(hours=96)


def test_two_schedulers_at_the_same_moment_request_one_retraining(
    configured: Person, sessions: Sessions
) -> None:
    put(configured, every_hours=1)
    for _ in range(5):
        overdue(sessions, hours=0.5)
        before = len(retrainings(sessions))
        barrier = threading.Barrier(4)

        def scheduler(barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            look(sessions)

        threads = [threading.Thread(target=scheduler) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(retrainings(sessions)) == before + 1


def test_a_due_time_has_one_retraining_whatever_asks_for_it(
    configured: Person, sessions: Sessions
) -> None:
    put(configured, every_hours=1)
    overdue(sessions, hours=0.5)
    look(sessions)
    with sessions() as session:
        doubled = select(func.count()).select_from(Retraining).group_by(Retraining.due_at)
        assert session.scalars(doubled).all() == [1]
