"""Read-only links to results."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from agelens.domain.errors import Unavailable
from agelens.services import sharing, tokens
from agelens.services.sharing import MOST_LINKS
from agelens.settings import Settings
from agelens.storage import SharedLink
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import NO_ID, PANEL, Person
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

Jobs = Callable[[], None]
OF_ACCOUNTS = {"price", "charged", "attempts", "user_id", "wallet_id", "age_from_profile", "email"}


@pytest.fixture
def owner(person: PersonFactory, run_jobs: Jobs) -> tuple[Person, str]:
    """Somebody with a result, whose task this is."""
    one = person(200)
    task_id = one.queued()
    run_jobs()
    return one, task_id


def assess(one: Person, run_jobs: Jobs) -> str:
    body = {"answers": PANEL, "models": "ready", "chronological_age": 50}
    made = one.post("/api/assessments", body).json["assessment_id"]
    run_jobs()
    return str(made)


def share(one: Person, path: str, **body: Any) -> Any:
    response = one.post(f"{path}/links", body)
    assert response.status_code == 201, response.text
    return response.json


def opened(http: FlaskClient, token: str) -> Any:
    return http.get(f"/api/shared/{token}")


def names_in(found: Any) -> set[str]:
    if isinstance(found, dict):
        return set(found) | {name for value in found.values() for name in names_in(value)}
    return {name for each in found for name in names_in(each)} if isinstance(found, list) else set()


def test_all_links_of_a_person_are_one_list(
    owner: tuple[Person, str], person: PersonFactory, run_jobs: Jobs
) -> None:
    one, task_id = owner
    assert one.get("/api/links").json == {"items": [], "next_cursor": None}
    panel = assess(one, run_jobs)
    first = share(one, f"/api/tasks/{task_id}", days=1)
    second = share(one, f"/api/assessments/{panel}", days=30)
    page = one.get("/api/links?limit=1").json
    (newest,) = page["items"]
    assert (newest["id"], newest["assessment_id"], newest["task_id"]) == (second["id"], panel, None)
    tasks = one.get(f"/api/assessments/{panel}").json["tasks"]
    assert sorted(newest["models"]) == sorted(task["model"]["name"] for task in tasks)
    assert newest["measured_on"] == tasks[0]["measured_on"]
    assert not {"url", "token"} & newest.keys()
    (other,) = one.get("/api/links", query_string={"cursor": page["next_cursor"]}).json["items"]
    assert (other["id"], other["task_id"], other["models"]) == (
        first["id"],
        task_id,
        ["kaggle-age"],
    )
    assert other["last_opened_at"] is None
    assert opened(one.http, first["token"]).status_code == 200
    assert one.get("/api/links").json["items"][1]["last_opened_at"]
    assert person().get("/api/links").json["items"] == []
    assert one.delete(f"/api/assessments/{panel}/links/{second['id']}").status_code == 204
    assert [each["id"] for each in one.get("/api/links").json["items"]] == [first["id"]]


def test_whoever_has_a_link_sees_the_result_and_nothing_of_the_account(
    owner: tuple[Person, str], http: FlaskClient, settings: Settings
) -> None:
    one, task_id = owner
    link = share(one, f"/api/tasks/{task_id}", days=30)
    assert link["url"] == f"{settings.web_origin}/shared/{link['token']}"
    assert len(link["token"]) == 22  # 128 bits
    lives = datetime.fromisoformat(link["expires_at"]) - datetime.fromisoformat(link["created_at"])
    assert lives == timedelta(days=30)
    response = opened(http, link["token"])
    assert response.status_code == 200
    found, mine = response.json, one.task(task_id)
    assert found["expires_at"] == link["expires_at"]
    assert found["assessment"] is None
    for name in ("id", "status", "model", "answers", "units", "result", "measured_on"):
        assert found["task"][name] == mine[name]
    assert not OF_ACCOUNTS & names_in(found)
    assert one.email not in response.text
    assert one.id() not in response.text
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


def test_an_assessment_is_shown_with_all_its_tasks(
    person: PersonFactory, run_jobs: Jobs, http: FlaskClient
) -> None:
    one = person(200)
    assessment_id = assess(one, run_jobs)
    other_task = one.queued()
    run_jobs()
    link = share(one, f"/api/assessments/{assessment_id}")
    found = opened(http, link["token"]).json
    mine = one.get(f"/api/assessments/{assessment_id}").json
    assert found["task"] is None
    assert found["assessment"]["not_run"] == mine["not_run"]
    shown = [task["id"] for task in found["assessment"]["tasks"]]
    assert shown == [task["id"] for task in mine["tasks"]]
    assert other_task not in str(found)
    assert not OF_ACCOUNTS & names_in(found)
    # a link to one task of it shows that task alone
    alone = opened(http, share(one, f"/api/tasks/{shown[0]}")["token"]).json
    assert alone["assessment"] is None
    assert assessment_id not in str(alone)


def test_links_are_listed_without_their_secrets_and_end_when_revoked(
    owner: tuple[Person, str], http: FlaskClient
) -> None:
    one, task_id = owner
    path = f"/api/tasks/{task_id}"
    first, second = share(one, path, days=1), share(one, path)
    assert opened(http, second["token"]).status_code == 200
    listed = one.get(f"{path}/links")
    assert [item["id"] for item in listed.json["items"]] == [second["id"], first["id"]]
    assert set(listed.json["items"][0]) == {"id", "created_at", "expires_at", "last_opened_at"}
    assert second["token"] not in listed.text
    assert listed.json["items"][0]["last_opened_at"] is not None
    assert listed.json["items"][1]["last_opened_at"] is None
    assert one.delete(f"{path}/links/{second['id']}").status_code == 204
    expect_problem(opened(http, second["token"]), 404, "not_found")
    assert opened(http, first["token"]).status_code == 200
    expect_problem(one.delete(f"{path}/links/{second['id']}"), 404, "not_found")


def test_unknown_expired_and_revoked_links_are_answered_alike(
    owner: tuple[Person, str], http: FlaskClient, sessions: sessionmaker[Session]
) -> None:
    one, task_id = owner
    path = f"/api/tasks/{task_id}"
    expired, revoked = share(one, path), share(one, path)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with sessions.begin() as session:
        this = SharedLink.id == uuid.UUID(expired["id"])
        session.execute(update(SharedLink).where(this).values(expires_at=past))
    one.delete(f"{path}/links/{revoked['id']}")
    told = []
    for token in (expired["token"], revoked["token"], "x" * 22, "unknown"):
        response = opened(http, token)
        told.append({**expect_problem(response, 404, "not_found"), "request_id": ""})
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert all(each == told[0] for each in told)
    assert [item["id"] for item in one.get(f"{path}/links").json["items"]] == []


def test_only_the_hash_of_a_link_is_kept(
    owner: tuple[Person, str], sessions: sessionmaker[Session]
) -> None:
    one, task_id = owner
    link = share(one, f"/api/tasks/{task_id}")
    with sessions() as session:
        kept = session.get_one(SharedLink, uuid.UUID(link["id"]))
        assert kept.sha256 == tokens.digest(link["token"])
        assert link["token"] not in str(vars(kept))


def test_a_repeated_request_makes_one_link_and_shows_its_address_once(
    owner: tuple[Person, str],
) -> None:
    one, task_id = owner
    path, key = f"/api/tasks/{task_id}/links", {"Idempotency-Key": "share-once"}
    first = one.post(path, {"days": 7}, headers=key).json
    again = one.post(path, {"days": 7}, headers=key).json
    assert first["token"]
    assert again == {**first, "token": None, "url": None}
    assert len(one.get(path).json["items"]) == 1


def test_nobody_else_shares_lists_or_revokes(
    owner: tuple[Person, str], person: PersonFactory, run_jobs: Jobs
) -> None:
    one, task_id = owner
    assessment_id, other = assess(one, run_jobs), person()
    for path in (f"/api/tasks/{task_id}", f"/api/assessments/{assessment_id}"):
        link = share(one, path)
        expect_problem(other.post(f"{path}/links", {"days": 7}), 404, "not_found")
        expect_problem(other.get(f"{path}/links"), 404, "not_found")
        expect_problem(other.delete(f"{path}/links/{link['id']}"), 404, "not_found")
        assert len(one.get(f"{path}/links").json["items"]) == 1
    # nor does a link of one result go through another one's address
    wrong = f"/api/assessments/{assessment_id}/links"
    (of_task,) = one.get(f"/api/tasks/{task_id}/links").json["items"]
    expect_problem(one.delete(f"{wrong}/{of_task['id']}"), 404, "not_found")
    expect_problem(one.post(f"/api/tasks/{NO_ID}/links", {"days": 7}), 404, "not_found")


@pytest.mark.parametrize("days", [0, 2, 91, -7, "7", None, 7.5, True])
def test_a_link_lives_for_one_of_the_offered_times(owner: tuple[Person, str], days: object) -> None:
    one, task_id = owner
    expect_field(one.post(f"/api/tasks/{task_id}/links", {"days": days}), "/days")


def test_what_has_no_result_cannot_be_shared(person: PersonFactory) -> None:
    one = person(200)
    for task_id in (one.draft()["id"], one.queued()):
        path = f"/api/tasks/{task_id}/links"
        expect_problem(one.post(path, {"days": 7}), 409, "conflict")


def test_a_result_has_so_many_links_also_when_they_are_made_at_once(
    owner: tuple[Person, str],
) -> None:
    one, task_id = owner
    path = f"/api/tasks/{task_id}"
    for _ in range(MOST_LINKS - 2):
        share(one, path)
    answers: list[int] = []

    def make(who: Person) -> None:
        answers.append(who.post(f"{path}/links", {"days": 7}).status_code)

    threads = [threading.Thread(target=make, args=(one.elsewhere(),)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == [201, 201, 409, 409, 409]


def test_a_link_ends_with_what_it_shows(
    owner: tuple[Person, str], run_jobs: Jobs, http: FlaskClient
) -> None:
    one, task_id = owner
    assessment_id = assess(one, run_jobs)
    of_task = share(one, f"/api/tasks/{task_id}")["token"]
    of_panel = share(one, f"/api/assessments/{assessment_id}")["token"]
    one.delete(f"/api/tasks/{task_id}")
    expect_problem(opened(http, of_task), 404, "not_found")
    assert opened(http, of_panel).status_code == 200
    for task in one.get(f"/api/assessments/{assessment_id}").json["tasks"]:
        assert one.delete(f"/api/tasks/{task['id']}").status_code == 204
    expect_problem(opened(http, of_panel), 404, "not_found")


def test_links_are_exported_and_erased_with_the_account(
    owner: tuple[Person, str], http: FlaskClient, sessions: sessionmaker[Session]
) -> None:
    one, task_id = owner
    link, user_id = share(one, f"/api/tasks/{task_id}"), one.id()
    exported = one.get("/api/auth/me/export")
    (kept,) = exported.json["shared_links"]
    assert (kept["id"], kept["task_id"]) == (link["id"], task_id)
    assert link["token"] not in exported.text
    assert one.delete("/api/auth/me").status_code == 204
    expect_problem(opened(http, link["token"]), 404, "not_found")
    with sessions() as session:
        of = select(func.count()).where(SharedLink.user_id == uuid.UUID(user_id))
        assert session.scalar(of) == 0


def test_a_link_made_while_the_account_is_erased_does_not_outlive_it(
    person: PersonFactory, run_jobs: Jobs, http: FlaskClient
) -> None:
    for _ in range(5):
        one = person(100)
        task_id = one.queued()
        run_jobs()
        made: list[Any] = []

        def make(who: Person, path: str = f"/api/tasks/{task_id}/links", to: Any = made) -> None:
            to.append(who.post(path, {"days": 7}))

        thread = threading.Thread(target=make, args=(one.elsewhere(),))
        thread.start()
        assert one.delete("/api/auth/me").status_code == 204
        thread.join(20)
        (answer,) = made
        assert answer.status_code in (201, 401, 404), answer.text
        if answer.status_code == 201:
            expect_problem(opened(http, answer.json["token"]), 404, "not_found")


def test_a_failure_is_logged_without_the_secret_of_the_link(
    http: FlaskClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(sharing, "open_link", fail)
    assert opened(http, "a-secret-of-a-link").status_code == 503
    logged = capsys.readouterr().out
    assert "path=/api/shared/..." in logged
    assert "a-secret-of-a-link" not in logged
