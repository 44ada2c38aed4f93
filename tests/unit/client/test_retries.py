"""What is sent again, when, and that it cannot happen twice."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from agelens.client import (
    ClientError,
    NotFound,
    RateLimited,
    ServerError,
    Unauthenticated,
    Unavailable,
    Unreachable,
)
from agelens.client.retries import retry_after_seconds
from unit.client.stub import TASK, TRANSACTION, Stub, client_of, problem

USER = {"id": "u1", "email": "a@b.example", "role": "user", "created_at": "2026-11-23T10:00:00Z"}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


def test_the_pause_is_the_one_that_was_asked_for(pauses: list[float]) -> None:
    busy = problem(429, "rate_limited", headers={"Retry-After": "7"})
    away = problem(503, "unavailable", headers={"Retry-After": "2"})
    stub = Stub(busy, away, httpx.Response(200, json=USER))
    assert client_of(stub).me().email == "a@b.example"
    assert pauses == [7, 2]


@pytest.mark.parametrize("answered", [{}, {"Date": "Mon, 23 Nov 2026 10:00:00 GMT"}])
def test_a_date_is_a_pause_until_then(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float], answered: dict[str, str]
) -> None:
    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime(2026, 11, 23, 11 if answered else 10, tzinfo=UTC)  # ours is wrong

    monkeypatch.setattr("agelens.client.retries.datetime", Now)
    until = {"Retry-After": "Mon, 23 Nov 2026 10:00:20 GMT"}
    stub = Stub(problem(503, "unavailable", until | answered), httpx.Response(200, json=USER))
    client_of(stub).me()
    assert pauses == [20]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("Mon, 23 Nov 2020 10:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("²", None),
        ("", None),
    ],
)
def test_what_retry_after_says(told: str, seconds: float | None) -> None:
    assert retry_after_seconds(httpx.Headers([(b"Retry-After", told.encode())])) == seconds


@pytest.mark.parametrize("told", ["0", "Mon, 23 Nov 2020 10:00:00 GMT"])
def test_a_service_that_asks_for_no_pause_gets_longer_ones_each_time(
    pauses: list[float], told: str
) -> None:
    soon = problem(503, "unavailable", headers={"Retry-After": told})
    client_of(Stub(soon, soon, soon, httpx.Response(200, json=USER))).me()
    assert pauses == [0.25, 0.5, 1.0]


def test_a_longer_pause_than_our_patience_is_an_error_at_once(pauses: list[float]) -> None:
    stub = Stub(problem(429, "rate_limited", headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as caught:
        client_of(stub, patience=60).me()
    assert caught.value.retry_after_seconds == 3600
    assert (len(stub.requests), pauses) == (1, [])


@pytest.mark.parametrize(
    "answer",
    [
        problem(429, "rate_limited", headers={"Retry-After": "0"}),
        problem(503, "unavailable", headers={"Retry-After": "0"}),
        problem(503, "unavailable"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_without_patience_nothing_is_tried_twice(
    monkeypatch: pytest.MonkeyPatch,
    pauses: list[float],
    answer: httpx.Response | Exception,
    method: str,
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 1.0)  # the clock did not even tick
    stub = Stub(answer)
    client = client_of(stub, patience=0)
    calls = {
        "get": client.me,
        "post": lambda: client.wallet.topup(5),
        "delete": lambda: client.delete("t1"),
    }
    with pytest.raises(ClientError):
        calls[method]()
    assert (len(stub.requests), pauses) == (1, [])


def test_a_little_patience_is_enough_for_a_short_pause_only(pauses: list[float]) -> None:
    soon = problem(503, "unavailable", headers={"Retry-After": "0"})
    stub = Stub(soon, httpx.Response(200, json=USER))
    assert client_of(stub, patience=1.0).me().id == "u1"
    late = problem(503, "unavailable", headers={"Retry-After": "2"})
    stub = Stub(late, httpx.Response(200, json=USER))
    with pytest.raises(Unavailable):
        client_of(stub, patience=1.0).me()
    assert (len(stub.requests), pauses) == (1, [0.25])


def test_a_post_that_is_sent_again_has_the_same_key(pauses: list[float]) -> None:
    lost = httpx.ReadError("connection reset")
    stub = Stub(lost, lost, httpx.Response(201, json=TRANSACTION))
    assert client_of(stub).wallet.topup(5).amount == 5
    assert len(set(stub.sent_keys())) == 1
    assert None not in stub.sent_keys()
    assert stub.bodies() == [{"amount": 5}] * 3


def test_two_calls_have_two_keys() -> None:
    stub = Stub(httpx.Response(201, json=TRANSACTION))
    client = client_of(stub)
    client.wallet.topup(5)
    client.wallet.topup(5)
    assert len(set(stub.sent_keys())) == 2


def test_a_key_of_ones_own_is_used() -> None:
    stub = Stub(httpx.Response(202, json={"task_id": "t1"}))
    client_of(stub).submit({}, idempotency_key="row 17")
    assert stub.sent_keys() == ["row 17"]


@pytest.mark.parametrize("key", ["", "März", "a\nb", "a\tb", " a", "x" * 201, 7])
def test_a_key_that_no_header_carries_is_refused_at_once(pauses: list[float], key: Any) -> None:
    stub = Stub(httpx.Response(202, json={"task_id": "t1"}))
    client = client_of(stub)
    for ask in (
        lambda: client.submit({}, idempotency_key=key),
        lambda: client.cohorts.submit([{"glucose": 5}], idempotency_key=key),
    ):
        with pytest.raises(ValueError, match="idempotency_key must be 1 to 200"):
            ask()
    assert (stub.requests, pauses) == ([], [])


def test_posts_that_create_pay_or_change_carry_a_key() -> None:
    stub = Stub(httpx.Response(202, json=TASK | {"task_id": "t1"}))
    client = client_of(stub)
    client.submit({"glucose": 5})
    client.run("t1")
    client.cancel("t1")
    client.drafts.create({})
    assert None not in stub.sent_keys()


def test_what_is_not_worth_repeating_is_not_repeated(pauses: list[float]) -> None:
    for status, kind in ((500, ServerError), (401, Unauthenticated), (404, NotFound)):
        stub = Stub(problem(status, "some_code"))
        with pytest.raises(kind):
            client_of(stub).me()
        assert len(stub.requests) == 1
    assert pauses == []


def test_a_deletion_whose_answer_was_lost_is_done(pauses: list[float]) -> None:
    stub = Stub(httpx.ReadError("reset"), problem(404, "not_found"))
    client_of(stub).delete("t1")
    assert [request.method for request in stub.requests] == ["DELETE", "DELETE"]


def test_deleting_what_is_not_there_is_an_error() -> None:
    with pytest.raises(NotFound):
        client_of(Stub(problem(404, "not_found"))).delete("t1")


def test_nobody_at_the_address_is_said_with_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(Unreachable, match=r"http://agelens\.test does not answer"):
        client_of(Stub(httpx.ConnectError("refused"))).me()


def test_what_is_no_address_is_said_at_once(pauses: list[float]) -> None:
    stub = Stub(httpx.UnsupportedProtocol("no scheme"))
    with pytest.raises(ClientError, match="is not an address"):
        client_of(stub).me()
    assert pauses == []
