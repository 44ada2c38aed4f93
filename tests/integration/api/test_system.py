"""Health, readiness, metrics, and the reference page."""

import re
import time
from collections.abc import Iterator

import pytest
from agelens.queueing import PREDICT, RETRAIN
from agelens.queueing.heartbeat import key_of
from agelens.settings import Settings
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory
from redis import Redis

WORKERS, TRAINERS = key_of(PREDICT.queue), key_of(RETRAIN.queue)


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    client = Redis.from_url(str(settings.redis_url))
    client.delete(WORKERS, TRAINERS)
    yield client
    client.delete(WORKERS, TRAINERS)
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
