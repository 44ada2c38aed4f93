"""Taking one's data away, and having them erased."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from agelens.domain.errors import Conflict
from agelens.services import privacy, tasks
from agelens.services.audit import audit
from agelens.settings import Settings
from agelens.storage import Assessment, LedgerEntry, Task, Token, User, Wallet
from agelens.storage.files import Files
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory
from integration.people import PANEL, PASSWORD, Person
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse


def test_the_export_has_everything_of_a_person_and_nothing_of_another(
    person: PersonFactory, run_jobs: Callable[[], None]
) -> None:
    one, other = person(100), person(100)
    finished, theirs = one.queued(), other.queued()
    run_jobs()
    response = one.get("/api/auth/me/export")
    assert response.status_code == 200
    export = response.json
    lists = {"transactions", "tasks", "cohorts", "tokens", "assessments", "shared_links"}
    assert set(export) == {"user", "profile", "wallet", *lists}
    assert export["profile"] == {"sex": None, "birth_date": None, "country": None}
    assert export["user"] == one.get("/api/auth/me").json
    assert export["wallet"] == {"balance": 90, "held": 0, "available": 90}
    assert [entry["kind"] for entry in export["transactions"]] == ["topup", "hold", "capture"]
    assert export["tasks"] == [one.task(finished)]
    assert theirs not in response.text
    assert one.token not in response.text


def test_the_export_needs_a_login(http: FlaskClient) -> None:
    expect_problem(http.get("/api/auth/me/export"), 401)


def test_erasing_leaves_only_a_ledger_that_names_nobody(
    person: PersonFactory, run_jobs: Callable[[], None], sessions: sessionmaker[Session]
) -> None:
    one = person(100)
    user_id = one.id()
    one.queued()
    run_jobs()
    waiting, draft = one.queued(), one.draft()["id"]
    response = one.delete("/api/auth/me")
    assert response.status_code == 204
    expect_problem(one.get("/api/auth/me"), 401)
    login = {"email": one.email, "password": PASSWORD}
    expect_problem(one.http.post("/api/auth/login", json=login), 401)
    run_jobs()
    with sessions() as session:
        user = session.get_one(User, user_id)
        assert (user.email, user.password_hash) == (None, None)
        assert user.erased_at is not None
        assert not session.scalars(select(Task).where(Task.user_id == user.id)).all()
        wallet = session.scalars(select(Wallet).where(Wallet.user_id == user.id)).one()
        kinds = session.scalars(
            select(LedgerEntry.kind)
            .where(LedgerEntry.wallet_id == wallet.id)
            .order_by(LedgerEntry.sequence)
        ).all()
        assert kinds == ["topup", "hold", "capture", "hold", "release"]
        assert (wallet.balance, wallet.held) == (90, 0)
        live = select(Token).where(Token.user_id == user.id, Token.revoked_at.is_(None))
        assert not session.scalars(live).all()
        wallet_id = str(wallet.id)
    with sessions() as session:
        told = audit(session).differences
        assert not [d for d in told if wallet_id in d or waiting in d or draft in d]


def test_the_address_of_an_erased_person_is_free_again(person: PersonFactory) -> None:
    one = person()
    first = one.id()
    one.delete("/api/auth/me")
    again = Person(one.http, one.email).register().log_in()
    assert again.id() != first
    assert again.wallet() == {"balance": 0, "held": 0, "available": 0}


def test_erasing_needs_a_login(http: FlaskClient) -> None:
    expect_problem(http.delete("/api/auth/me"), 401)


def test_the_last_administrator_cannot_leave(
    make_admin: Callable[[], Person], sessions: sessionmaker[Session], settings: Settings
) -> None:
    last, other = make_admin(), make_admin()
    make_admin()
    assert other.delete("/api/auth/me").status_code == 204
    with sessions() as session:  # in a transaction that is thrown away
        everybody_else = select(User).where(User.role == "admin", User.email != last.email)
        for number, admin in enumerate(session.scalars(everybody_else)):
            admin.role = "user"
            if number == 0:  # who could not run the service
                admin.role, admin.blocked_at = "admin", datetime.now(UTC)
        session.flush()
        user = session.scalars(select(User).where(User.email == last.email)).one()
        with pytest.raises(Conflict, match="only administrator"):
            privacy.erase(session, Files(settings.storage_url), user)
        session.rollback()


LATE: dict[str, Callable[[Person], TestResponse]] = {
    "prediction": lambda late: late.predict(),
    "assessment": lambda late: late.post("/api/assessments", {"answers": PANEL}),
    "profile": lambda late: late.patch("/api/auth/me/profile", {"sex": "female"}),
}


@pytest.mark.parametrize("submit", LATE.values(), ids=LATE)
def test_a_submission_during_the_erasure_keeps_nothing(
    person: PersonFactory,
    sessions: sessionmaker[Session],
    settings: Settings,
    submit: Callable[[Person], TestResponse],
) -> None:
    one = person(100)
    user_id = one.id()
    answers = []
    with sessions() as session:
        privacy.erase(session, Files(settings.storage_url), session.get_one(User, user_id))
        late = one.elsewhere()
        thread = threading.Thread(target=lambda: answers.append(submit(late)))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "it must wait for the erasure"
        session.commit()
    thread.join(10)
    expect_problem(answers[0], 401)
    with sessions() as session:
        for table in (Task, Assessment):
            assert not session.scalars(select(table).where(table.user_id == user_id)).all()
        assert session.get_one(User, user_id).sex is None


def test_an_erasure_waits_for_a_task_that_is_being_settled(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    """The second task is locked by somebody who wants the wallet next: no deadlock."""
    one = person(100)
    user_id = one.id()
    first, second = sorted([one.queued(), one.queued()])
    answers = []
    with sessions() as session:
        owner = session.get_one(User, user_id)
        locked = tasks.owned(session, owner.id, session.get_one(Task, second).id, lock=True)
        late = one.elsewhere()
        thread = threading.Thread(target=lambda: answers.append(late.delete("/api/auth/me")))
        thread.start()
        thread.join(0.3)
        tasks.cancel(session, owner.id, locked.id)
        session.commit()
    thread.join(10)
    assert answers[0].status_code == 204
    with sessions() as session:
        wallet = session.scalars(select(Wallet).where(Wallet.user_id == user_id)).one()
        assert (wallet.balance, wallet.held) == (100, 0)
        assert session.get(Task, first) is None
