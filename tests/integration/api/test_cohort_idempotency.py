"""A file that is sent again under its Idempotency-Key is the same cohort, and paid once."""

import hashlib
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from agelens.domain.errors import Unavailable
from agelens.settings import Settings
from agelens.storage import IdempotencyRecord
from agelens.storage.engine import ENGINE_OPTIONS
from agelens.web import idempotency
from agelens.web.extensions import db
from flask import Flask
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.sent_cohorts import (
    NDJSON,
    PARQUET,
    PATH,
    accepted,
    as_csv,
    as_json,
    as_ndjson,
    as_parquet,
    people,
    send,
    send_form,
)
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

Send = Callable[..., TestResponse]


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


def csv_body(who: Person, count: int, **options: Any) -> TestResponse:
    return send(who, as_csv(people(count)), **options)


def parquet_body(who: Person, count: int, **options: Any) -> TestResponse:
    return send(who, as_parquet(people(count)), PARQUET, **options)


def ndjson_body(who: Person, count: int, **options: Any) -> TestResponse:
    return send(who, as_ndjson(people(count)), NDJSON, **options)


def json_body(who: Person, count: int, **options: Any) -> TestResponse:
    return send(who, as_json(people(count)), "application/json", **options)


def form(who: Person, count: int, **options: Any) -> TestResponse:
    return send_form(who, as_csv(people(count)), **options)  # with a new boundary each time


KINDS = [csv_body, parquet_body, ndjson_body, json_body, form]


@pytest.mark.parametrize("submit", KINDS)
def test_sent_again_it_is_the_same_cohort_and_held_once(
    person: PersonFactory, submit: Send
) -> None:
    one, key = person(100), new_key()
    first = accepted(submit(one, 3, headers=key))
    again = submit(one, 3, headers=key)
    assert accepted(again) == first
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == f"{PATH}/{first['id']}"
    assert one.wallet()["held"] == 30
    assert len(one.get(PATH).json["items"]) == 1


@pytest.mark.parametrize("submit", KINDS)
def test_another_file_under_the_same_key_is_a_conflict(person: PersonFactory, submit: Send) -> None:
    one, key = person(100), new_key()
    accepted(submit(one, 3, headers=key))
    expect_problem(submit(one, 4, headers=key), 409, "conflict")
    assert one.wallet()["held"] == 30


def test_other_options_under_the_same_key_are_a_conflict(person: PersonFactory) -> None:
    one, key = person(100), new_key()
    accepted(csv_body(one, 2, headers=key))
    expect_problem(csv_body(one, 2, query={"id_column": "person"}, headers=key), 409, "conflict")
    key = new_key()
    accepted(form(one, 2, headers=key))
    expect_problem(form(one, 2, id_column="person", headers=key), 409, "conflict")


def test_the_same_rows_written_otherwise_are_the_same_cohort(person: PersonFactory) -> None:
    one, key = person(100), new_key()
    body = as_json(people(2))
    first = accepted(send(one, body, "application/json", headers=key))
    again = json.dumps(json.loads(body), indent=2, sort_keys=True).encode()
    assert again != body
    assert accepted(send(one, again, "application/json", headers=key)) == first
    assert len(one.get(PATH).json["items"]) == 1


def test_the_same_options_written_otherwise_are_the_same_cohort(person: PersonFactory) -> None:
    one, key = person(100), new_key()
    spellings = (
        '{"systolic_bp": "mmHg", "bone_density": "g/cm2"}',
        '{"bone_density":"g/cm2","systolic_bp":"mmHg"}',
    )
    first, again = (form(one, 2, units=each, headers=key) for each in spellings)
    assert accepted(again) == accepted(first)


def test_an_option_that_is_there_twice_within_its_text_is_named(person: PersonFactory) -> None:
    answer = form(person(100), 2, units='{"height": "cm", "height": "m"}')
    expect_field(answer, "/units/height", "more than once")


def test_after_a_refusal_the_same_file_may_be_sent_again(person: PersonFactory) -> None:
    one, key = person(), new_key()
    expect_problem(csv_body(one, 2, headers=key), 402)
    one.post("/api/wallet/topup", {"amount": 20})
    assert accepted(csv_body(one, 2, headers=key))["rows"] == 2


@pytest.mark.parametrize("submit", [csv_body, form])
def test_the_same_file_sent_at_the_same_moment_is_one_cohort(
    person: PersonFactory, submit: Send
) -> None:
    one, key = person(1000), new_key()
    answers: list[TestResponse] = []

    def at_once(who: Person) -> None:
        answers.append(submit(who, 20, headers=key))

    threads = [threading.Thread(target=at_once, args=(one.elsewhere(),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [202] * 6
    assert len({answer.json["id"] for answer in answers}) == 1
    assert one.wallet()["held"] == 200
    assert len(one.get(PATH).json["items"]) == 1


def test_running_a_draft_twice_under_a_key_is_running_it_once(person: PersonFactory) -> None:
    one, key = person(100), new_key()
    made = accepted(form(one, 2, draft="true"), 201)
    answers = [one.post(f"{PATH}/{made['id']}/run", {}, headers=key) for _ in range(2)]
    assert accepted(answers[0]) == accepted(answers[1])
    assert one.wallet()["held"] == 20


@pytest.fixture
def impatient(
    settings: Settings,
    make_app: Callable[[Settings], Flask],
    person: PersonFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Person:
    """Somebody with credits, of an app that waits 400 ms for a lock and 1200 for a statement."""
    connect = {"options": "-c lock_timeout=400 -c statement_timeout=1200"}
    monkeypatch.setattr(
        "agelens.web.app.ENGINE_OPTIONS", ENGINE_OPTIONS | {"connect_args": connect}
    )
    one = person(100)
    one.http = make_app(settings.model_copy()).test_client()
    return one


@contextmanager
def under_way(
    one: Person, key: dict[str, str], sessions: sessionmaker[Session]
) -> Iterator[Session]:
    """Another request holds the key, and fails in the end."""
    taken = hashlib.sha256(f"{one.id()}\0{key['Idempotency-Key']}".encode()).hexdigest()
    with sessions() as session:
        session.add(IdempotencyRecord(id=uuid.uuid4(), key=taken, fingerprint="of the first"))
        session.flush()
        yield session
        session.rollback()


def test_while_the_first_is_under_way_for_very_long_the_second_is_told_to_come_back(
    impatient: Person, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "UPLOADS_WAIT", "300ms")
    one, key = impatient, new_key()
    with under_way(one, key, sessions):
        response = csv_body(one, 1, headers=key)
        problem = expect_problem(response, 503, "unavailable")
        assert "under way" in problem["detail"]
        assert response.headers["Retry-After"]
    assert accepted(csv_body(one, 1, headers=key))["rows"] == 1


def test_a_second_upload_waits_longer_for_the_first_than_anything_else_for_a_lock(
    impatient: Person, sessions: sessionmaker[Session]
) -> None:
    one, key = impatient, new_key()
    with under_way(one, key, sessions) as first:
        end = threading.Timer(1.5, first.rollback)
        end.start()
        assert accepted(csv_body(one, 1, headers=key))["rows"] == 1
        end.join()


def test_what_follows_the_waiting_waits_no_longer_than_usual(
    impatient: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []

    def looked_up(*args: Any, **kwargs: Any) -> None:
        shown = (f"show {name}" for name in ("lock_timeout", "statement_timeout"))
        found.extend(db.session.scalar(text(show)) for show in shown)
        raise Unavailable

    monkeypatch.setattr("agelens.services.cohorts.ingestion.store_upload", looked_up)
    expect_problem(csv_body(impatient, 1, headers=new_key()), 503)
    assert found == ["400ms", "1200ms"]
