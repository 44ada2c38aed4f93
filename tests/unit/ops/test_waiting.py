"""Who waits for results when a server is told to stop."""

import threading
import time

from agelens.web.long_polling import LongPollLimit

from dash_app.concurrency_limit import ConcurrencyLimit


def test_who_waits_is_answered_when_the_room_closes() -> None:
    room, looked = LongPollLimit(1), threading.Event()

    def unfinished() -> bool:
        looked.set()
        return False

    waiting = threading.Thread(target=room.wait, args=(unfinished, 60))
    waiting.start()
    assert looked.wait(60)
    room.close()
    waiting.join(30)  # the minute is not over
    assert not waiting.is_alive()


def test_who_comes_to_a_closed_room_does_not_wait() -> None:
    room = LongPollLimit(1)
    room.close()
    came = time.monotonic()
    room.wait(lambda: False, 600)
    assert time.monotonic() - came < 60


def test_a_closed_web_app_grants_no_slots() -> None:
    limit = ConcurrencyLimit(1)
    with limit.slot() as found:
        assert found
        with limit.slot() as second:
            assert not second
    limit.close()
    with limit.slot() as found:
        assert not found
