"""Changing a password, and setting a forgotten one through a link that works once."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from agelens.services import password_changes, tokens
from agelens.services.password_changes import LINK_LIVES, MOST_LINKS
from agelens.settings import Settings
from agelens.storage import PasswordReset, ResetRequest, User
from flask import Flask
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PASSWORD, Person, new_email
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

NEW = "a horse that is correct"
MAIL = {"smtp_url": "smtp+plain://127.0.0.1:1", "mail_from": "AgeLens <no-reply@example.org>"}


@pytest.fixture(scope="module")
def mailing(settings: Settings, make_app: Callable[[Settings], Flask]) -> Flask:
    """An API whose operator has a mail server."""
    return make_app(settings.model_copy(update=MAIL))


@pytest.fixture(autouse=True)
def _no_requests_of_others(sessions: sessionmaker[Session]) -> Iterator[None]:
    yield
    with sessions.begin() as session:
        session.query(ResetRequest).delete()


def change(who: Person, current: str = PASSWORD, new: str = NEW) -> int:
    return who.post("/api/auth/password", {"current": current, "new": new}).status_code


def can_log_in(who: Person, password: str) -> bool:
    body = {"email": who.email, "password": password}
    return who.http.post("/api/auth/login", json=body).status_code == 200


def reset(who: Person, token: str, password: str = NEW) -> int:
    body = {"token": token, "password": password}
    return who.http.post("/api/auth/reset-password", json=body).status_code


def link_for(who: Person, sessions: sessionmaker[Session]) -> str:
    """As an administrator makes it."""
    with sessions.begin() as session:
        user = session.scalars(select(User).where(User.email == who.email)).one()
        return password_changes.make_link(session, user, actor=None)[0]


def asked(sessions: sessionmaker[Session], email: str) -> int:
    with sessions() as session:
        of = select(func.count()).where(ResetRequest.email == email)
        return session.scalar(of) or 0


def test_a_changed_password_ends_every_other_token(person: PersonFactory) -> None:
    one = person()
    elsewhere = Person(one.http, one.email).log_in()
    made = one.post("/api/auth/tokens", {"name": "notebook"}).json
    notebook = Person(one.http, one.email, made["access_token"])
    assert change(one) == 204
    assert one.get("/api/auth/me").status_code == 200
    for ended in (elsewhere, notebook):
        expect_problem(ended.get("/api/auth/me"), 401, "unauthenticated")
    assert not can_log_in(one, PASSWORD)
    assert can_log_in(one, NEW)


def test_a_wrong_current_password_is_answered_like_a_wrong_login(person: PersonFactory) -> None:
    one = person()
    body = {"current": "not this one", "new": NEW}
    problem = expect_problem(one.post("/api/auth/password", body), 401, "unauthenticated")
    login = {"email": one.email, "password": "not this one"}
    refused = expect_problem(one.http.post("/api/auth/login", json=login), 401)
    assert {problem[key] == refused[key] for key in ("type", "title", "status", "code")} == {True}
    assert can_log_in(one, PASSWORD)


@pytest.mark.parametrize("new", ["short", "password", "aaaaaaaaaaaa", 5, None])
def test_a_new_password_is_as_strong_as_the_first(person: PersonFactory, new: object) -> None:
    one = person()
    expect_field(one.post("/api/auth/password", {"current": PASSWORD, "new": new}), "/new")
    assert can_log_in(one, PASSWORD)


def test_two_changes_at_once_are_one_change(person: PersonFactory) -> None:
    """Both know the old password; the second finds another one when its turn comes."""
    one = person()
    news = [f"{NEW} {n}" for n in range(4)]
    answers: list[int] = []

    def at_once(new: str) -> None:
        answers.append(change(one.elsewhere(), new=new))

    run_all([lambda new=new: at_once(new) for new in news])
    assert sorted(answers) == [204, 401, 401, 401]
    assert sum(can_log_in(one, new) for new in news) == 1


def run_all(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_a_login_that_was_under_way_does_not_outlive_the_old_password(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    with sessions() as session:
        user = session.scalars(select(User).where(User.email == one.email)).one()
        assert change(one) == 204  # after the login looked at the old password
        with pytest.raises(Exception, match="log in"):
            tokens.issue(session, user, kind="login", name="late", days=1)


def test_a_token_that_was_revoked_meanwhile_makes_no_other(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    with sessions() as session:
        token = tokens.authenticate(session, one.token)
        assert token is not None
        assert one.post("/api/auth/logout-everywhere").status_code == 204
        with pytest.raises(Exception, match="log in"):
            tokens.issue(session, token.user, kind="personal", name="late", days=1, by=token)


def test_logging_out_everywhere_ends_logins_and_tokens(person: PersonFactory) -> None:
    one = person()
    other = Person(one.http, one.email).log_in()
    made = one.post("/api/auth/tokens", {"name": "notebook"}).json
    assert one.post("/api/auth/logout-everywhere").status_code == 204
    for token in (one.token, other.token, made["access_token"]):
        expect_problem(Person(one.http, one.email, token).get("/api/auth/me"), 401)
    assert can_log_in(one, PASSWORD)


def test_a_link_sets_a_new_password_once_and_ends_every_login(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    token, other = link_for(one, sessions), link_for(one, sessions)
    assert reset(one, token) == 204
    expect_problem(one.get("/api/auth/me"), 401)
    assert (can_log_in(one, PASSWORD), can_log_in(one, NEW)) == (False, True)
    assert reset(one, token, "once more, but another") == 404
    assert reset(one, other, "once more, but another") == 404, "all links of the person ended"
    assert can_log_in(one, NEW)


def test_only_the_hash_of_a_link_is_kept(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    token = link_for(one, sessions)
    assert len(token) >= 43  # 256 bits
    with sessions() as session:
        rows = session.scalars(select(PasswordReset)).all()
        assert tokens.digest(token) in {row.sha256 for row in rows}
        assert not [row for row in rows if token in str(vars(row))]


def test_a_link_that_is_used_twice_at_once_works_once(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    token = link_for(one, sessions)
    news = [f"{NEW} {n}" for n in range(6)]
    answers: list[int] = []

    def at_once(new: str) -> None:
        answers.append(reset(one.elsewhere(), token, new))

    run_all([lambda new=new: at_once(new) for new in news])
    assert sorted(answers) == [204, 404, 404, 404, 404, 404]
    assert sum(can_log_in(one, new) for new in news) == 1


def test_a_weak_password_does_not_use_the_link_up(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    token = link_for(one, sessions)
    body = {"token": token, "password": one.email}
    expect_field(one.http.post("/api/auth/reset-password", json=body), "/password")
    assert reset(one, token) == 204


def test_dead_and_unknown_links_are_answered_alike(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    expired, used = link_for(one, sessions), link_for(one, sessions)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with sessions.begin() as session:
        this = PasswordReset.sha256 == tokens.digest(expired)
        session.execute(update(PasswordReset).where(this).values(expires_at=past))
    assert reset(one, used) == 204
    told = []
    for token in (expired, used, "unknown", "x" * 200):
        body = {"token": token, "password": NEW}
        response = one.http.post("/api/auth/reset-password", json=body)
        told.append({**expect_problem(response, 404, "not_found"), "request_id": ""})
    assert all(each == told[0] for each in told)


def test_a_link_lives_for_an_hour(person: PersonFactory, sessions: sessionmaker[Session]) -> None:
    token = link_for(person(), sessions)
    with sessions() as session:
        this = PasswordReset.sha256 == tokens.digest(token)
        link = session.scalars(select(PasswordReset).where(this)).one()
        assert link.expires_at - link.created_at == LINK_LIVES == timedelta(hours=1)


def test_erasing_the_account_ends_its_links(
    person: PersonFactory, sessions: sessionmaker[Session], mailing: Flask
) -> None:
    one = person()
    token = link_for(one, sessions)
    forgot(mailing, one.email)
    user_id = one.id()
    assert one.delete("/api/auth/me").status_code == 204
    assert reset(one, token) == 404
    assert asked(sessions, one.email) == 0
    with sessions() as session:
        of = select(func.count()).where(PasswordReset.user_id == uuid.UUID(user_id))
        assert session.scalar(of) == 0


def forgot(app: Flask, email: str, **more: str) -> int:
    body = {"email": email, **more}
    return app.test_client().post("/api/auth/forgot-password", json=body).status_code


def test_asking_for_a_link_does_the_same_for_every_address(
    person: PersonFactory, sessions: sessionmaker[Session], mailing: Flask
) -> None:
    """Nothing is looked up, so neither the answer nor its time tells who has an account."""
    one, nobody = person(), new_email()
    known = mailing.test_client().post("/api/auth/forgot-password", json={"email": one.email})
    unknown = mailing.test_client().post("/api/auth/forgot-password", json={"email": nobody})
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (204, b"")
    assert set(known.headers.keys()) == set(unknown.headers.keys())
    assert (asked(sessions, one.email), asked(sessions, nobody)) == (1, 1)


@pytest.mark.parametrize("email", ["nobody", "a@b", "", 5, "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused(mailing: Flask, email: object) -> None:
    response = mailing.test_client().post("/api/auth/forgot-password", json={"email": email})
    expect_field(response, "/email")


def test_without_a_mail_server_the_answer_says_whom_to_ask(
    http: FlaskClient, person: PersonFactory, mailing: Flask
) -> None:
    for email in (person().email, new_email()):
        response = http.post("/api/auth/forgot-password", json={"email": email})
        assert "administrator" in expect_problem(response, 409, "conflict")["detail"]
    assert http.get("/api/auth/options").json["password_reset"] == "administrator"
    assert mailing.test_client().get("/api/auth/options").json["password_reset"] == "mail"


def test_nobodys_mailbox_is_filled(
    person: PersonFactory, sessions: sessionmaker[Session], mailing: Flask
) -> None:
    one = person()
    for _ in range(MOST_LINKS + 2):
        assert forgot(mailing, one.email) == 204
    mails = []
    while True:
        with sessions.begin() as session:
            due = password_changes.next_mail(session)
        if due is None:
            break
        mails.append(due)
        with sessions.begin() as session:
            password_changes.mail_is_done(session, due)
    assert len(mails) == MOST_LINKS
    assert asked(sessions, one.email) == 0
    assert reset(one, mails[0].secret) == 204
