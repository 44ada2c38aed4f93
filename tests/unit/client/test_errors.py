"""Problems become typed errors, whoever in between has sent them."""

import httpx
import pytest
from agelens import client as package
from agelens.client import (
    ApiError,
    ClientError,
    Conflict,
    FieldProblem,
    Forbidden,
    InsufficientCredits,
    InvalidAnswers,
    InvalidBundle,
    InvalidInput,
    NotFound,
    RateLimited,
    ServerError,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unreachable,
)
from unit.client.stub import Stub, client_of, problem


def error_for(answer: httpx.Response) -> ApiError:
    with pytest.raises(ApiError) as caught, client_of(Stub(answer), patience=0) as client:
        client.me()
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad_request", ApiError),
        (401, "unauthenticated", Unauthenticated),
        (402, "insufficient_credits", InsufficientCredits),
        (403, "forbidden", Forbidden),
        (404, "not_found", NotFound),
        (405, "method_not_allowed", ApiError),
        (409, "conflict", Conflict),
        (413, "too_large", TooLarge),
        (422, "invalid_input", InvalidInput),
        (422, "invalid_answers", InvalidAnswers),
        (422, "invalid_bundle", InvalidBundle),
        (429, "rate_limited", RateLimited),
        (500, "internal_error", ServerError),
        (503, "unavailable", Unavailable),
    ],
)
def test_each_problem_has_its_error(status: int, code: str, kind: type[ApiError]) -> None:
    error = error_for(problem(status, code))
    assert type(error) is kind
    assert (error.status, error.code, error.request_id) == (status, code, "r-1")
    assert error.detail == f"about {code}"


def test_invalid_answers_name_each_field() -> None:
    wire = {"pointer": "/answers/glucose", "field": "glucose", "message": "must be a number"}
    error = error_for(problem(422, "invalid_answers", errors=[wire]))
    assert isinstance(error, InvalidAnswers)
    assert error.problems == (FieldProblem("/answers/glucose", "glucose", "must be a number"),)
    assert "glucose: must be a number" in str(error)


@pytest.mark.parametrize("content", [b"<html>502 Bad Gateway</html>", b"", b"[1, 2]", b'"text"'])
def test_a_proxy_that_speaks_no_problem_is_understood(content: bytes) -> None:
    error = error_for(httpx.Response(502, content=content))
    assert isinstance(error, Unavailable)
    assert "502" in error.detail


def test_the_page_of_a_proxy_is_not_repeated() -> None:
    page = "<!doctype html><h1>It works!</h1>"
    for answer in (httpx.Response(500, html=page), httpx.Response(500, content=page.encode())):
        assert error_for(answer).detail == "HTTP 500: Internal Server Error"
    assert error_for(httpx.Response(500, text="Out of memory")).detail == "HTTP 500: Out of memory"


def test_a_page_where_the_service_should_be_is_an_unreachable_service() -> None:
    answer = httpx.Response(200, html="<h1>Welcome to nginx!</h1>")
    with client_of(Stub(answer), patience=0) as client:
        with pytest.raises(Unreachable, match="text/html"):
            client.me()
        with pytest.raises(Unreachable):
            client.login("one@example.org", "secret secret")


def test_a_service_that_moved_says_where() -> None:
    error = error_for(httpx.Response(301, headers={"Location": "https://agelens.test/"}))
    assert "https://agelens.test/" in error.detail


def test_retry_after_in_words_is_no_number() -> None:
    later = {"Retry-After": "later"}
    assert error_for(problem(429, "rate_limited", headers=later)).retry_after_seconds is None


def test_every_error_is_in_the_tree_that_the_module_draws() -> None:
    drawn = package.errors.__doc__ or ""
    errors = {
        name
        for name in dir(package.errors)
        if isinstance(kind := getattr(package.errors, name), type) and issubclass(kind, ClientError)
    }
    assert {name for name in errors if name not in drawn} == set()
    assert errors <= set(package.__all__)
