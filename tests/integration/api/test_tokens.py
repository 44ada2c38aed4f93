"""Personal tokens for notebooks."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from agelens.storage import Token
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import NO_ID, Person
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker


def test_a_personal_token_is_shown_once_and_works(person: PersonFactory) -> None:
    one = person()
    created = one.post("/api/auth/tokens", {"name": "my notebook", "days": 7})
    assert created.status_code == 201
    token = created.json
    assert set(token) == {
        "id",
        "name",
        "kind",
        "created_at",
        "expires_at",
        "access_token",
        "token_type",
    }
    assert (token["name"], token["kind"]) == ("my notebook", "personal")
    left = datetime.fromisoformat(token["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=6.9) < left < timedelta(days=7.1)
    assert Person(one.http, one.email, token["access_token"]).get("/api/wallet").status_code == 200
    listed = one.get("/api/auth/tokens")
    assert token["access_token"] not in listed.text
    assert set(listed.json) == {"items", "next_cursor"}
    assert [item["kind"] for item in listed.json["items"]] == ["personal", "login"]
    assert set(listed.json["items"][0]) == {
        "id",
        "name",
        "kind",
        "created_at",
        "expires_at",
        "last_used_at",
        "current",
    }
    assert [item["current"] for item in listed.json["items"]] == [False, True]
    for kind in ("personal", "login"):
        only = one.get("/api/auth/tokens", query_string={"kind": kind}).json["items"]
        assert [item["kind"] for item in only] == [kind]


def test_a_revoked_token_works_no_longer(person: PersonFactory) -> None:
    one = person()
    token = one.post("/api/auth/tokens", {"name": "notebook"}).json
    notebook = Person(one.http, one.email, token["access_token"])
    assert notebook.get("/api/auth/me").status_code == 200
    assert one.delete(f"/api/auth/tokens/{token['id']}").status_code == 204
    expect_problem(notebook.get("/api/auth/me"), 401, "unauthenticated")
    expect_problem(one.delete(f"/api/auth/tokens/{token['id']}"), 404, "not_found")
    assert token["id"] not in one.get("/api/auth/tokens").text


def test_nobody_revokes_the_token_of_another(person: PersonFactory) -> None:
    one, other = person(), person()
    token = one.post("/api/auth/tokens", {"name": "notebook"}).json
    expect_problem(other.delete(f"/api/auth/tokens/{token['id']}"), 404, "not_found")
    expect_problem(other.delete(f"/api/auth/tokens/{uuid.uuid4()}"), 404, "not_found")
    assert token["id"] not in other.get("/api/auth/tokens").text
    assert Person(one.http, one.email, token["access_token"]).get("/api/wallet").status_code == 200


@pytest.mark.parametrize("name", ["", "x" * 101, 5, None, ["a"]])
def test_a_token_needs_a_name(person: PersonFactory, name: object) -> None:
    expect_field(person().post("/api/auth/tokens", {"name": name}), "/name")


@pytest.mark.parametrize("days", [0, -1, 367, 10**30, 1.5, "5", True, None])
def test_a_token_lives_for_whole_days_up_to_a_year(person: PersonFactory, days: object) -> None:
    expect_field(person().post("/api/auth/tokens", {"name": "x", "days": days}), "/days")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/tokens"),
        ("POST", "/api/auth/tokens"),
        ("DELETE", f"/api/auth/tokens/{NO_ID}"),
        ("POST", "/api/auth/logout"),
    ],
)
def test_tokens_need_a_login(http: FlaskClient, method: str, path: str) -> None:
    expect_problem(http.open(path, method=method), 401, "unauthenticated")


def test_a_person_has_a_hundred_personal_tokens_and_all_are_listed(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    made = [one.post("/api/auth/tokens", {"name": f"n{i}"}).json["id"] for i in range(98)]
    statuses: list[int] = []

    def create(who: Person) -> None:
        statuses.append(who.post("/api/auth/tokens", {"name": "at once"}).status_code)

    threads = [threading.Thread(target=create, args=(one.elsewhere(),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(statuses) == [201] * 2 + [409] * 4
    problem = expect_problem(one.post("/api/auth/tokens", {"name": "more"}), 409, "conflict")
    assert "100 personal tokens" in problem["detail"]
    listed = [token["id"] for token in one.get("/api/auth/tokens").json["items"]]
    assert len(listed) == 101
    assert set(made) < set(listed)
    one.delete(f"/api/auth/tokens/{made[0]}")
    assert one.post("/api/auth/tokens", {"name": "in its place"}).status_code == 201
    with sessions() as session:
        kept = select(func.count()).where(Token.user_id == uuid.UUID(one.id()))
        assert session.scalar(kept) == 101, "what is dead is forgotten"


def test_a_login_beyond_the_hundredth_ends_the_oldest(person: PersonFactory) -> None:
    one = person()
    first = one.token
    for _ in range(99):
        one.log_in()
    assert Person(one.http, one.email, first).get("/api/auth/me").status_code == 200
    one.log_in()
    expect_problem(Person(one.http, one.email, first).get("/api/auth/me"), 401)
    assert len(one.get("/api/auth/tokens").json["items"]) == 100


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31mred", "a\u202eb", "tab\there", "\x7f"])
def test_a_name_has_no_control_characters(person: PersonFactory, name: str) -> None:
    one = person()
    expect_field(one.post("/api/auth/tokens", {"name": name}), "/name", "control characters")
    query = {"name": name}
    sent = one.post("/api/cohorts", data=b"age\n5\n", content_type="text/csv", query_string=query)
    expect_field(sent, "/name", "control characters")
