"""Administration: people, credits, tasks, queues."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from agelens.services.audit import audit
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.sent_cohorts import (
    PRICE_PER_ROW,
    accepted,
    as_csv,
    cohort,
    people,
    send,
)
from integration.conftest import PersonFactory
from integration.people import NO_ID, Person
from sqlalchemy.orm import Session, sessionmaker

ROUTES = [
    ("GET", "/api/admin/users"),
    ("POST", "/api/admin/wallets/somebody/topup"),
    ("GET", "/api/admin/transactions"),
    ("GET", "/api/admin/tasks"),
    ("GET", "/api/admin/cohorts"),
    ("POST", f"/api/admin/cohorts/{NO_ID}/cancel"),
    ("GET", "/api/admin/ml-models"),
    ("POST", "/api/admin/ml-models"),
    ("POST", "/api/admin/ml-models/kaggle-age/activate"),
    ("POST", "/api/admin/ml-models/kaggle-age/rollback"),
    ("GET", "/api/admin/queues"),
    ("GET", "/api/admin/activity"),
    ("GET", "/api/admin/users/somebody"),
    ("PATCH", "/api/admin/users/somebody"),
    ("POST", "/api/admin/users/somebody/block"),
    ("POST", "/api/admin/users/somebody/unblock"),
    ("GET", "/api/admin/ml-models/kaggle-age/drift"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_administration_is_for_administrators(
    person: PersonFactory, http: FlaskClient, method: str, path: str
) -> None:
    expect_problem(http.open(path, method=method), 401, "unauthenticated")
    expect_problem(person().request(method, path), 403, "forbidden")
    expect_problem(person().request(method, path, data="{"), 403, "forbidden")


def test_people_are_listed_with_their_wallets(person: PersonFactory, admin: Person) -> None:
    one = person(30)
    page = admin.get("/api/admin/users", query_string={"email": one.email[:12].upper()}).json
    assert page["next_cursor"] is None
    (shown,) = page["items"]
    assert shown == one.get("/api/auth/me").json | {
        "erased_at": None,
        "blocked_at": None,
        "wallet": {"balance": 30, "held": 0, "available": 30},
    }


def test_people_are_listed_newest_first_in_pages(person: PersonFactory, admin: Person) -> None:
    emails = [person().email for _ in range(3)]
    first = admin.get("/api/admin/users?limit=2").json
    second = admin.get(f"/api/admin/users?limit=2&cursor={first['next_cursor']}").json
    seen = [user["email"] for page in (first, second) for user in page["items"]]
    assert seen[:3] == emails[::-1]


def test_wildcards_in_a_search_are_plain_text(person: PersonFactory, admin: Person) -> None:
    person()
    for email in ("%", "_@", "\\", "%25"):
        page = admin.get("/api/admin/users", query_string={"email": email})
        assert page.json["items"] == []


@pytest.mark.parametrize("by", ["email", "id"])
def test_an_administrator_adds_credits(person: PersonFactory, admin: Person, by: str) -> None:
    one = person()
    who = one.email.upper() if by == "email" else one.id()
    response = admin.post(f"/api/admin/wallets/{who}/topup", {"amount": 12_345})
    assert response.status_code == 201
    assert (response.json["kind"], response.json["balance_after"]) == ("topup", 12_345)
    assert one.wallet()["balance"] == 12_345


@pytest.mark.parametrize("amount", [0, -5, 10**12 + 1, 2**63, 10**30, 1e308, "5", True, None])
def test_an_impossible_amount_is_refused(
    person: PersonFactory, admin: Person, amount: object
) -> None:
    one = person()
    response = admin.post(f"/api/admin/wallets/{one.email}/topup", {"amount": amount})
    expect_field(response, "/amount")
    assert one.wallet()["balance"] == 0


@pytest.mark.parametrize("who", ["nobody@example.org", NO_ID, "%F0%9F%92%A9", "1"])
def test_credits_for_nobody_are_404(admin: Person, who: str) -> None:
    response = admin.post(f"/api/admin/wallets/{who}/topup", {"amount": 5})
    expect_problem(response, 404, "not_found")


def test_everybodys_transactions_say_who_did_what(person: PersonFactory, admin: Person) -> None:
    one = person()
    admin.post(f"/api/admin/wallets/{one.email}/topup", {"amount": 5})
    newest = admin.get("/api/admin/transactions?limit=1").json["items"][0]
    assert newest["amount"] == 5
    assert newest["actor_id"] == admin.id()
    assert {"wallet_id", "note", "kind", "balance_after"} <= set(newest)
    expect_field(admin.get("/api/admin/transactions?limit=x"), "/limit")


def test_everybodys_tasks_say_whose_they_are(
    person: PersonFactory, admin: Person, run_jobs: Callable[[], None]
) -> None:
    one, other = person(10), person(10)
    ids = {one.queued(): one.id(), other.queued(): other.id()}
    run_jobs()
    page = admin.get("/api/admin/tasks?limit=2&status=succeeded&model=kaggle-age").json
    assert {task["id"]: task["user_id"] for task in page["items"]} == ids
    expect_field(admin.get("/api/admin/tasks?status=nonsense"), "/status")


def test_everybodys_cohorts_are_listed_in_pages_and_narrowed_down(
    person: PersonFactory, admin: Person
) -> None:
    one, other = person(1000), person(1000)
    ids = [accepted(send(one, as_csv(people(1))))["id"] for _ in range(3)]
    of_other = accepted(send(other, as_csv(people(1))))["id"]
    everybodys = admin.get("/api/admin/cohorts?limit=100").json["items"]
    # other tests' cohorts may be dated ahead of these
    both = [(c["id"], c["user_id"]) for c in everybodys if c["user_id"] in (one.id(), other.id())]
    assert both == [(of_other, other.id()), *((cohort, one.id()) for cohort in ids[::-1])]
    for who in (one.id(), one.email.upper()):
        asked = {"user": who, "limit": 2}
        first = admin.get("/api/admin/cohorts", query_string=asked).json
        asked["cursor"] = first["next_cursor"]
        second = admin.get("/api/admin/cohorts", query_string=asked).json
        assert [c["id"] for page in (first, second) for c in page["items"]] == ids[::-1]
        assert second["next_cursor"] is None
    one.post(f"/api/cohorts/{ids[0]}/cancel")
    asked = {"user": one.email, "status": "canceled"}
    page = admin.get("/api/admin/cohorts", query_string=asked).json
    assert [(c["id"], c["status"]) for c in page["items"]] == [(ids[0], "canceled")]
    for nobody in ("nobody@example.org", NO_ID):
        page = admin.get("/api/admin/cohorts", query_string={"user": nobody}).json
        assert page == {"items": [], "next_cursor": None}
    expect_field(admin.get("/api/admin/cohorts?status=nonsense"), "/status")


def test_an_administrator_cancels_a_cohort_and_its_owner_reads_who_did(
    person: PersonFactory, admin: Person, sessions: sessionmaker[Session]
) -> None:
    one = person(1000)
    cohort_id = accepted(send(one, as_csv(people(5))))["id"]
    assert one.wallet()["held"] == 5 * PRICE_PER_ROW
    for _ in range(2):  # canceling twice is harmless
        response = admin.post(f"/api/admin/cohorts/{cohort_id}/cancel")
        assert (response.status_code, response.json["status"]) == (200, "canceled")
        assert response.json["user_id"] == one.id()
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    shown = cohort(one, cohort_id)
    assert shown["error"]["code"] == "canceled_by_administrator"
    assert "An administrator canceled this cohort" in shown["error"]["message"]
    assert shown["charged"] == 0
    with sessions() as session:
        assert not audit(session).differences
    expect_problem(admin.post(f"/api/admin/cohorts/{NO_ID}/cancel"), 404, "not_found")


def test_what_has_ended_is_not_canceled_by_an_administrator(
    person: PersonFactory, admin: Person, run_jobs: Callable[[], None]
) -> None:
    one = person(1000)
    cohort_id = accepted(send(one, as_csv(people(2))))["id"]
    run_jobs()
    expect_problem(admin.post(f"/api/admin/cohorts/{cohort_id}/cancel"), 409, "conflict")
    assert cohort(one, cohort_id)["status"] == "succeeded"
    assert cohort(one, cohort_id)["error"] is None


def test_nobody_reaches_anothers_cohort_except_by_the_administrators_routes(
    person: PersonFactory, admin: Person
) -> None:
    cohort_id = accepted(send(person(1000), as_csv(people(1))))["id"]
    for who in (person(), admin):
        expect_problem(who.get(f"/api/cohorts/{cohort_id}"), 404, "not_found")
        expect_problem(who.post(f"/api/cohorts/{cohort_id}/cancel"), 404, "not_found")
        assert cohort_id not in who.get("/api/cohorts").text
    refused = person().post(f"/api/admin/cohorts/{cohort_id}/cancel")
    expect_problem(refused, 403, "forbidden")


def test_administrators_see_no_task_of_others_as_their_own(
    person: PersonFactory, admin: Person
) -> None:
    expect_problem(admin.get(f"/api/tasks/{person(10).queued()}"), 404)


def test_queues_tell_what_waits(
    person: PersonFactory, admin: Person, run_jobs: Callable[[], None]
) -> None:
    run_jobs()
    person(10).queued()
    shown = admin.get("/api/admin/queues").json
    assert set(shown) == {"queues", "workers", "trainers", "tasks", "cohorts", "retrainings"}
    waiting = {queue["name"]: queue["waiting"] for queue in shown["queues"]}
    assert waiting == {"predictions": 1, "cohorts": 0, "training": 0}
    assert set(shown["tasks"]) == {"queued", "running"}
    assert shown["tasks"]["queued"] >= 1


@pytest.mark.parametrize(("period", "bucket"), [("24h", "hour"), ("7d", "hour"), ("30d", "day")])
def test_activity_is_told_by_hour_or_day(admin: Person, period: str, bucket: str) -> None:
    found = admin.get(f"/api/admin/activity?period={period}").json
    assert (found["period"], found["bucket"]) == (period, bucket)
    assert found["items"][-1]["start"].startswith(f"{datetime.now(UTC):%Y-%m-%d}")


def test_activity_of_another_period_is_refused(admin: Person) -> None:
    expect_field(admin.get("/api/admin/activity?period=1y"), "/period")


def test_drift_of_no_clock_is_not_found(admin: Person) -> None:
    expect_problem(admin.get("/api/admin/ml-models/no-clock/drift"), 404, "not_found")
