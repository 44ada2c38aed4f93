"""Idempotency-Key: however often a request is sent, it happens once."""

import secrets
import threading
from collections.abc import Callable
from functools import partial

import pytest
from agelens.services import privacy, sweeps
from agelens.settings import Settings
from agelens.storage import IdempotencyRecord, User
from agelens.storage.files import Files
from flask import Flask
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PANEL, PASSWORD, Person, new_email
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


def same_answer(first: TestResponse, again: TestResponse) -> bool:
    told = ("Content-Type", "Location", "Retry-After")
    return (first.status_code, first.data, [first.headers.get(h) for h in told]) == (
        again.status_code,
        again.data,
        [again.headers.get(h) for h in told],
    )


def test_a_topup_sent_twice_happens_once(person: PersonFactory) -> None:
    one, key = person(), new_key()
    answers = [one.post("/api/wallet/topup", {"amount": 5}, headers=key) for _ in range(3)]
    assert answers[0].status_code == 201
    assert all(same_answer(answers[0], again) for again in answers[1:])
    assert "Idempotent-Replayed" not in answers[0].headers
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert one.wallet()["balance"] == 5


def test_a_submission_sent_twice_is_one_task(person: PersonFactory) -> None:
    one, key = person(100), new_key()
    first = one.post("/api/tasks/predict", {"answers": PANEL}, headers=key)
    again = one.post("/api/tasks/predict", {"answers": PANEL}, headers=key)
    assert first.status_code == 202
    assert same_answer(first, again)
    assert len(one.get("/api/tasks").json["items"]) == 1
    assert one.wallet()["held"] == 10


def test_what_is_created_twice_is_created_once(person: PersonFactory) -> None:
    one, key = person(), new_key()
    path, body = "/api/tasks", {"answers": {"height": 170}}
    before = len(one.get(path).json["items"])
    first = one.post(path, body, headers=key)
    assert first.status_code == 201
    assert same_answer(first, one.post(path, body, headers=key))
    assert len(one.get(path).json["items"]) == before + 1


def test_a_token_created_twice_is_created_once_and_its_secret_shown_once(
    person: PersonFactory,
) -> None:
    one, key = person(), new_key()
    first = one.post("/api/auth/tokens", {"name": "notebook"}, headers=key)
    again = one.post("/api/auth/tokens", {"name": "notebook"}, headers=key)
    assert first.json["access_token"]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json | {"access_token": None}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(one.get("/api/auth/tokens").json["items"]) == 2


def test_nothing_kept_of_an_erased_person_stays(
    http: FlaskClient, sessions: sessionmaker[Session]
) -> None:
    one = Person(http, new_email())
    body = {"email": one.email, "password": PASSWORD}
    keys = [new_key() for _ in range(3)]
    user_id = http.post("/api/auth/register", json=body, headers=keys[0]).json["id"]
    one.log_in().post("/api/wallet/topup", {"amount": 5}, headers=keys[1])
    kept = select(func.count()).select_from(IdempotencyRecord)
    with sessions() as session:
        before = session.scalar(kept)
        theirs = session.scalar(kept.where(IdempotencyRecord.user_id == user_id))
    assert theirs == 2
    assert one.delete("/api/auth/me", headers=keys[2]).status_code == 204
    with sessions() as session:
        assert session.scalar(kept) == (before or 0) - 2
    again = http.post("/api/auth/register", json=body, headers=keys[0])
    assert again.json["id"] != user_id, "the first answer is not told again"


def test_a_keyed_request_during_the_erasure_keeps_nothing(
    person: PersonFactory, sessions: sessionmaker[Session], settings: Settings
) -> None:
    one, key = person(), new_key()
    user_id = one.id()
    answers: list[TestResponse] = []
    late = one.elsewhere()
    with sessions() as session:
        privacy.erase(session, Files(settings.storage_url), session.get_one(User, user_id))
        send = partial(late.post, "/api/wallet/topup", {"amount": 5}, headers=key)
        thread = threading.Thread(target=lambda: answers.append(send()))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "it must wait for the erasure"
        session.commit()
    thread.join(10)
    expect_problem(answers[0], 401)
    with sessions() as session:
        theirs = select(IdempotencyRecord).where(IdempotencyRecord.user_id == user_id)
        assert not session.scalars(theirs).all()


def test_registering_twice_gives_the_first_answer_again(http: FlaskClient) -> None:
    body, key = {"email": new_email(), "password": PASSWORD}, new_key()
    first = http.post("/api/auth/register", json=body, headers=key)
    assert first.status_code == 201
    assert same_answer(first, http.post("/api/auth/register", json=body, headers=key))


def test_a_login_is_never_answered_again(person: PersonFactory, http: FlaskClient) -> None:
    form, key = (
        {"username": person().email, "password": PASSWORD, "grant_type": "password"},
        new_key(),
    )
    tokens = {
        http.post("/api/auth/login", data=form, headers=key).json["access_token"] for _ in range(2)
    }
    assert len(tokens) == 2, "the answer of a login would outlive its logout"


def test_another_body_under_the_same_key_is_a_conflict(person: PersonFactory) -> None:
    one, key = person(), new_key()
    one.post("/api/wallet/topup", {"amount": 5}, headers=key)
    expect_problem(one.post("/api/wallet/topup", {"amount": 6}, headers=key), 409, "conflict")
    expect_problem(one.post("/api/tasks", {"answers": {}}, headers=key), 409, "conflict")
    assert one.wallet()["balance"] == 5


SAME = {
    "white space": b'{ "amount" :\n5 }',
    "an escape": b'{"\\u0061mount": 5}',
    "a float": b'{"amount": 5.0}',
    "an exponent": b'{"amount": 0.5e1}',
}


@pytest.mark.parametrize("raw", SAME.values(), ids=SAME.keys())
def test_the_same_body_written_otherwise_is_the_same_request(
    person: PersonFactory, raw: bytes
) -> None:
    one, key = person(), new_key()
    first = one.post("/api/wallet/topup", {"amount": 5}, headers=key)
    kind = "application/json"
    again = one.request("POST", "/api/wallet/topup", data=raw, content_type=kind, headers=key)
    assert same_answer(first, again)
    assert one.wallet()["balance"] == 5


def test_the_order_of_answers_does_not_matter_and_their_values_do(person: PersonFactory) -> None:
    one, key = person(100), new_key()
    turned = dict(reversed(PANEL.items()))
    assert list(turned) != list(PANEL)
    first = one.post("/api/tasks/predict", {"answers": PANEL}, headers=key)
    again = one.post("/api/tasks/predict", {"answers": turned}, headers=key)
    assert same_answer(first, again)
    for other in (True, "134", None):
        body = {"answers": PANEL | {"systolic_bp": other}}
        expect_problem(one.post("/api/tasks/predict", body, headers=key), 409, "conflict")


def test_a_failed_answer_is_not_kept(person: PersonFactory) -> None:
    one, key = person(), new_key()
    body = {"answers": PANEL}
    expect_problem(one.post("/api/tasks/predict", body, headers=key), 402)
    one.post("/api/wallet/topup", {"amount": 10})
    assert one.post("/api/tasks/predict", body, headers=key).status_code == 202
    expect_field(one.post("/api/wallet/topup", {"amount": 0}, headers=new_key()), "/amount")


def test_the_keys_of_two_people_do_not_clash(person: PersonFactory) -> None:
    key = new_key()
    for one in (person(), person()):
        assert one.post("/api/wallet/topup", {"amount": 5}, headers=key).status_code == 201
        assert one.wallet()["balance"] == 5


def test_duplicates_at_the_same_moment_have_one_effect(person: PersonFactory) -> None:
    one, key = person(), new_key()
    answers: list[TestResponse] = []

    def send(who: Person) -> None:
        answers.append(who.post("/api/wallet/topup", {"amount": 5}, headers=key))

    threads = [threading.Thread(target=send, args=(one.elsewhere(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.data for answer in answers}) == 1
    assert one.wallet()["balance"] == 5


@pytest.mark.parametrize("key", ["x" * 200, "\xff\xfe", "a, b", '"quoted"', "-", "\t."])
def test_a_weird_key_is_a_key(person: PersonFactory, key: str) -> None:
    one = person()
    environ = {"HTTP_IDEMPOTENCY_KEY": key}
    for _ in range(2):
        response = one.post("/api/wallet/topup", {"amount": 5}, environ_overrides=environ)
        assert response.status_code == 201
    assert one.wallet()["balance"] == 5


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_between_1_and_200_characters(person: PersonFactory, key: str) -> None:
    response = person().post(
        "/api/wallet/topup", {"amount": 5}, environ_overrides={"HTTP_IDEMPOTENCY_KEY": key}
    )
    expect_field(response, "/Idempotency-Key", "200")


def test_a_key_opens_nothing_without_a_login(person: PersonFactory) -> None:
    one, key = person(), new_key()
    one.post("/api/wallet/topup", {"amount": 5}, headers=key)
    stranger = one.http.post("/api/wallet/topup", json={"amount": 5}, headers=key)
    expect_problem(stranger, 401)


def test_kept_answers_are_encrypted_and_forgotten_after_a_day(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one, key = person(), new_key()
    secret = one.post("/api/auth/tokens", {"name": "x"}, headers=key).json["access_token"]
    newest = select(IdempotencyRecord).order_by(IdempotencyRecord.created_at.desc()).limit(1)
    with sessions.begin() as session:
        record = session.scalars(newest).one()
        assert record.answer is not None
        assert secret.encode() not in record.answer
        session.execute(
            update(IdempotencyRecord)
            .where(IdempotencyRecord.id == record.id)
            .values(created_at=func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 25))
        )
        sweeps.forget_old_answers(session)
        assert session.get(IdempotencyRecord, record.id, populate_existing=True) is None


def test_a_draft_that_could_not_run_may_be_run_again_under_the_same_key(
    person: PersonFactory,
) -> None:
    one, key = person(10), new_key()
    task_id = one.draft({"systolic_bp": -1})["id"]
    expect_problem(one.post(f"/api/tasks/{task_id}/run", headers=key), 422, "invalid_answers")
    one.patch(f"/api/tasks/{task_id}", {"answers": {"systolic_bp": 120}})
    assert one.post(f"/api/tasks/{task_id}/run", headers=key).status_code == 202


def test_kept_answers_go_with_their_person(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    user_id = one.id()
    one.post("/api/tasks", {"answers": PANEL}, headers=new_key())
    kept = select(func.count()).where(IdempotencyRecord.user_id == user_id)
    with sessions() as session:
        assert session.scalar(kept) == 1
        one.delete("/api/auth/me")
        session.rollback()
        assert session.scalar(kept) == 0


def test_an_answer_kept_under_another_secret_is_a_conflict(
    settings: Settings, make_app: Callable[[Settings], Flask], person: PersonFactory
) -> None:
    one, key = person(), new_key()
    one.post("/api/wallet/topup", {"amount": 5}, headers=key)
    one.http = make_app(settings.model_copy(update={"secret_key": "a new one"})).test_client()
    expect_problem(one.post("/api/wallet/topup", {"amount": 5}, headers=key), 409, "conflict")
    assert one.wallet()["balance"] == 5
