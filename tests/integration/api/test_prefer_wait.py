"""`Prefer: wait` on a prediction: its task is the answer, if it is ready in time."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from agelens.services import submissions, task_scoring
from integration.conftest import PersonFactory
from integration.people import PANEL, Person

RunJobs = Callable[[], None]


def predict(one: Person, prefer: str, key: str | None = None) -> Any:
    headers = {"Prefer": prefer} | ({"Idempotency-Key": key} if key else {})
    return one.post("/api/tasks/predict", {"answers": PANEL}, headers=headers)


@pytest.fixture
def worker(run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Ask while somebody else submits nothing: jobs run in this thread, the request in another."""

    def ask(one: Person, prefer: str, key: str | None = None) -> Any:
        answers: list[Any] = []
        who = one.elsewhere()
        asking = threading.Thread(target=lambda: answers.append(predict(who, prefer, key)))
        asking.start()
        while asking.is_alive():
            run_jobs()
            asking.join(0.05)
        return answers[0]

    return ask


def test_the_finished_task_is_the_answer(person: PersonFactory, worker: Callable[..., Any]) -> None:
    one = person(10)
    answer = worker(one, "wait=20")
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait")
    assert answer.json == one.task(answer.json["id"])
    assert answer.json["status"] == "succeeded"
    assert one.wallet() == {"balance": 0, "held": 0, "available": 0}


def test_a_task_that_fails_is_the_answer_too(
    person: PersonFactory, worker: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise RuntimeError

    monkeypatch.setattr(task_scoring, "predict_all", fail)
    answer = worker(person(10), "respond-async, wait=20")
    assert (answer.status_code, answer.json["status"]) == (200, "failed")


def test_it_is_waited_for_too_where_one_statement_did_not_do(
    person: PersonFactory, worker: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "keep", lambda *_, **__: False)
    one = person(10)
    answer = worker(one, "wait=20")
    assert (answer.status_code, answer.json["status"]) == (200, "succeeded")
    assert one.wallet()["balance"] == 0


def test_what_is_not_ready_in_time_is_accepted(person: PersonFactory) -> None:
    one = person(10)
    answer = predict(one, "wait=1")
    assert answer.status_code == 202
    assert one.task(answer.json["task_id"])["status"] == "queued"


def test_a_repeated_request_is_answered_as_the_first_one_and_paid_once(
    person: PersonFactory, worker: Callable[..., Any]
) -> None:
    one = person(30)
    first = worker(one, "wait=20", "mine")
    again = predict(one, "wait=20", "mine")
    assert (again.status_code, again.json["task_id"]) == (202, first.json["id"])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert one.wallet()["balance"] == 20


@pytest.mark.parametrize("prefer", ["Wait=15", "wait=20;x=1", "x=y, wait=20, wait=z"])
def test_preferences_are_read_as_the_standard_writes_them(
    person: PersonFactory, worker: Callable[..., Any], prefer: str
) -> None:
    assert worker(person(10), prefer).status_code == 200


@pytest.mark.parametrize(
    "prefer", ["wait", "wait=", "wait=soon", "wait=-1", "handling=lenient", ""]
)
def test_a_preference_that_cannot_be_met_is_ignored(person: PersonFactory, prefer: str) -> None:
    assert predict(person(10), prefer).status_code == 202


def test_without_credits_the_refusal_comes_at_once(person: PersonFactory) -> None:
    assert predict(person(), "wait=20").status_code == 402
