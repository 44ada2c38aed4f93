"""Drafts: kept, corrected, run, taken away."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PANEL, Person

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
    draft = person().draft({"systolic_bp": 5, "nonsense": 1})
    errors = {e["pointer"]: e for e in draft["validation_errors"]}
    assert set(errors) == {"/answers/systolic_bp", "/answers/nonsense"}
    assert errors["/answers/systolic_bp"]["field"] == "systolic_bp"
    assert "between 50 and 300" in errors["/answers/systolic_bp"]["message"]


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


def test_a_draft_does_not_grow_without_end(person: PersonFactory) -> None:
    one = person()
    draft = one.draft({f"a{i}": 1 for i in range(500)})
    response = one.patch(f"/api/tasks/{draft['id']}", {"answers": {"b": 1}})
    expect_field(response, "/answers", "500")
    assert len(one.task(draft["id"])["answers"]) == 500


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
