"""Drafts: kept, corrected, run, taken away."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from agelens.services import drafts
from agelens.storage import Task
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PANEL, Person
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]


def test_a_draft_may_be_incomplete_and_costs_nothing(person: PersonFactory) -> None:
    one = person()
    response = one.post("/api/tasks", {})
    assert response.status_code == 201
    draft = response.json
    assert response.headers["Location"] == f"/api/tasks/{draft['id']}"
    assert (draft["status"], draft["answers"], draft["charged"]) == ("draft", {}, 0)
    assert one.transactions() == []


def test_a_draft_says_what_still_needs_correcting(person: PersonFactory) -> None:
    draft = person().draft({"systolic_bp": 5, "smoking_status": "sometimes"})
    errors = {e["pointer"]: e for e in draft["validation_errors"]}
    assert set(errors) == {"/answers/systolic_bp", "/answers/smoking_status"}
    assert errors["/answers/systolic_bp"]["field"] == "systolic_bp"
    assert "between 40 and 370" in errors["/answers/systolic_bp"]["message"]


def test_a_draft_keeps_what_only_other_clocks_take_and_leaves_it_out_when_it_runs(
    person: PersonFactory,
) -> None:
    one = person(10)
    blood = {"albumin": 4.4, "fev1": 2900}
    draft = one.draft({"systolic_bp": 120, **blood}, units={"albumin": "g/dL", "fev1": "mL"})
    assert draft["validation_errors"] == []
    assert draft["answers"] == {"systolic_bp": 120, **blood}
    assert one.patch(f"/api/tasks/{draft['id']}", {"model": "kdm"}).json["answers"]["fev1"] == 2900
    one.patch(f"/api/tasks/{draft['id']}", {"model": "kaggle-age"})
    assert one.post(f"/api/tasks/{draft['id']}/run").status_code == 202
    ran = one.task(draft["id"])
    assert (ran["answers"], ran["units"]) == ({"systolic_bp": 120}, {})


def test_a_draft_keeps_the_clocks_that_it_is_meant_for(person: PersonFactory) -> None:
    one = person()
    assert one.draft()["models"] is None
    draft = one.draft(models=["phenoage", "kdm@1.0.0"])
    assert draft["models"] == ["phenoage", "kdm@1.0.0"]
    address = f"/api/tasks/{draft['id']}"
    assert one.patch(address, {"answers": {"albumin": 44}}).json["models"] == draft["models"]
    assert one.patch(address, {"models": []}).json["models"] == []
    assert one.patch(address, {"models": None}).json["models"] is None
    expect_problem(one.patch(address, {"models": ["astrology"]}), 404, "not_found")
    expect_problem(one.post("/api/tasks", {"models": ["astrology"]}), 404, "not_found")
    expect_field(one.post("/api/tasks", {"models": ["kdm"] * 21}), "/models")
    expect_field(one.post("/api/tasks/predict", {"answers": {}, "models": ["kdm"]}), "/models")


def test_editing_merges_and_null_takes_away(person: PersonFactory) -> None:
    one = person()
    draft = one.draft({"systolic_bp": 5, "height": 170}, units={"height": "cm"})
    changes = {
        "answers": {"systolic_bp": 120, "height": None},
        "units": {"height": None},
        "chronological_age": 40,
    }
    response = one.patch(f"/api/tasks/{draft['id']}", changes)
    assert response.status_code == 200
    assert response.json["answers"] == {"systolic_bp": 120}
    assert response.json["units"] == {}
    assert response.json["chronological_age"] == 40
    assert response.json["validation_errors"] == []
    assert one.task(draft["id"]) == response.json


def test_an_edit_that_names_nothing_changes_nothing(person: PersonFactory) -> None:
    one = person()
    draft = one.draft()
    assert one.patch(f"/api/tasks/{draft['id']}", {}).json == draft


@pytest.mark.parametrize("name", ["nonsense", "x" * 100_000, "a/b", ""])
def test_a_draft_keeps_only_what_clocks_read(person: PersonFactory, name: str) -> None:
    one = person()
    draft = one.draft()
    for part in ("answers", "units"):
        made = one.post("/api/tasks", {part: {"systolic_bp": "kPa", name: "mmHg"}})
        edited = one.patch(f"/api/tasks/{draft['id']}", {part: {name: "mmHg"}})
        for response in (made, edited):
            assert len(response.data) < 2_000
            (problem,) = expect_problem(response, 422, "invalid_input")["errors"]
            assert problem["pointer"].startswith(f"/{part}/")
            assert problem["message"] == "is not a biomarker of any clock"
        assert one.patch(f"/api/tasks/{draft['id']}", {part: {name: None}}).status_code == 200
    assert one.task(draft["id"]) == draft


def test_a_draft_does_not_grow_without_end(person: PersonFactory) -> None:
    """One biomarker has endless spellings: the bytes are bounded, not only the names."""
    one = person()
    draft = one.draft()
    spelled = {" " * n + "systolic_bp" + " " * m: "x" * 400 for n in range(1, 6) for m in range(4)}
    kept = one.patch(f"/api/tasks/{draft['id']}", {"answers": spelled}).json
    assert len(kept["answers"]) == len(draft["answers"]) + 20
    more = {name.upper(): text for name, text in spelled.items()}
    edited = one.patch(f"/api/tasks/{draft['id']}", {"answers": more})
    expect_field(edited, "/answers", "16,384 bytes")
    expect_field(one.post("/api/tasks", {"answers": spelled | more}), "/answers", "16,384 bytes")
    assert one.task(draft["id"]) == kept


def test_a_person_has_a_hundred_drafts_at_most(person: PersonFactory) -> None:
    one, other = person(10), person()
    first = one.draft()["id"]
    for _ in range(97):
        one.draft()
    statuses: list[int] = []

    def keep(who: Person) -> None:
        statuses.append(who.post("/api/tasks", {}).status_code)

    threads = [threading.Thread(target=keep, args=(one.elsewhere(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(statuses) == [201] * 2 + [409] * 6
    problem = expect_problem(one.post("/api/tasks", {}), 409, "conflict")
    assert "100 drafts" in problem["detail"]
    assert other.draft()
    assert one.post(f"/api/tasks/{first}/run").status_code == 202
    assert one.draft()


def test_a_draft_of_last_season_is_dropped(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person(10)
    old, recent, queued = one.draft()["id"], one.draft()["id"], one.queued()
    with sessions.begin() as session:
        for task_id, days in ((old, 91), (recent, 89), (queued, 91)):
            made = datetime.now(UTC) - timedelta(days=days)
            chosen = Task.id == uuid.UUID(task_id)
            session.execute(update(Task).where(chosen).values(created_at=made))
    with sessions.begin() as session:
        assert drafts.drop_old(session) == 1
    expect_problem(one.get(f"/api/tasks/{old}"), 404)
    assert one.task(recent)["status"] == "draft"
    assert one.task(queued)["status"] == "queued"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"answers": 5}, "/answers"),
        ({"model": 5}, "/model"),
        ({"status": "succeeded"}, "/status"),
        ({"charged": 0}, "/charged"),
        ({"chronological_age": [5]}, "/chronological_age"),
    ],
)
def test_a_malformed_edit_is_refused(
    person: PersonFactory, changes: dict[str, Any], pointer: str
) -> None:
    one = person()
    draft = one.draft()
    expect_field(one.patch(f"/api/tasks/{draft['id']}", changes), pointer)
    assert one.task(draft["id"]) == draft


def test_a_draft_of_an_unknown_clock_is_404(person: PersonFactory) -> None:
    one = person()
    expect_problem(one.post("/api/tasks", {"model": "nonsense"}), 404)
    edit = one.patch(f"/api/tasks/{one.draft()['id']}", {"model": "nonsense"})
    expect_problem(edit, 404)


def test_running_a_draft_queues_it(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(10)
    task_id = one.draft()["id"]
    response = one.post(f"/api/tasks/{task_id}/run")
    assert response.status_code == 202
    assert response.json["task_id"] == task_id
    assert response.headers["Location"] == f"/api/tasks/{task_id}"
    assert response.headers["Retry-After"]
    assert one.wallet()["held"] == 10
    run_jobs()
    assert one.task(task_id)["status"] == "succeeded"
    assert one.wallet() == {"balance": 0, "held": 0, "available": 0}


def test_running_again_is_harmless(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(100)
    task_id = one.draft()["id"]
    for _ in range(3):
        assert one.post(f"/api/tasks/{task_id}/run").status_code == 202
    run_jobs()
    assert one.post(f"/api/tasks/{task_id}/run").json["status"] == "succeeded"
    run_jobs()
    assert one.wallet() == {"balance": 90, "held": 0, "available": 90}


def test_one_draft_run_20_times_at_once_is_one_charge(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(1000)
    task_id = one.draft()["id"]
    statuses: list[int] = []

    def run(who: Person) -> None:
        statuses.append(who.post(f"/api/tasks/{task_id}/run").status_code)

    threads = [threading.Thread(target=run, args=(one.elsewhere(),)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert statuses == [202] * 20
    run_jobs()
    assert [entry["kind"] for entry in one.transactions()] == ["capture", "hold", "topup"]
    assert one.wallet() == {"balance": 990, "held": 0, "available": 990}


def test_a_draft_that_cannot_be_scored_stays_one(person: PersonFactory) -> None:
    one = person(10)
    draft = one.draft({"systolic_bp": 5})
    response = one.post(f"/api/tasks/{draft['id']}/run")
    expect_field(response, "/answers/systolic_bp", "between")
    assert one.task(draft["id"]) == draft
    assert one.wallet()["held"] == 0


def test_a_draft_without_credits_stays_one(person: PersonFactory) -> None:
    one = person(9)
    draft = one.draft()
    expect_problem(one.post(f"/api/tasks/{draft['id']}/run"), 402, "insufficient_credits")
    assert one.task(draft["id"]) == draft


def test_only_a_draft_can_be_edited(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(10)
    task_id = one.queued()
    change = {"answers": {"systolic_bp": 121}}
    expect_problem(one.patch(f"/api/tasks/{task_id}", change), 409, "conflict")
    run_jobs()
    expect_problem(one.patch(f"/api/tasks/{task_id}", change), 409, "conflict")


def test_a_canceled_task_is_not_run_again(person: PersonFactory) -> None:
    one = person(10)
    task_id = one.queued()
    one.post(f"/api/tasks/{task_id}/cancel")
    expect_problem(one.post(f"/api/tasks/{task_id}/run"), 409, "conflict")


def test_drafts_and_finished_tasks_can_be_taken_away(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(20)
    draft, finished = one.draft()["id"], one.queued()
    run_jobs()
    for task_id in (draft, finished):
        response = one.delete(f"/api/tasks/{task_id}")
        assert (response.status_code, response.data) == (204, b"")
        expect_problem(one.get(f"/api/tasks/{task_id}"), 404)
        expect_problem(one.delete(f"/api/tasks/{task_id}"), 404)
    captured = one.transactions()[0]
    assert (captured["kind"], captured["task_id"]) == ("capture", finished)


def test_a_queued_task_cannot_be_taken_away(person: PersonFactory) -> None:
    one = person(10)
    task_id = one.queued()
    expect_problem(one.delete(f"/api/tasks/{task_id}"), 409, "conflict")
    assert one.task(task_id)["status"] == "queued"


@pytest.mark.parametrize(
    ("method", "action"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/run"), ("POST", "/cancel")],
)
def test_the_task_of_another_does_not_exist(
    person: PersonFactory, method: str, action: str
) -> None:
    one, other = person(100), person(100)
    for task_id in (one.draft()["id"], one.queued(), str(uuid.uuid4())):
        body = {"answers": PANEL} if method == "PATCH" else None
        response = other.request(method, f"/api/tasks/{task_id}{action}", json=body)
        expect_problem(response, 404, "not_found")


@pytest.mark.parametrize(
    ("method", "action"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/run"), ("POST", "/cancel")],
)
def test_tasks_need_a_login(http: FlaskClient, method: str, action: str) -> None:
    response = http.open(f"/api/tasks/{uuid.uuid4()}{action}", method=method)
    expect_problem(response, 401, "unauthenticated")


def test_making_a_draft_needs_a_login(http: FlaskClient) -> None:
    expect_problem(http.post("/api/tasks", json={}), 401)


def test_what_is_no_task_id_is_404(person: PersonFactory) -> None:
    one = person()
    for task_id in ("1", "nonsense", "00000000", "x" * 5000, "%F0%9F%92%A9"):
        expect_problem(one.get(f"/api/tasks/{task_id}"), 404, "not_found")
