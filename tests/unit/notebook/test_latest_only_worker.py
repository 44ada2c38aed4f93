"""Work in a thread: one at a time, the last task wins."""

import threading
import time

from agelens.notebook.latest_only_worker import LatestOnlyWorker

SECONDS = 60.0


def nothing(error: Exception) -> None:
    raise AssertionError(error)


def test_what_was_asked_meanwhile_is_passed_over_but_for_the_last() -> None:
    go = threading.Event()
    done: list[int] = []

    def work(task: int) -> None:
        go.wait(SECONDS)
        done.append(task)

    latest = LatestOnlyWorker(work, nothing)
    for task in range(5):
        latest.submit(task)
    go.set()
    assert latest.wait_until_idle(SECONDS)
    assert done[-1] == 4
    assert len(done) <= 2


def test_asking_never_waits() -> None:
    go = threading.Event()
    latest = LatestOnlyWorker[int](lambda task: go.wait(SECONDS), nothing)
    for task in range(100):
        latest.submit(task)
    assert not latest.is_idle
    latest.drop()
    go.set()
    assert latest.wait_until_idle(SECONDS)


def test_a_failure_is_told_and_ends_nothing() -> None:
    failures: list[Exception] = []
    done: list[int] = []

    def work(task: int) -> None:
        if task == 0:
            raise ValueError("no")
        done.append(task)

    latest = LatestOnlyWorker(work, failures.append)
    latest.submit(0)
    assert latest.wait_until_idle(SECONDS)
    latest.submit(1)
    assert latest.wait_until_idle(SECONDS)
    assert [str(failure) for failure in failures] == ["no"]
    assert done == [1]


def test_two_beginnings_are_a_pause_apart() -> None:
    first = threading.Event()
    began: list[float] = []

    def work(task: int) -> None:
        began.append(time.monotonic())
        first.set()

    latest = LatestOnlyWorker(work, nothing, pause_seconds=0.2)
    latest.submit(0)
    assert first.wait(SECONDS)
    latest.submit(1)
    assert latest.wait_until_idle(SECONDS)
    assert began[1] - began[0] >= 0.2


def test_ended_it_begins_nothing_more() -> None:
    done: list[int] = []
    latest: LatestOnlyWorker[int] = LatestOnlyWorker(done.append, nothing)
    latest.end()
    latest.submit(1)
    assert latest.wait_until_idle(SECONDS)
    assert latest.has_ended
    assert done == []
