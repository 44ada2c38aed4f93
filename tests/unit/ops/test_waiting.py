"""Who waits for results when a server is told to stop."""

import threading
import time

from agelens.web.long_polling import WaitingRoom

from dash_app.concurrency_limit import Seats


def test_who_waits_is_answered_when_the_room_closes() -> None:
    room, looked = WaitingRoom(1), threading.Event()

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
    room = WaitingRoom(1)
    room.close()
    came = time.monotonic()
    room.wait(lambda: False, 600)
    assert time.monotonic() - came < 60


def test_a_closed_web_app_has_no_seats() -> None:
    seats = Seats(1)
    with seats.one() as found:
        assert found
        with seats.one() as second:
            assert not second
    seats.close()
    with seats.one() as found:
        assert not found
