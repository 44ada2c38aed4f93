"""Every error is a problem, whoever raised it; every answer has a request id."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory

TOO_LARGE = 1024 * 1024 + 1


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/nothing", "/api/wallet/", "/docs/x/y"])
def test_an_unknown_route_is_a_problem(http: FlaskClient, path: str) -> None:
    problem = expect_problem(http.get(path), 404, "not_found")
    assert problem["detail"] == f"There is nothing at {path}."


@pytest.mark.parametrize("path", ["/api/cohorts/nope", "/api/tasks/nope", "/api/tasks/nope/cancel"])
def test_an_id_that_is_none_is_told_as_it_was_sent(person: PersonFactory, path: str) -> None:
    problem = expect_problem(person().get(path), 404, "not_found")
    assert problem["detail"] == f"There is nothing at {path}."


def test_an_address_is_told_again_in_short_and_printable(http: FlaskClient) -> None:
    problem = expect_problem(http.get(f"/api/%1b[31m{'x' * 5000}"), 404, "not_found")
    told = problem["detail"].removeprefix("There is nothing at ")
    assert told.startswith("/api/\N{REPLACEMENT CHARACTER}[31mxxx")
    assert len(told) < 300


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/wallet", "GET"),
        ("GET", "/api/wallet/topup", "POST"),
        ("PUT", "/api/tasks", "POST"),
        ("POST", "/healthz", "GET"),
        ("BREW", "/api/tasks/predict", "POST"),
        ("TRACE", "/api/auth/me", "DELETE"),
    ],
)
def test_a_wrong_method_names_the_right_ones(
    http: FlaskClient, method: str, path: str, allowed: str
) -> None:
    response = http.open(path, method=method)
    expect_problem(response, 405, "method_not_allowed")
    assert allowed in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/api/auth/register", "/api/tasks", "/healthz", "/nothing"])
def test_a_large_body_is_413_wherever_it_is_sent(http: FlaskClient, path: str) -> None:
    response = http.post(path, data=b"x" * TOO_LARGE, content_type="application/json")
    expect_problem(response, 413, "too_large")


def test_a_large_body_without_a_length_is_413_too(http: FlaskClient) -> None:
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    response = http.post(
        "/api/auth/register",
        input_stream=io.BytesIO(b"x" * TOO_LARGE),
        content_type="application/json",
        environ_overrides=environ,
    )
    expect_problem(response, 413, "too_large")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "text/json", "application/xml", "multipart/form-data; boundary=x", "x\xff"],
)
def test_a_body_that_is_not_json_is_415(person: PersonFactory, content_type: str) -> None:
    response = person().request(
        "POST", "/api/wallet/topup", data=b'{"amount": 5}', content_type=content_type
    )
    expect_problem(response, 415, "unsupported_media_type")


def test_json_with_a_charset_is_json(person: PersonFactory) -> None:
    response = person().request(
        "POST",
        "/api/wallet/topup",
        data=b'{"amount": 5}',
        content_type="application/json; charset=utf-8",
    )
    assert response.status_code == 201


def test_a_request_keeps_its_id(http: FlaskClient) -> None:
    for path in ("/healthz", "/nothing", "/api/wallet"):
        response = http.get(path, headers={"X-Request-ID": "from-the-client.1"})
        assert response.headers["X-Request-ID"] == "from-the-client.1"
    assert response.get_json(force=True)["request_id"] == "from-the-client.1"


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "<script>", "a\tb", "\xff"])
def test_an_id_that_could_do_harm_is_replaced(http: FlaskClient, given: str) -> None:
    response = http.get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": given})
    assert response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 32


def test_ids_differ(http: FlaskClient) -> None:
    assert len({http.get("/healthz").headers["X-Request-ID"] for _ in range(5)}) == 5


def test_answers_tell_browsers_to_be_careful(http: FlaskClient) -> None:
    for path in ("/api/wallet", "/docs", "/nothing"):
        headers = http.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert http.get("/api/wallet").headers["Cache-Control"] == "no-store"


def test_a_bug_is_a_problem_without_its_insides(
    app: Flask, http: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("select secret from users")

    monkeypatch.setitem(app.view_functions, "system.healthz", broken)
    problem = expect_problem(http.get("/healthz"), 500, "internal_error")
    assert "secret" not in str(problem)
