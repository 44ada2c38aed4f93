"""Work in a thread: one at a time, the last wish wins."""

import threading
import time

from agelens.notebook.latest import Latest

SECONDS = 5.0


def nothing(error: Exception) -> None:
    raise AssertionError(error)


def test_what_was_asked_meanwhile_is_passed_over_but_for_the_last() -> None:
    go = threading.Event()
    done: list[int] = []

    def work(wish: int) -> None:
        go.wait(SECONDS)
        done.append(wish)

    latest = Latest(work, nothing)
    for wish in range(5):
        latest.ask(wish)
    go.set()
    assert latest.settled(SECONDS)
    assert done[-1] == 4
    assert len(done) <= 2


def test_asking_never_waits() -> None:
    latest: Latest[int] = Latest(lambda wish: time.sleep(0.5), nothing)
    began = time.monotonic()
    for wish in range(100):
        latest.ask(wish)
    assert time.monotonic() - began < 0.25
    assert not latest.is_idle
    latest.drop()
    assert latest.settled(SECONDS)


def test_a_failure_is_told_and_ends_nothing() -> None:
    failures: list[Exception] = []
    done: list[int] = []

    def work(wish: int) -> None:
        if wish == 0:
            raise ValueError("no")
        done.append(wish)

    latest = Latest(work, failures.append)
    latest.ask(0)
    assert latest.settled(SECONDS)
    latest.ask(1)
    assert latest.settled(SECONDS)
    assert [str(failure) for failure in failures] == ["no"]
    assert done == [1]


def test_two_beginnings_are_a_pause_apart() -> None:
    began: list[float] = []
    latest: Latest[int] = Latest(
        lambda wish: began.append(time.monotonic()), nothing, pause_seconds=0.2
    )
    latest.ask(0)
    time.sleep(0.05)
    latest.ask(1)
    assert latest.settled(SECONDS)
    assert began[1] - began[0] >= 0.2


def test_ended_it_begins_nothing_more() -> None:
    done: list[int] = []
    latest: Latest[int] = Latest(done.append, nothing)
    latest.end()
    latest.ask(1)
    assert latest.settled(SECONDS)
    assert latest.has_ended
    assert done == []
