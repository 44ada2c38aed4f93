"""Who waits for results when a server is told to stop."""

import threading
import time

from agelens.web.long_polling import LongPollLimit

from dash_app.concurrency_limit import ConcurrencyLimit


class Heard:
    """A waiter that is woken by the test."""

    hears = True

    def __init__(self) -> None:
        self.woken = threading.Event()

    def pause(self, seconds: float) -> bool:
        return self.woken.wait(seconds)


def never(_found: object) -> bool:
    return False


def test_who_waits_is_answered_when_the_room_closes() -> None:
    room, looked = LongPollLimit(1), threading.Event()
    waiting = threading.Thread(target=room.wait, args=(looked.set, never, 60, Heard()))
    waiting.start()
    assert looked.wait(60)
    room.close()
    waiting.join(30)  # the minute is not over
    assert not waiting.is_alive()


def test_who_comes_to_a_closed_room_does_not_wait() -> None:
    room = LongPollLimit(1)
    room.close()
    came = time.monotonic()
    room.wait(lambda: None, never, 600, Heard())
    assert time.monotonic() - came < 60


def test_who_is_told_looks_twice() -> None:
    room, heard, states = LongPollLimit(1), Heard(), ["queued"]
    looks = []

    def look() -> str:
        looks.append(states[-1])
        return states[-1]

    def finish() -> None:
        states.append("succeeded")
        heard.woken.set()

    end = threading.Timer(1.5, finish)
    end.start()
    assert room.wait(look, lambda state: state == "succeeded", 60, heard) == "succeeded"
    end.join()
    assert looks == ["queued", "succeeded"]


def test_a_closed_web_app_grants_no_slots() -> None:
    limit = ConcurrencyLimit(1)
    with limit.slot() as found:
        assert found
        with limit.slot() as second:
            assert not second
    limit.close()
    with limit.slot() as found:
        assert not found
