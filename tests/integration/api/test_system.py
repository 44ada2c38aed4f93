"""Health, readiness, metrics, and the reference page."""

import json
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from agelens.queueing import PREDICT, RETRAIN
from agelens.queueing.heartbeat import SCHEDULER, key_of
from agelens.services import storage_binding, storage_probe
from agelens.settings import Settings
from agelens.storage import CohortPart, Task
from flask import Flask
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory
from integration.kept_cohorts import people
from redis import Redis
from sqlalchemy import func, text, update
from sqlalchemy.orm import Session, sessionmaker

WORKERS, TRAINERS = key_of(PREDICT.queue), key_of(RETRAIN.queue)
SCHEDULERS = key_of(SCHEDULER)


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    client = Redis.from_url(str(settings.redis_url))
    client.delete(WORKERS, TRAINERS)
    client.zadd(SCHEDULERS, {"a-scheduler": time.time()})
    yield client
    client.delete(WORKERS, TRAINERS, SCHEDULERS)
    client.close()


def test_healthz_answers(http: FlaskClient) -> None:
    response = http.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_readyz_is_ready_with_a_worker(http: FlaskClient, redis: Redis) -> None:
    redis.zadd(WORKERS, {"a-worker": time.time()})
    response = http.get("/readyz")
    assert response.status_code == 200
    assert response.json["status"] == "ready"
    assert response.json["workers"] == 1
    assert response.json["model"].startswith("kaggle-age ")


def test_a_trainer_makes_no_predictions_ready(http: FlaskClient, redis: Redis) -> None:
    redis.zadd(TRAINERS, {"a-trainer": time.time()})
    problem = expect_problem(http.get("/readyz"), 503, "unavailable")
    assert problem["detail"] == "Not ready: workers."
    redis.zadd(WORKERS, {"a-worker": time.time()})
    ready = http.get("/readyz").json
    assert (ready["workers"], ready["trainers"]) == (1, 1)
    metrics = http.get("/metrics").text
    assert 'agelens_workers{queue="predictions"} 1.0' in metrics
    assert 'agelens_workers{queue="training"} 1.0' in metrics


def test_readyz_names_what_is_missing(http: FlaskClient, redis: Redis) -> None:
    redis.zadd(WORKERS, {"a-worker-that-was-killed": time.time() - 60})
    response = http.get("/readyz")
    problem = expect_problem(response, 503, "unavailable")
    assert problem["detail"] == "Not ready: workers."
    assert (problem["database"], problem["redis"], problem["workers"]) == ("ok", "ok", 0)
    assert response.headers["Retry-After"]


def test_a_frozen_scheduler_is_named(http: FlaskClient, redis: Redis) -> None:
    redis.zadd(WORKERS, {"a-worker": time.time()})
    redis.zadd(SCHEDULERS, {"a-scheduler": time.time() - 60})
    problem = expect_problem(http.get("/readyz"), 503, "unavailable")
    assert problem["detail"] == "Not ready: scheduler."
    assert 'agelens_part_ok{part="scheduler"} 0.0' in http.get("/metrics").text


def test_a_storage_that_cannot_be_written_is_named(
    settings: Settings, make_app: Callable[[Settings], Flask], redis: Redis, tmp_path: Path
) -> None:
    redis.zadd(WORKERS, {"a-worker": time.time()})
    (tmp_path / "no-folder").write_text("")
    away = settings.model_copy(update={"storage": str(tmp_path / "no-folder" / "storage")})
    http = make_app(away).test_client()
    problem = expect_problem(http.get("/readyz"), 503, "unavailable")
    assert problem["detail"] == "Not ready: storage."
    assert 'agelens_part_ok{part="storage"} 0.0' in http.get("/metrics").text


def test_a_storage_that_hangs_is_named_in_time(
    settings: Settings, make_app: Callable[[Settings], Flask], redis: Redis, tmp_path: Path
) -> None:
    """As a network file system whose server is gone; here a pipe that nobody writes to."""
    redis.zadd(WORKERS, {"a-worker": time.time()})
    marker = tmp_path / storage_binding.MARKER
    os.mkfifo(marker)
    http = make_app(settings.model_copy(update={"storage": str(tmp_path)})).test_client()
    hung, kept = storage_probe.ANSWERS_WITHIN_SECONDS, storage_probe.FRESH_SECONDS
    began = time.monotonic()
    try:
        problem = expect_problem(http.get("/readyz"), 503, "unavailable")
        assert time.monotonic() - began < hung + kept
        assert problem["detail"] == "Not ready: storage."
    finally:
        os.close(os.open(marker, os.O_RDWR))  # lets the one go who reads


def test_a_storage_of_another_installation_is_named(
    settings: Settings, make_app: Callable[[Settings], Flask], redis: Redis, tmp_path: Path
) -> None:
    redis.zadd(WORKERS, {"a-worker": time.time()})
    (tmp_path / storage_binding.MARKER).write_text(json.dumps({"installation": str(uuid.uuid4())}))
    foreign = settings.model_copy(update={"storage": str(tmp_path)})
    http = make_app(foreign).test_client()
    problem = expect_problem(http.get("/readyz"), 503, "unavailable")
    assert problem["detail"] == "Not ready: storage (of another installation)."
    assert [path.name for path in tmp_path.iterdir()] == [storage_binding.MARKER]


def test_the_age_of_the_oldest_queued_work_is_told(
    http: FlaskClient, person: PersonFactory, redis: Redis, sessions: sessionmaker[Session]
) -> None:
    task_id = person(100).queued()
    with sessions.begin() as session:  # a draft of last week, which was run just now
        last_week = func.clock_timestamp() - timedelta(days=7)
        session.execute(update(Task).where(Task.id == task_id).values(created_at=last_week))
    redis.zadd(WORKERS, {"a-worker": time.time()})
    ready = http.get("/readyz").json
    assert 0 <= ready["oldest_prediction_seconds"] < 3600
    metrics = http.get("/metrics").text
    assert 'agelens_oldest_queued_seconds{queue="predictions"}' in metrics
    assert 'agelens_oldest_queued_seconds{queue="cohorts"}' in metrics


def parts_handed_back(http: FlaskClient) -> int:
    name = 'agelens_parts_handed_back{status="queued"} '
    lines = http.get("/metrics").text.splitlines()
    return int(float(next(line for line in lines if line.startswith(name)).removeprefix(name)))


def test_the_age_of_the_oldest_cohort_and_parts_that_were_handed_back_are_told(
    http: FlaskClient, person: PersonFactory, redis: Redis, sessions: sessionmaker[Session]
) -> None:
    one = person(100)
    sent = one.post("/api/cohorts", data=people(3), content_type="text/csv")
    cohort = sent.json["id"]
    redis.zadd(WORKERS, {"a-worker": time.time()})
    assert 0 <= http.get("/readyz").json["oldest_cohort_seconds"] < 3600
    before = parts_handed_back(http)  # other tests may have left some
    handed_back = update(CohortPart).where(CohortPart.cohort_id == cohort).values(handed_back=2)
    with sessions.begin() as session:
        session.execute(handed_back)
    assert parts_handed_back(http) == before + 1
    assert one.post(f"/api/cohorts/{cohort}/cancel").status_code == 200
    assert parts_handed_back(http) == before


@pytest.mark.parametrize("revision", ["0001", "9999"])
def test_tables_of_another_version_are_named(
    http: FlaskClient, redis: Redis, sessions: sessionmaker[Session], revision: str
) -> None:
    redis.zadd(WORKERS, {"a-worker": time.time()})
    with sessions.begin() as session:
        before = session.scalar(text("select version_num from alembic_version"))
        session.execute(text("update alembic_version set version_num = :r"), {"r": revision})
    try:
        problem = expect_problem(http.get("/readyz"), 503, "unavailable")
    finally:
        with sessions.begin() as session:
            session.execute(text("update alembic_version set version_num = :r"), {"r": before})
    assert problem["detail"] == "Not ready: database (of another version)."


def test_metrics_are_prometheus_text(http: FlaskClient, person: PersonFactory) -> None:
    one = person(100)
    one.queued()
    response = http.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    assert 'agelens_queue_waiting{queue="predictions"}' in response.text
    assert re.search(r'agelens_tasks\{status="queued"\} [1-9]', response.text)
    assert "agelens_http_request_seconds_bucket" in response.text
    assert one.email not in response.text


def test_made_up_methods_make_no_new_time_series(http: FlaskClient) -> None:
    http.open("/api/wallet", method="BREW")
    metrics = http.get("/metrics").text
    assert "BREW" not in metrics
    assert 'method="other"' in metrics


def test_the_reference_loads_nothing_from_elsewhere(http: FlaskClient) -> None:
    page = http.get("/docs")
    assert page.status_code == 200
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(linked) >= 3
    for target in linked:
        assert target.startswith(("/docs/", "data:"))
        if target.startswith("/"):
            asset = http.get(target)
            assert asset.status_code == 200
            assert len(asset.data) > 100
            asset.close()
    assert "http" not in re.sub(r"\s", "", page.text).replace("<!doctypehtml>", "")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "/api/openapi.json" in http.get("/docs/start.js").text


def test_there_is_no_other_asset(http: FlaskClient) -> None:
    for path in ("/docs/assets/nothing.js", "/docs/assets/..%2f__init__.py", "/docs/x"):
        expect_problem(http.get(path), 404)


def test_the_root_leads_to_the_reference(http: FlaskClient) -> None:
    response = http.get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/docs"
