"""Credits: balance, top-ups by policy, history."""

import threading
import uuid
from collections.abc import Callable

import pytest
from agelens.services import billing
from agelens.services.audit import audit
from agelens.settings import Settings
from agelens.storage import LedgerEntry, User, Wallet
from flask import Flask
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PASSWORD, Person, new_email
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker


@pytest.mark.parametrize("path", ["/api/wallet", "/api/wallet/balance"])
def test_a_new_wallet_is_empty(person: PersonFactory, path: str) -> None:
    assert person().get(path).json == {"balance": 0, "held": 0, "available": 0}


@pytest.mark.parametrize("path", ["/api/wallet", "/api/wallet/balance"])
def test_a_hold_is_not_available(person: PersonFactory, path: str) -> None:
    one = person(25)
    one.queued()
    assert one.get(path).json == {"balance": 25, "held": 10, "available": 15}


def test_a_topup_answers_its_transaction(person: PersonFactory) -> None:
    one = person()
    response = one.post("/api/wallet/topup", {"amount": 40})
    assert response.status_code == 201
    assert set(response.json) == {
        "id",
        "kind",
        "amount",
        "held_change",
        "balance_after",
        "held_after",
        "task_id",
        "cohort_id",
        "is_welcome",
        "created_at",
    }
    assert response.json | {"id": 0, "created_at": 0} == {
        "id": 0,
        "kind": "topup",
        "amount": 40,
        "held_change": 0,
        "balance_after": 40,
        "held_after": 0,
        "task_id": None,
        "cohort_id": None,
        "is_welcome": False,
        "created_at": 0,
    }
    assert one.wallet()["balance"] == 40


@pytest.mark.parametrize(
    "amount", [0, -1, 1.5, "5", True, None, [], {}, 1e308, 10**30, 2**63, 10_001]
)
def test_an_amount_is_a_whole_number_up_to_the_cap(person: PersonFactory, amount: object) -> None:
    one = person()
    expect_field(one.post("/api/wallet/topup", {"amount": amount}), "/amount")
    assert one.wallet()["balance"] == 0


def test_the_cap_itself_is_allowed(person: PersonFactory) -> None:
    assert person(10_000).wallet()["balance"] == 10_000


def test_administrators_have_no_cap(admin: Person) -> None:
    assert admin.post("/api/wallet/topup", {"amount": 10_001}).status_code == 201
    assert admin.wallet()["balance"] == 10_001


def test_the_policy_admin_leaves_topups_to_administrators(
    settings: Settings,
    make_app: Callable[[Settings], Flask],
    person: PersonFactory,
    admin: Person,
) -> None:
    strict = make_app(settings.model_copy(update={"topup_policy": "admin"}))
    one = person()
    one.http = admin.http = strict.test_client()
    expect_problem(one.post("/api/wallet/topup", {"amount": 5}), 403, "forbidden")
    response = admin.post(f"/api/admin/wallets/{one.email}/topup", {"amount": 5})
    assert response.status_code == 201
    assert one.wallet()["balance"] == 5


@pytest.fixture(scope="module")
def welcoming(settings: Settings, make_app: Callable[[Settings], Flask]) -> Flask:
    """An API whose operator gives credits to new accounts."""
    return make_app(settings.model_copy(update={"welcome_credits": 20}))


def test_a_new_account_starts_with_the_credits_that_the_operator_gives(
    welcoming: Flask, sessions: sessionmaker[Session]
) -> None:
    http = welcoming.test_client()
    assert http.get("/api/auth/options").json["welcome_credits"] == 20
    one = Person(http, new_email()).register().log_in()
    assert one.wallet() == {"balance": 20, "held": 0, "available": 20}
    (entry,) = one.transactions()
    assert (entry["kind"], entry["amount"], entry["balance_after"]) == ("topup", 20, 20)
    assert one.post("/api/wallet/topup", {"amount": 5}).status_code == 201
    assert [entry["is_welcome"] for entry in one.transactions()] == [False, True]
    with sessions() as session:
        of_person = select(Wallet).where(Wallet.user_id == uuid.UUID(one.id()))
        wallet = session.scalars(of_person).one()
    with sessions() as session:
        assert not [told for told in audit(session).differences if str(wallet.id) in told]
    with sessions.begin() as session:
        billing.welcome(session, wallet, 20)  # as if it were done again
    assert one.wallet()["balance"] == 25


def test_the_welcome_happens_once_however_often_somebody_registers_at_once(
    welcoming: Flask, sessions: sessionmaker[Session]
) -> None:
    email = new_email()
    answers: list[int] = []

    def register() -> None:
        body = {"email": email, "password": PASSWORD}
        http = welcoming.test_client()
        answers.append(http.post("/api/auth/register", json=body).status_code)

    threads = [threading.Thread(target=register) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == [201, 409, 409, 409, 409, 409]
    assert Person(welcoming.test_client(), email).log_in().wallet()["balance"] == 20
    with sessions() as session:
        keys = session.scalars(
            select(LedgerEntry.key).join(Wallet).join(User).where(User.email == email)
        ).all()
        assert [key.split(":")[-1] for key in keys] == ["welcome"]


def test_the_history_is_newest_first_in_pages(person: PersonFactory) -> None:
    one = person()
    for amount in (1, 2, 3, 4, 5):
        one.post("/api/wallet/topup", {"amount": amount})
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = one.get("/api/wallet/transactions", query_string=query).json
        assert set(page) == {"items", "next_cursor"}
        seen += [entry["amount"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [5, 4, 3, 2, 1]
    assert cursor is None


def test_a_page_that_just_fits_is_the_last(person: PersonFactory) -> None:
    one = person(7)
    page = one.get("/api/wallet/transactions?limit=1").json
    assert len(page["items"]) == 1
    assert page["next_cursor"] is None


def test_nobody_sees_the_history_of_another(person: PersonFactory) -> None:
    person(7)
    assert person().transactions() == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/wallet"),
        ("GET", "/api/wallet/balance"),
        ("POST", "/api/wallet/topup"),
        ("GET", "/api/wallet/transactions"),
    ],
)
def test_wallets_need_a_login(http: FlaskClient, method: str, path: str) -> None:
    expect_problem(http.open(path, method=method), 401, "unauthenticated")
