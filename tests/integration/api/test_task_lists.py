"""Looking at tasks: one of them, waiting for it, all of them in pages; and canceling."""

import threading
import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.claims import claimed, settle
from integration.conftest import PersonFactory
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]


def test_waiting_ends_when_the_task_does(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(10)
    task_id = one.queued()
    answers = []
    waiting = one.elsewhere()

    def wait() -> None:
        answers.append(waiting.get(f"/api/tasks/{task_id}?wait=30"))

    thread = threading.Thread(target=wait)
    started = time.monotonic()
    thread.start()
    run_jobs()
    thread.join(60)
    assert time.monotonic() - started < 30
    assert answers[0].json["status"] == "succeeded"


def test_waiting_ends_with_the_time(person: PersonFactory) -> None:
    one = person(10)
    task_id = one.queued()
    started = time.monotonic()
    response = one.get(f"/api/tasks/{task_id}?wait=0.3")
    assert response.json["status"] == "queued"
    assert 0.3 <= time.monotonic() - started < 20  # not the longest wait, of 30 s


def test_nobody_waits_for_a_draft(person: PersonFactory) -> None:
    one = person()
    draft = one.draft()
    started = time.monotonic()
    one.get(f"/api/tasks/{draft['id']}?wait=30")
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("wait", ["-1", "31", "nan", "inf", "1e999", "soon", ""])
def test_an_impossible_wait_is_refused(person: PersonFactory, wait: str) -> None:
    one = person()
    path = f"/api/tasks/{one.draft()['id']}"
    expect_field(one.get(path, query_string={"wait": wait}), "/wait")


@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/history"])
def test_a_list_is_newest_first_in_pages_that_overlap_nowhere(
    person: PersonFactory, path: str
) -> None:
    one = person()
    made = [one.draft()["id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = one.get(path, query_string=query).json
        assert set(page) == {"items", "next_cursor"}
        assert len(page["items"]) <= 2
        seen += [task["id"] for task in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        one.draft()  # what comes later moves no page
    assert seen == made[::-1]


def test_pages_of_one_clock_are_the_whole_list_of_it(person: PersonFactory) -> None:
    one, other = person(), person()
    made = []
    for _ in range(5):
        made.append(one.draft(model="kdm")["id"])
        one.draft(), other.draft(model="kdm")
    found: list[str] = []
    cursor = ""
    while len(found) < 6:
        page = one.get(f"/api/tasks?model=kdm&status=draft&limit=2{cursor}").json
        found += [task["id"] for task in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == made[::-1]


def test_a_list_is_filtered_by_status_and_clock(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(100)
    finished = one.queued()
    run_jobs()
    draft, queued = one.draft()["id"], one.queued()

    def ids(**query: str) -> list[str]:
        return [task["id"] for task in one.get("/api/tasks", query_string=query).json["items"]]

    assert ids(status="succeeded") == [finished]
    assert ids(status="draft") == [draft]
    assert ids(status="queued", model="kaggle-age") == [queued]
    assert ids(model="kaggle-age") == [queued, draft, finished]
    assert ids(model="nonsense") == []
    assert ids(status="failed") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=nonsense", "/status"),
        ("status=", "/status"),
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=x", "/limit"),
        ("limit=1.5", "/limit"),
        ("limit=" + "9" * 5000, "/limit"),
        ("model=" + "x" * 130, "/model"),
        ("cursor=nonsense", "/cursor"),
    ],
)
def test_an_impossible_filter_is_refused(person: PersonFactory, query: str, pointer: str) -> None:
    expect_field(person().get(f"/api/tasks?{query}"), pointer)


def test_nobody_sees_the_tasks_of_another(person: PersonFactory) -> None:
    person().draft()
    assert person().get("/api/tasks").json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/history"])
def test_lists_need_a_login(http: FlaskClient, path: str) -> None:
    expect_problem(http.get(path), 401)


def test_canceling_a_queued_task_releases_its_hold(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(10)
    task_id = one.queued()
    response = one.post(f"/api/tasks/{task_id}/cancel")
    assert response.status_code == 200
    assert (response.json["status"], response.json["charged"]) == ("canceled", 0)
    assert response.json["finished_at"]
    assert one.wallet() == {"balance": 10, "held": 0, "available": 10}
    run_jobs()
    assert one.task(task_id)["status"] == "canceled"
    assert [entry["kind"] for entry in one.transactions()] == ["release", "hold", "topup"]


def test_canceling_twice_is_harmless(person: PersonFactory) -> None:
    one = person(10)
    task_id = one.queued()
    first = one.post(f"/api/tasks/{task_id}/cancel").json
    assert one.post(f"/api/tasks/{task_id}/cancel").json == first
    assert one.wallet() == {"balance": 10, "held": 0, "available": 10}


def test_canceling_a_running_task_discards_what_the_worker_brings(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person(10)
    task_id = one.queued()
    by = claimed(sessions, task_id)
    assert one.task(task_id)["status"] == "running"
    assert one.post(f"/api/tasks/{task_id}/cancel").json["status"] == "canceled"
    assert not settle(sessions, by)
    task = one.task(task_id)
    assert (task["status"], task["result"], task["charged"]) == ("canceled", None, 0)
    assert one.wallet() == {"balance": 10, "held": 0, "available": 10}


def test_what_is_not_under_way_cannot_be_canceled(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(10)
    draft, finished = one.draft()["id"], one.queued()
    run_jobs()
    for task_id in (draft, finished):
        expect_problem(one.post(f"/api/tasks/{task_id}/cancel"), 409, "conflict")
    assert one.task(finished)["status"] == "succeeded"
