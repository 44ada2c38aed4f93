"""Too much is 429 with Retry-After; without Redis each process counts for itself."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from agelens.settings import Settings
from agelens.web import rate_limits
from agelens.web.extensions import limiter
from flask import Flask
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory
from integration.people import PANEL, PASSWORD, Person, new_email
from redis import Redis
from werkzeug.test import TestResponse

MakeApp = Callable[[Settings], Flask]


@pytest.fixture
def with_limits(settings: Settings, make_app: MakeApp) -> Iterator[MakeApp]:
    """Apps whose limits are on; the limiter is one for the process, so it is switched off after."""
    yield lambda changed: make_app(changed.model_copy(update={"rate_limits": "on"}))
    limiter.enabled = False
    redis = Redis.from_url(str(settings.redis_url))
    for key in redis.scan_iter("LIMIT*"):
        redis.delete(key)
    redis.close()


def test_guessing_passwords_is_slowed_down_by_address(
    with_limits: MakeApp, settings: Settings
) -> None:
    http = with_limits(settings).test_client()
    allowed = int(rate_limits.CREDENTIALS.split()[0])
    body = {"email": new_email(), "password": PASSWORD}
    for number in range(allowed):
        token = {"Authorization": f"Bearer made-up-{number}"}  # no way around it
        expect_problem(_from("10.0.0.1", http, body, token), 401)
    response = _from("10.0.0.1", http, body, {})
    problem = expect_problem(response, 429, "rate_limited")
    assert rate_limits.CREDENTIALS.split()[0] in problem["detail"]
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    expect_problem(_from("10.0.0.2", http, body, {}), 401)
    assert http.get("/healthz", environ_overrides={"REMOTE_ADDR": "10.0.0.1"}).status_code == 200


def test_guessing_the_current_password_is_slowed_down(
    with_limits: MakeApp, settings: Settings
) -> None:
    one = Person(with_limits(settings).test_client(), new_email()).register().log_in()
    allowed = int(rate_limits.CREDENTIALS.split()[0])
    body = {"current": "not this one", "new": PASSWORD}

    def guess(number: int) -> TestResponse:
        address = {"REMOTE_ADDR": f"10.0.3.{number}"}  # no way around it
        return one.post("/api/auth/password", body, environ_overrides=address)

    for number in range(allowed):
        expect_problem(guess(number), 401)
    expect_problem(guess(allowed), 429, "rate_limited")


@pytest.mark.parametrize("path", ["forgot-password", "reset-password"])
def test_forgotten_passwords_are_slowed_down_by_address(
    with_limits: MakeApp, settings: Settings, path: str
) -> None:
    http = with_limits(settings).test_client()
    body = {"email": new_email()} if path[0] == "f" else {"token": "x", "password": PASSWORD}
    answers = [
        http.post(f"/api/auth/{path}", json=body).status_code
        for _ in range(int(rate_limits.CREDENTIALS.split()[0]) + 1)
    ]
    assert answers[0] in (404, 409)
    assert answers[-1] == 429


def test_guessing_links_is_slowed_down_by_address(with_limits: MakeApp, settings: Settings) -> None:
    http = with_limits(settings).test_client()
    allowed = int(rate_limits.OPENINGS.split()[0])
    answers = [http.get(f"/api/shared/guess-{n}").status_code for n in range(allowed + 1)]
    assert (set(answers[:-1]), answers[-1]) == ({404}, 429)


def test_a_request_that_runs_again_with_its_body_is_counted_once(
    with_limits: MakeApp, settings: Settings
) -> None:
    http = with_limits(settings).test_client()
    again = {"agelens.body_was_wanted": True}
    body = {"email": new_email(), "password": PASSWORD}
    for _ in range(int(rate_limits.CREDENTIALS.split()[0]) + 5):
        answer = http.post("/api/auth/login", json=body, environ_overrides=again)
        expect_problem(answer, 401)


def test_a_person_is_limited_and_no_other(
    with_limits: MakeApp,
    settings: Settings,
    person: PersonFactory,
) -> None:
    one, other = person(), person()
    one.http = other.http = with_limits(settings).test_client()
    statuses = {one.get("/healthz").status_code for _ in range(50)}
    assert statuses == {200}, "health is not limited"
    expect_problem(one.predict(), 402)
    redis = Redis.from_url(str(settings.redis_url))
    (counter,) = redis.scan_iter("LIMIT*predict*")
    redis.incr(counter, int(rate_limits.SUBMIT.split()[0]) - 1)  # as if so many had been sent
    redis.close()
    response = one.post("/api/tasks/predict", {"answers": PANEL})
    expect_problem(response, 429, "rate_limited")
    assert int(response.headers["Retry-After"]) >= 1
    expect_problem(other.predict(), 402)
    assert one.get("/api/wallet").status_code == 200


ID = uuid.UUID(int=0)


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/api/tasks/predict", rate_limits.SUBMIT),
        ("POST", f"/api/tasks/{ID}/run", rate_limits.SUBMIT),
        ("POST", "/api/cohorts", rate_limits.UPLOAD),
        ("POST", f"/api/cohorts/{ID}/run", rate_limits.UPLOAD),
        ("POST", f"/api/cohorts/{ID}/preview", rate_limits.UPLOAD),
        ("GET", "/api/ml-models/default/example", rate_limits.EXAMPLES),
        ("POST", "/api/assessments", rate_limits.SUBMIT),
        ("POST", "/api/assessments/check", rate_limits.CHECKS),
    ],
)
def test_work_is_limited_by_person_whichever_token_is_sent(
    with_limits: MakeApp,
    settings: Settings,
    person: PersonFactory,
    method: str,
    path: str,
    limit: str,
) -> None:
    one, other = person(), person()
    second = Person(one.http, one.email).log_in()
    one.http = other.http = second.http = with_limits(settings).test_client()
    assert one.request(method, path).status_code != 429
    redis = Redis.from_url(str(settings.redis_url))
    allowed = limit.split()[0]
    (counter,) = redis.scan_iter(f"LIMIT*{one.id()}*/{allowed}/*")
    redis.incr(counter, int(allowed) - 1)  # as if so many had been sent
    redis.close()
    for sender in (one, second):
        expect_problem(sender.request(method, path), 429, "rate_limited")
    assert other.request(method, path).status_code != 429


def test_changing_tokens_does_not_get_around_the_limit_of_an_address(
    with_limits: MakeApp, settings: Settings
) -> None:
    http = with_limits(settings).test_client()
    environ = {"REMOTE_ADDR": "10.0.0.4"}
    http.get("/api/biomarkers", environ_overrides=environ)
    redis = Redis.from_url(str(settings.redis_url))
    (counter,) = redis.scan_iter("LIMIT*10.0.0.4*6000*")
    redis.incr(counter, 6000)  # as if so many had been sent
    redis.close()
    for number in range(2):
        token = {"Authorization": f"Bearer made-up-{number}"}
        response = http.get("/api/biomarkers", headers=token, environ_overrides=environ)
        expect_problem(response, 429, "rate_limited")


def test_without_redis_limits_still_hold(with_limits: MakeApp, settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": "unix:///nowhere/redis.sock"})
    http = with_limits(away).test_client()
    body = {"email": new_email(), "password": PASSWORD}
    allowed = int(rate_limits.CREDENTIALS.split()[0])
    statuses = [_from("10.0.0.3", http, body, {}).status_code for _ in range(allowed + 1)]
    assert statuses == [401] * allowed + [429]


def _from(
    address: str, http: FlaskClient, body: dict[str, str], headers: dict[str, str]
) -> TestResponse:
    environ = {"REMOTE_ADDR": address}
    return http.post("/api/auth/login", json=body, headers=headers, environ_overrides=environ)
