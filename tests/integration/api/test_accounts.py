"""Registering, logging in and out, and who one is."""

from datetime import UTC, datetime, timedelta

import pytest
from agelens.services import passwords
from agelens.storage import Token, User
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PASSWORD, Person, new_email
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker


def test_registering_answers_the_new_user(http: FlaskClient) -> None:
    email = new_email()
    response = http.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    assert response.status_code == 201
    assert set(response.json) == {"id", "email", "role", "created_at"}
    assert response.json["email"] == email
    assert response.json["role"] == "user"
    created = datetime.fromisoformat(response.json["created_at"])
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=1)


def test_an_address_is_taken_whatever_its_case(http: FlaskClient) -> None:
    email = new_email()
    first = http.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    assert first.status_code == 201
    again = {"email": f"  {email.upper()} ", "password": PASSWORD}
    expect_problem(http.post("/api/auth/register", json=again), 409, "conflict")


@pytest.mark.parametrize(
    "password", ["", "short", "password", "aaaaaaaaaaaa", "12345678", "x" * 1025, "x" * 10_001]
)
def test_a_weak_password_is_refused_beside_its_field(http: FlaskClient, password: str) -> None:
    body = {"email": new_email(), "password": password}
    expect_field(http.post("/api/auth/register", json=body), "/password")


def test_the_address_is_no_password(http: FlaskClient) -> None:
    email = new_email()
    body = {"email": email, "password": email}
    expect_field(http.post("/api/auth/register", json=body), "/password", "guess")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a b@example.org",
        "a\nb@example.org",
        "a\x07@example.org",
        "=?utf-8?q?=0a?=@example.org",  # to a mail it is a line break
        "=?utf-8?q?ada?=@example.org",  # and this is somebody else's address
        "a@exam\u200bple.org",
        "a@example\u2028.org",
        "a@example\xa0.org",
        "a" * 250 + "@example.org",
        5,
        True,
        [],
        {},
        None,
    ],
)
def test_a_malformed_address_is_refused_beside_its_field(http: FlaskClient, email: object) -> None:
    body = {"email": email, "password": PASSWORD}
    expect_field(http.post("/api/auth/register", json=body), "/email")


def test_a_role_in_the_body_is_refused(http: FlaskClient) -> None:
    email = new_email()
    body = {"email": email, "password": PASSWORD, "role": "admin"}
    expect_field(http.post("/api/auth/register", json=body), "/role")
    login = http.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    expect_problem(login, 401)


def test_every_missing_field_is_named_at_once(http: FlaskClient) -> None:
    problem = expect_problem(http.post("/api/auth/register", json={}), 422, "invalid_input")
    assert {error["pointer"] for error in problem["errors"]} == {"/email", "/password"}


def test_login_takes_json(person: PersonFactory, http: FlaskClient) -> None:
    body = {"email": person().email.upper(), "password": PASSWORD}
    response = http.post("/api/auth/login", json=body)
    assert response.status_code == 200
    assert set(response.json) == {"access_token", "token_type", "expires_at"}
    assert response.json["token_type"] == "bearer"
    assert datetime.fromisoformat(response.json["expires_at"]) > datetime.now(UTC)
    assert response.headers["Cache-Control"] == "no-store"


def test_login_takes_the_form_of_oauth_clients(person: PersonFactory, http: FlaskClient) -> None:
    email = person().email
    form = {"username": email, "password": PASSWORD}
    response = http.post("/api/auth/login", data=form)
    assert response.status_code == 200
    assert Person(http, email, response.json["access_token"]).get("/api/auth/me").json["email"]


@pytest.mark.parametrize("known", [True, False])
def test_login_tells_nobody_whether_the_address_is_known(
    person: PersonFactory, http: FlaskClient, known: bool
) -> None:
    email = person().email if known else new_email()
    response = http.post("/api/auth/login", json={"email": email, "password": "wrong one!"})
    problem = expect_problem(response, 401, "unauthenticated")
    assert problem["detail"] == "The e-mail address or the password is wrong."
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_login_of_an_unknown_address_costs_a_verification(
    http: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            verified.append(password_hash)
            return hasher.verify(password_hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    body = {"email": new_email(), "password": "nobody has this password"}
    expect_problem(http.post("/api/auth/login", json=body), 401)
    assert verified == [passwords._HASH_OF_NOBODY]


def test_login_refuses_what_it_does_not_know(http: FlaskClient) -> None:
    form = {"username": "a@b.org", "password": PASSWORD, "role": "admin"}
    expect_field(http.post("/api/auth/login", data=form), "/role")
    expect_field(http.post("/api/auth/login", data={"password": PASSWORD}), "/email")


def test_me_is_who_the_token_belongs_to(person: PersonFactory) -> None:
    one = person()
    me = one.get("/api/auth/me").json
    assert me == {
        "id": one.id(),
        "email": one.email,
        "role": "user",
        "created_at": me["created_at"],
    }


def test_me_needs_a_token(http: FlaskClient) -> None:
    response = http.get("/api/auth/me")
    expect_problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_logout_ends_the_token_and_no_other(person: PersonFactory) -> None:
    one = person()
    other = Person(one.http, one.email).log_in()
    response = one.post("/api/auth/logout")
    assert response.status_code == 204
    assert response.data == b""
    expect_problem(one.get("/api/auth/me"), 401)
    expect_problem(one.post("/api/auth/logout"), 401)
    assert other.get("/api/auth/me").status_code == 200


def test_an_expired_token_is_refused(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    with sessions.begin() as session:
        user_id = session.scalars(select(User.id).where(User.email == one.email)).one()
        session.execute(
            update(Token).where(Token.user_id == user_id).values(expires_at=func.clock_timestamp())
        )
    expect_problem(one.get("/api/auth/me"), 401)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("crème brûlée 7", "cre\u0300me bru\u0302le\u0301e 7"),
        ("\uff50\uff41\uff53\uff53 phrase", "pass phrase"),
        ("caf\u00e9\u00a0au lait", "caf\u00e9 au lait"),
    ],
    ids=["composed", "full width", "no-break space"],
)
def test_a_password_is_the_same_however_a_keyboard_writes_it(
    http: FlaskClient, first: str, again: str
) -> None:
    email = new_email()
    body = {"email": email, "password": first}
    assert http.post("/api/auth/register", json=body).status_code == 201
    for written in (first, again):
        login = http.post("/api/auth/login", json={"email": email, "password": written})
        assert login.status_code == 200


def test_a_weak_password_is_weak_in_full_width_letters(http: FlaskClient) -> None:
    body = {"email": new_email(), "password": "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44"}
    expect_field(http.post("/api/auth/register", json=body), "/password", "guess")


def test_an_old_hash_of_the_text_as_it_was_sent_works_once_more_and_is_renewed(
    http: FlaskClient, sessions: sessionmaker[Session]
) -> None:
    email, sent, normalized = new_email(), "cre\u0300me bru\u0302le\u0301e 7", "crème brûlée 7"
    assert (
        http.post("/api/auth/register", json={"email": email, "password": sent}).status_code == 201
    )
    theirs = select(User).where(User.email == email)
    with sessions.begin() as session:
        session.scalars(theirs).one().password_hash = passwords._hasher.hash(sent)

    def log_in(password: str) -> int:
        body = {"email": email, "password": password}
        return http.post("/api/auth/login", json=body).status_code

    assert [log_in(each) for each in (normalized, sent, normalized, "creme brulee 7")] == [
        401, 200, 200, 401,
    ]  # fmt: skip


def test_only_hashes_of_tokens_and_passwords_are_kept(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    with sessions() as session:
        user = session.scalars(select(User).where(User.email == one.email)).one()
        token = session.scalars(select(Token).where(Token.user_id == user.id)).one()
        assert user.password_hash is not None
        assert user.password_hash.startswith("$argon2id$")
        assert one.token.encode() not in token.sha256
        assert len(token.sha256) == 32


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "bearer  \t ",
        "Bearer agl_",
        "Basic dXNlcjpwYXNz",
        "Bearer \xff\xfe\xe9",
        "Bearer " + "x" * 20_000,
        "Bearer a b c",
        "Digest nonsense, Bearer x",
        "\x00",
    ],
)
def test_a_weird_authorization_header_is_401(http: FlaskClient, header: str) -> None:
    environ = {"HTTP_AUTHORIZATION": header}
    expect_problem(http.get("/api/wallet", environ_overrides=environ), 401, "unauthenticated")
