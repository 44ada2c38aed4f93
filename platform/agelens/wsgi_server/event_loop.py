"""Receive requests in one event loop, and give a thread only to those that have arrived.

waitress reads every connection in its loop. Its classes are extended here by what keeps slow and hungry
callers away; docs/decisions/web-server.md says why.

A large body is received only once the application wants it. The application runs first without it:
an answer that needs no body (401, 404, 413, 415, 429) is sent at once, and what is still sent is thrown
away. Where the application begins to read, that run ends by `BodyWanted`, and it runs again when the
body has arrived.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import Error

from agelens.wsgi_server.answer_sending import AnswerChannel, AnswerTask
from agelens.wsgi_server.request_parser import (
    BODY_WAS_WANTED,
    MAX_BODY_BYTES,
    UNSAID_BODY_BYTES,
    Busy,
    Limits,
    Request,
    TooSlow,
    problem,
)

READ_BYTES, READ_PARSED_BYTES = 128 * 1024, 8 * 1024  # waitress copies the rest for every chunk
IDLE_SECONDS = 75  # longer than a proxy keeps its side open, so that we never close first
UNREAD_ANSWER_SECONDS = 60  # nothing of an answer is taken
DISCARD_SECONDS, SILENT_DISCARD_SECONDS = 30, 5  # how long the rest of a refused body is awaited
LARGE_BODIES, LARGE_BODIES_PER_CALLER = 128, 16  # received at the same time by a process
WAITING_PER_THREAD = 8  # requests that may wait for a thread; more are told to come back
SECONDS_FOR_A_THREAD = 10
ACCEPTED_AT_ONCE = 64
FULL_SHARE = 0.9  # of the connections; beyond, silent ones are closed until it is half of them
SECONDS_TO_BEGIN = 1  # before a connection counts as silent
HEALTH = "/healthz"


class BodyWanted(BaseException):
    """The application begins to read a body that has not been received; no error handler's business."""


class _NotReceived:
    """Stands for the body while the application is asked whether it wants it."""

    def read(self, _size: int = -1) -> NoReturn:
        raise BodyWanted

    readline = readlines = __iter__ = read


class _Task(AnswerTask):
    """Runs the application, with the body or without."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.multiprocess"] = True
        environ[BODY_WAS_WANTED] = self.request.body_wanted
        self.request.environ = environ
        if not self.request.completed:
            environ["wsgi.input"] = _NotReceived()
        return environ

    def build_response_header(self) -> bytes:
        if self.request.is_unreceived or self.channel.server.is_stopping:
            self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


class _ErrorTask(ErrorTask):
    """Answers with a problem."""

    def execute(self) -> None:
        self.status, headers, body = problem(self.request.error)
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(AnswerChannel):
    """A connection: one request at a time, received in the loop, answered in a thread."""

    task_class = _Task
    error_task_class = _ErrorTask
    parser_class = Request
    request: Request | None
    close_when_flushed: bool

    def __init__(self, *args: Any, **options: Any) -> None:
        self._unparsed = b""  # arrived already, but not its turn
        self._lingers = False  # what is still sent is thrown away before the connection is closed
        self._discarding_since: float | None = None
        super().__init__(*args, **options)

    @property
    def is_busy(self) -> bool:
        """Whether there is something to answer, or an answer to be sent."""
        arriving = self.request is not None and self.request.headers_finished
        return bool(arriving or self.requests or self.total_outbufs_len)

    def is_silent(self, now: float) -> bool:
        """Whether it had time to ask for something, and asks for nothing."""
        had_time = bool(now - self.creation_time > SECONDS_TO_BEGIN)
        return had_time and not self.is_busy and not self._has_unread_beginning()

    def _has_unread_beginning(self) -> bool:
        """Whether a request has come that a busy machine has not looked at yet.

        Only its beginning counts: who sends a head byte by byte asks for nothing.
        """
        if self.request is not None:
            return False
        try:
            return bool(self.socket.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    @property
    def is_health_check(self) -> bool:
        """Whether whoever watches the process asks."""
        return bool(self.requests) and getattr(self.requests[0], "path", "") == HEALTH

    @property
    def large_body_of(self) -> str | None:
        """Whose large body is received now."""
        request = self.request
        return request.caller(self.addr[0]) if request is not None and request.body_wanted else None

    # In the loop.

    def readable(self) -> bool:
        if self._discarding_since is not None:
            return not self.will_close
        return not self._unparsed and bool(super().readable())

    def handle_read(self) -> None:
        request = self.request
        plain = request is not None and request.headers_finished and not request.chunked
        try:
            data = self.recv(READ_BYTES if plain else READ_PARSED_BYTES)
        except OSError:
            self.handle_close()
            return
        if not data:
            self.connected = False
            return
        self.last_activity = time.time()
        if self._discarding_since is None:
            self.received(data)

    def received(self, data: bytes) -> bool:
        with self.requests_lock:
            self._parse(data)
            self._forget_arriving()
        return True

    def handle_write(self) -> None:
        """Send; closing while something arrives would reset the connection before that is read."""
        if not self._lingers:
            super().handle_write()
            return
        self._flush_exception(self._flush_some_if_lockable)
        if self.will_close:
            self.handle_close()
        elif self.close_when_flushed and not self.total_outbufs_len:
            self.close_when_flushed = False
            self._discarding_since = time.monotonic()
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def handle_close(self) -> None:
        super().handle_close()
        if self.requests_lock.acquire(blocking=False):  # else who has it forgets the request
            self._forget_arriving()
            self.requests_lock.release()

    def check_deadlines(self, limits: Limits, now: float) -> None:
        """Close what is too slow."""
        silent_seconds = time.time() - self.last_activity
        if self._discarding_since is not None:
            too_long = now - self._discarding_since > DISCARD_SECONDS
            expired = too_long or silent_seconds > SILENT_DISCARD_SECONDS
        elif self.total_outbufs_len:
            expired = silent_seconds > UNREAD_ANSWER_SECONDS
        elif self.requests:
            expired = False
        elif self.request is None:
            expired = silent_seconds > IDLE_SECONDS
        else:
            complaint = self.request.complaint(limits, now)
            expired = bool(complaint)
            if expired:
                self._say(TooSlow(complaint))
        if expired:
            self.handle_close()

    # With requests_lock held, in the loop or in the thread that has just answered.

    def _parse(self, data: bytes) -> None:
        while data and self.connected and not (self.will_close or self.close_when_flushed):
            if self.request is None:
                self.request = self.parser_class(self.adj)
            request = self.request
            data = data[request.received(data) :]
            if request.completed and request.empty:
                self.request = None
            elif request.completed or request.must_ask:
                self._unparsed = data
                self._queue(request)
                return
            elif request.expect_continue and request.headers_finished:
                self.send_continue()

    def _queue(self, request: Request) -> None:
        self.request, self.sent_continue = None, False
        request.queued = time.monotonic()
        self._lingers = request.is_unreceived or request.error is not None
        self.requests.append(request)
        if self.server.is_full and not self.is_health_check:
            self.requests.clear()
            request.close()
            self._unparsed = b""
            self._say(Busy("Too many requests are waiting at this moment; please try again."))
            self.close_when_flushed = True
        else:
            self.server.add_task(self)

    def _forget_arriving(self) -> None:
        if self.request is not None and not self.connected:
            self.request.close()  # it may have a temporary file
            self.request = None

    def _say(self, error: Error) -> None:
        """Answer without a thread, and announce the end of the connection."""
        status, headers, body = problem(error)
        headers += [("Content-Length", str(len(body))), ("Connection", "close")]
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        with self.outbuf_lock:
            payload = "\r\n".join([*lines, "", ""]).encode() + body
            self.outbufs[-1].append(payload)
            self.total_outbufs_len += len(payload)
            self._flush_exception(self._flush_some, do_close=False)

    # In a thread.

    def service(self) -> None:
        request = self.requests[0]
        self.begin_answer()
        if time.monotonic() - request.queued > SECONDS_FOR_A_THREAD and not self.is_health_check:
            request.error = Busy("The service is too busy at this moment; please try again.")
            self._lingers = True
        changed = not self.connected
        try:
            super().service()
        except BodyWanted:
            self._receive_body(request)
            changed = True
        with self.requests_lock:
            # else the rest is of a request that came meanwhile, or its answer
            if not self.requests:
                unparsed, self._unparsed = self._unparsed, b""
                changed = changed or bool(unparsed)
                if not self._lingers:
                    self._parse(unparsed)
            self._forget_arriving()
        if changed:  # since waitress woke the loop
            self.server.pull_trigger()

    def _receive_body(self, request: Request) -> None:
        with self.requests_lock:
            if not self.server.has_room_for_body_of(request.caller(self.addr[0])):
                request.error = Busy("Many files are being received now; please try again.")
                self.server.add_task(self)
                return
            self.requests.pop(0)
            self.request, self._lingers = request, False
            request.want(request.environ.get(MAX_BODY_BYTES, UNSAID_BODY_BYTES))
            if request.expect_continue:
                self.send_continue()


class Dispatcher(ThreadedTaskDispatcher):
    """The threads, and what waits for them: whoever watches the process goes first."""

    def add_task(self, task: Channel) -> None:
        with self.lock:
            if task.is_health_check:
                self.queue.appendleft(task)
            else:
                self.queue.append(task)
            self.queue_cv.notify()

    @property
    def is_full(self) -> bool:
        """Whether more are waiting than could be answered soon."""
        return len(self.queue) >= WAITING_PER_THREAD * len(self.threads)


class Listener(TcpWSGIServer):
    """A listening socket and its connections."""

    channel_class = Channel
    is_stopping = False

    def __init__(
        self,
        application: Callable[..., Any],
        sock: socket.socket,
        limits: Limits,
        dispatcher: Dispatcher,
        connections: dict[int, Any],
    ) -> None:
        self._limits = limits
        super().__init__(
            application,
            connections,
            _sock=sock,
            dispatcher=dispatcher,
            adj=limits.adjustments(),
            sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
            bind_socket=False,
        )

    @property
    def is_full(self) -> bool:
        """Whether no more requests may wait for a thread."""
        return bool(self.task_dispatcher.is_full)

    @property
    def is_busy(self) -> bool:
        """Whether somebody is still to be answered."""
        return any(channel.is_busy for channel in self._channels())

    def has_room_for_body_of(self, caller: str) -> bool:
        """Whether one more large body may be received: of anybody, and of this caller."""
        bodies_by_caller = Counter(channel.large_body_of for channel in self._channels())
        del bodies_by_caller[None]
        return (
            bodies_by_caller.total() < LARGE_BODIES
            and bodies_by_caller[caller] < LARGE_BODIES_PER_CALLER
        )

    def handle_accept(self) -> None:
        """Take several: for each turn of the loop all connections are looked at."""
        for _ in range(ACCEPTED_AT_ONCE):
            before = len(self.active_channels)
            if before >= self._limits.connections:
                return
            super().handle_accept()
            if len(self.active_channels) == before:
                return

    def maintenance(self, now: float) -> None:
        """Every second: close what is too slow and, where few more fit, who has been silent longest."""
        for channel in self._channels():
            channel.check_deadlines(self._limits, time.monotonic())
        most = self._limits.connections
        if len(self.active_channels) > FULL_SHARE * most:
            silent_channels = [each for each in self._channels() if each.is_silent(now)]
            silent_channels.sort(key=lambda channel: channel.last_activity)
            for channel in silent_channels[: len(self.active_channels) - most // 2]:
                channel.handle_close()

    def stop(self) -> None:
        """Accept nobody any more; let go of those who ask nothing."""
        self.is_stopping = True
        self.accepting = False
        self.del_channel()
        for channel in self._channels():
            if not channel.is_busy:
                channel.handle_close()

    def _channels(self) -> list[Channel]:
        return list(self.active_channels.values())
