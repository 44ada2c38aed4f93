"""Redis or PostgreSQL away: what can be done is done, the rest is 503 with Retry-After."""

import time
from collections.abc import Callable

import pytest
from agelens.queueing import PREDICT, JobQueue
from agelens.services import publishing, sweeps
from agelens.settings import Settings
from agelens.storage import Task
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.migrate import migrate
from flask import Flask
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory
from integration.people import PANEL, PASSWORD, Person, new_email
from servers import Servers
from sqlalchemy import func, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse


@pytest.fixture
def without_redis(settings: Settings, make_app: Callable[[Settings], Flask]) -> FlaskClient:
    away = settings.model_copy(update={"redis_url": "unix:///nowhere/redis.sock"})
    return make_app(away).test_client()


def test_without_redis_a_task_is_accepted_and_enqueued_later(
    without_redis: FlaskClient,
    settings: Settings,
    person: PersonFactory,
    run_jobs: Callable[[], None],
    sessions: sessionmaker[Session],
) -> None:
    run_jobs()  # no drain of another test is left
    one = person(10)
    with_redis, one.http = one.http, without_redis
    task_id = one.queued()
    one.http = with_redis
    run_jobs()
    assert one.task(task_id)["status"] == "queued"
    queue = JobQueue(str(settings.redis_url), job_timeout_seconds=30)
    with sessions() as session:
        session.execute(
            update(Task)
            .where(Task.id == task_id)
            .values(enqueued_at=func.clock_timestamp() - 2 * sweeps.ENQUEUED_FOR_LONG)
        )
        sweeps.enqueue_forgotten(session, sweeps.TASKS, queue.waiting(PREDICT.queue))
        queue.commit(session)
    assert queue.waiting(PREDICT.queue)
    queue.redis.close()
    run_jobs()
    task = one.task(task_id)
    assert (task["status"], task["charged"], task["attempts"]) == ("succeeded", 10, 1)


def test_without_redis_it_is_not_ready_but_alive(without_redis: FlaskClient, admin: Person) -> None:
    assert without_redis.get("/healthz").status_code == 200
    problem = expect_problem(without_redis.get("/readyz"), 503, "unavailable")
    assert (problem["redis"], problem["database"]) == ("away", "ok")
    metrics = without_redis.get("/metrics")
    assert metrics.status_code == 200
    assert "agelens_tasks{" in metrics.text
    assert "agelens_queue_waiting{" not in metrics.text
    admin.http = without_redis
    response = admin.get("/api/admin/queues")
    expect_problem(response, 503, "unavailable")
    assert response.headers["Retry-After"]


@pytest.fixture
def own_stack(
    own_servers: Callable[[], Servers],
    settings: Settings,
    make_app: Callable[[Settings], Flask],
) -> tuple[Servers, Person]:
    """An API on servers that the test may stop, and somebody with credits."""
    servers = own_servers()
    engine = open_engine(servers.postgres.url)
    migrate(engine)
    with session_factory(engine).begin() as session:
        publishing.register_shipped(session)
    engine.dispose()
    urls = {"database_url": servers.postgres.url, "redis_url": servers.redis.url}
    app = make_app(settings.model_copy(update=urls))
    one = Person(app.test_client(), new_email()).register().log_in()
    one.post("/api/wallet/topup", {"amount": 100})
    return servers, one


def test_without_postgresql_requests_are_503_and_work_again_afterwards(
    own_stack: tuple[Servers, Person],
) -> None:
    servers, one = own_stack
    task_id = one.queued()
    servers.postgres.stop()
    started = time.monotonic()
    for response in _requests_that_need_the_database(one, task_id):
        expect_problem(response, 503, "unavailable")
        assert int(response.headers["Retry-After"]) >= 1
    assert time.monotonic() - started < 30
    assert one.http.get("/healthz").status_code == 200
    assert one.http.get("/api/biomarkers").status_code == 200
    problem = expect_problem(one.http.get("/readyz"), 503, "unavailable")
    assert (problem["database"], problem["redis"]) == ("away", "ok")
    metrics = one.http.get("/metrics")
    assert metrics.status_code == 200
    assert "agelens_queue_waiting{" in metrics.text
    servers.postgres.start()
    assert one.task(task_id)["status"] == "queued"
    assert one.predict().status_code == 202
    assert one.wallet() == {"balance": 100, "held": 20, "available": 80}


def _requests_that_need_the_database(one: Person, task_id: str) -> list[TestResponse]:
    login = {"email": one.email, "password": PASSWORD}
    return [
        one.get("/api/wallet"),
        one.get(f"/api/tasks/{task_id}?wait=1"),
        one.post("/api/tasks/predict", {"answers": PANEL}, headers={"Idempotency-Key": "x"}),
        one.post("/api/wallet/topup", {"amount": 5}),
        one.http.post("/api/auth/login", json=login),
        one.http.post("/api/auth/register", json=login),
        one.http.get("/api/ml-models"),
        one.get("/api/admin/users"),
    ]
