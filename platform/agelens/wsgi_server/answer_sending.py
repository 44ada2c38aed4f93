"""Send an answer in few pieces, and large ones from the thread that makes them, while the caller takes them.

waitress sends the head by itself, and writes large pieces to a temporary file, which it reads again before
each time it sends.
"""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

LARGE_PIECE = 64 * 1024  # what is smaller is sent together with what follows it
SECONDS_TO_TAKE = 1.0  # the large pieces of an answer, before the rest is kept for the loop to send


class AnswerTask(WSGITask):
    """Runs the application, and hands over what it answers."""

    def write(self, data: bytes) -> None:
        """Hand over a piece of the answer.

        The head leaves with the beginning of the body: a packet, and a wake-up of the caller, less. The
        frame of a large piece is sent beside it, since waitress copies it twice.
        """
        if not self.wrote_header:
            with self.channel.held_together():
                super().write(data)
        elif not (self.chunked_response and len(data) >= LARGE_PIECE):
            super().write(data)
        elif self.has_body:
            self.channel.write_soon(b"%X\r\n" % len(data))
            self.channel.write_soon(data)
            self.channel.write_soon(b"\r\n")


class AnswerChannel(HTTPChannel):
    """A connection whose answers leave in as few pieces as possible."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._collected: list[bytes] | None = None
        # seconds that a thread still waits for the caller to take large pieces
        self._patience = 0.0
        super().__init__(*args, **options)

    def begin_answer(self) -> None:
        """The next answer has its own patience."""
        self._patience = SECONDS_TO_TAKE

    @contextmanager
    def held_together(self) -> Iterator[None]:
        """What is written meanwhile is sent at once at the end."""
        pieces: list[bytes] = []
        self._collected = pieces
        try:
            yield
        finally:
            self._collected = None
        self.write_soon(b"".join(pieces))

    def write_soon(self, data: Any) -> int:
        """Hand over a piece of the answer; a large one is sent from here as far as it is taken at once.

        waitress would write it to a temporary file, and read that again before each time it sends.
        """
        if self._collected is not None:
            self._collected.append(data)
            return len(data)
        if not isinstance(data, bytes) or len(data) < LARGE_PIECE:
            return int(super().write_soon(data))
        unsent = self._not_taken(data)
        if unsent or not self.connected:
            super().write_soon(unsent)
        return len(data)

    def _not_taken(self, piece: bytes) -> memoryview:
        """Send what is kept, then the piece; what is left of it once the caller takes no more."""
        unsent = memoryview(piece)
        with self.outbuf_lock:
            self._flush_exception(self._flush_some, do_close=False)
        with suppress(OSError):  # which the loop meets again, and closes the connection
            while unsent and self.connected and not self.total_outbufs_len:
                n_sent = self.send(unsent, do_close=False)
                if not n_sent and not self._takes_more():
                    break
                unsent = unsent[n_sent:]
                self.last_activity = time.time()
        return unsent

    def _takes_more(self) -> bool:
        """Wait until the caller does; False when that has taken too long, or the connection is broken.

        All pieces of an answer share one patience: who reads slowly must not keep the thread.
        """
        if self._patience <= 0:
            return False
        poller = select.poll()
        try:
            poller.register(self.socket, select.POLLOUT)
        except ValueError:  # closed meanwhile
            return False
        began = time.monotonic()
        events = poller.poll(self._patience * 1000)
        self._patience -= time.monotonic() - began
        return any(event == select.POLLOUT for _, event in events)
