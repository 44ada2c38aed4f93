"""Blocking people and saying who administrates."""

import threading
import uuid
from collections.abc import Callable

import pytest
from agelens.domain.errors import Conflict
from agelens.services import accounts, administrators
from agelens.storage import User
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PASSWORD, Person
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse


def login(person: Person, password: str = PASSWORD) -> TestResponse:
    return person.http.post("/api/auth/login", json={"email": person.email, "password": password})


def test_a_blocked_person_is_out_at_once_and_told_so_at_the_next_login(
    person: PersonFactory, admin: Person
) -> None:
    one = person()
    shown = admin.post(f"/api/admin/users/{one.email}/block").json
    assert shown["blocked_at"]
    expect_problem(one.get("/api/wallet"), 401, "unauthenticated")
    assert "blocked" in expect_problem(login(one), 403, "forbidden")["detail"]
    wrong = login(one, "not the password at all")
    assert "blocked" not in expect_problem(wrong, 401, "unauthenticated")["detail"]
    again = admin.post(f"/api/admin/users/{one.email}/block").json
    assert again["blocked_at"] == shown["blocked_at"]


def test_whoever_is_unblocked_goes_on_with_the_tokens_that_they_had(
    person: PersonFactory, admin: Person
) -> None:
    one = person()
    identity = one.id()
    admin.post(f"/api/admin/users/{identity}/block")
    assert admin.post(f"/api/admin/users/{identity}/unblock").json["blocked_at"] is None
    assert one.get("/api/wallet").status_code == 200
    assert login(one).status_code == 200


def test_what_a_blocked_person_has_paid_for_is_finished(
    person: PersonFactory, admin: Person, run_jobs: Callable[[], None]
) -> None:
    one = person(50)
    task = one.predict().json["task_id"]
    admin.post(f"/api/admin/users/{one.email}/block")
    run_jobs()
    admin.post(f"/api/admin/users/{one.email}/unblock")
    assert one.get(f"/api/tasks/{task}").json["status"] == "succeeded"


def test_a_blocked_person_gets_no_link_for_a_password_and_uses_none(
    person: PersonFactory, admin: Person
) -> None:
    one = person()
    path, new = f"/api/admin/users/{one.email}", "a horse that is correct"
    url = admin.post(f"{path}/reset-link").json["url"]
    body = {"token": url.rpartition("/")[2], "password": new}
    admin.post(f"{path}/block")
    problem = expect_problem(admin.post(f"{path}/reset-link"), 409, "conflict")
    assert "unblock it first" in problem["detail"]
    refused = one.http.post("/api/auth/reset-password", json=body)
    expect_problem(refused, 404, "not_found")
    admin.post(f"{path}/unblock")
    assert login(one).status_code == 200
    assert one.http.post("/api/auth/reset-password", json=body).status_code == 204
    assert login(one, new).status_code == 200


def test_an_administrator_is_made_and_unmade(person: PersonFactory, admin: Person) -> None:
    one = person()
    path = f"/api/admin/users/{one.email}"
    expect_problem(one.get("/api/admin/users"), 403, "forbidden")
    assert admin.request("PATCH", path, json={"role": "admin"}).json["role"] == "admin"
    assert one.get("/api/admin/users").status_code == 200
    assert admin.request("PATCH", path, json={"role": "user"}).json["role"] == "user"
    expect_problem(one.get("/api/admin/users"), 403, "forbidden")
    expect_field(admin.request("PATCH", path, json={"role": "owner"}), "/role")


@pytest.mark.parametrize("what", ["block", "role"])
def test_nobody_ends_themselves(admin: Person, what: str) -> None:
    path = f"/api/admin/users/{admin.email}"
    asked = (
        admin.post(f"{path}/block")
        if what == "block"
        else admin.request("PATCH", path, json={"role": "user"})
    )
    expect_problem(asked, 409, "conflict")
    assert admin.get(path).json["role"] == "admin"


def test_a_blocked_account_is_not_made_an_administrator(
    person: PersonFactory, admin: Person
) -> None:
    one = person()
    admin.post(f"/api/admin/users/{one.email}/block")
    asked = admin.request("PATCH", f"/api/admin/users/{one.email}", json={"role": "admin"})
    expect_problem(asked, 409, "conflict")


def test_two_administrators_who_unmake_each_other_do_not_both_succeed(
    sessions: sessionmaker[Session],
) -> None:
    pair = [uuid.uuid4().hex for _ in range(2)]
    with sessions.begin() as session:
        ids = [accounts.create_admin(session, f"{p}@example.org", PASSWORD).id for p in pair]
    ready, ended = threading.Barrier(2), []

    def unmake(mine: uuid.UUID, other: uuid.UUID) -> None:
        with sessions.begin() as session:
            actor = session.get_one(User, mine)
            ready.wait(timeout=20)
            try:
                administrators.set_role(session, other, "user", actor=actor)
            except Conflict:
                return
            ended.append(other)

    threads = [threading.Thread(target=unmake, args=each) for each in (ids, list(reversed(ids)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(ended) == 1
    with sessions() as session:
        roles = session.scalars(select(User.role).where(User.id.in_(ids))).all()
    assert sorted(roles) == ["admin", "user"]


def test_the_last_administrator_stays(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        for other in session.scalars(select(User).where(User.role == "admin")):
            other.role = "user"
        last = accounts.create_admin(session, f"{uuid.uuid4().hex}@example.org", PASSWORD)
        session.flush()
        with pytest.raises(Conflict, match="last administrator"):
            administrators.set_role(session, last.id, "user", actor=None)
        with pytest.raises(Conflict, match="last administrator"):
            administrators.block(session, last.id, actor=None)
        session.rollback()


def test_lists_name_people_by_their_addresses(
    person: PersonFactory, admin: Person, run_jobs: Callable[[], None]
) -> None:
    one = person(20)
    admin.post(f"/api/admin/wallets/{one.email}/topup", {"amount": 5})
    task = one.predict().json["task_id"]
    listed = admin.get("/api/admin/tasks", query_string={"user": one.email}).json["items"]
    assert [(each["id"], each["user_email"]) for each in listed] == [(task, one.email)]
    entries = admin.get("/api/admin/transactions", query_string={"user": one.id()}).json["items"]
    assert {each["user_email"] for each in entries} == {one.email}
    (topup,) = [each for each in entries if each["amount"] == 5]
    assert topup["actor_email"] == admin.email
    assert {each["user_id"] for each in entries} == {one.id()}
    for path in ("tasks", "transactions"):
        nobody = admin.get(f"/api/admin/{path}", query_string={"user": "no@example.org"}).json
        assert nobody["items"] == []
    run_jobs()
