"""The server of both applications with slow, large, broken and many requests, over real sockets."""

import json
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from agelens.settings import Settings, WebSettings
from agelens.wsgi_server import answer_sending, event_loop, gunicorn_server, request_parser
from agelens.wsgi_server.event_loop import Dispatcher, Listener
from agelens.wsgi_server.request_parser import Limits
from integration.recovery.disks import fill, free, mount_or_skip
from waitress import buffers, wasyncore
from waitress.channel import HTTPChannel

LARGE = 1_000_000
LONG = 50_000_000  # of an answer: more than the kernel takes off our hands
PIECES = [b"small", *(bytes([n]) * LARGE for n in range(20)), b"", b"small"]
LIMIT = 2_000_000  # what the application takes of a body
PATIENT = Limits(head_seconds=60, body_seconds=60, body_bytes_per_second=0, connections=500)
N_THREADS = 2


class Application:
    """Answers with what it has read; /refused answers 401 unread, /held when it is let go.

    /pieces answers piece by piece, without a length.
    """

    limit = LIMIT

    def __init__(self) -> None:
        self.calls: list[tuple[str, bool]] = []
        self.let_go = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"]
        self.calls.append((path, environ[request_parser.BODY_WAS_WANTED]))
        environ[request_parser.MAX_BODY_BYTES] = self.limit
        status = "200 OK"
        if path == "/refused":
            status, body = "401 Unauthorized", b"no"
        elif int(environ.get("CONTENT_LENGTH") or 0) > self.limit:
            status, body = "413 Content Too Large", b"too large"
        elif path == "/long":
            body = bytes(LONG)
        elif path == "/pieces":
            start_response(status, [])
            return list(PIECES)
        elif path == "/held":
            self.let_go.wait(60)
            body = b"let go"
        else:
            content = environ["wsgi.input"].read()
            body = f"{len(content)} bytes, {content[:5]!r}, {path}".encode()
        start_response(status, [("Content-Length", str(len(body)))])
        return [body]


class Server:
    """An application with its loop in a thread of the test."""

    def __init__(self, limits: Limits) -> None:
        self.application = Application()
        self.everything: dict[int, Any] = {}
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.dispatcher = Dispatcher()
        self.dispatcher.set_thread_count(N_THREADS)
        self.listener = Listener(
            self.application, self.sock, limits, self.dispatcher, self.everything
        )
        self.runs, self.turns = True, 0
        self.may_turn = threading.Lock()
        self.loop = threading.Thread(target=self.turn)
        self.loop.start()

    def turn(self) -> None:
        while self.runs:
            with self.may_turn:
                wasyncore.poll2(0.05, self.everything)
            self.turns += 1

    def close(self) -> None:
        self.application.let_go.set()
        self.runs = False
        self.loop.join()
        self.dispatcher.shutdown(timeout=5)
        for each in list(self.everything.values()):
            each.close()

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as sock:
            yield sock

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def get(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    with ExitStack() as stack:

        def start(limits: Limits = PATIENT) -> Server:
            server = Server(limits)
            stack.callback(server.close)
            return server

        yield start


def answer_of(sock: socket.socket) -> tuple[int, dict[str, str], bytes]:
    answer = HTTPResponse(sock)
    answer.begin()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, headers, answer.read()


def expect_problem(sock: socket.socket, status: int, code: str) -> dict[str, str]:
    told, headers, body = answer_of(sock)
    assert (told, headers["content-type"]) == (status, "application/problem+json")
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == headers["x-request-id"]
    assert sock.recv(1) == b"", "the connection is closed"
    return headers


def head(path: str, *fields: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: here", *fields, "", ""]).encode()


def test_a_half_sent_head_is_awaited_no_longer_than_the_limit(
    serve: Callable[..., Server],
) -> None:
    server = serve(Limits(0.5, 60, 0, 500))
    with server.connected() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: he")
        expect_problem(sock, 408, "too_slow")
    assert server.application.calls == []


def test_a_body_slower_than_the_minimum_rate_is_not_awaited(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_parser, "BODY_GRACE_SECONDS", 0.5)
    server = serve(Limits(60, 60, 1000, 500))
    with server.connected() as sock:
        sock.sendall(head("/", "Content-Length: 100") + b"abc")
        expect_problem(sock, 408, "too_slow")
    assert server.application.calls == []


def test_a_body_is_not_awaited_beyond_its_deadline_however_fast(
    serve: Callable[..., Server],
) -> None:
    server = serve(Limits(60, 0.5, 0, 500))
    with server.connected() as sock:
        sock.sendall(head("/", f"Content-Length: {LARGE}") + b"x" * (LARGE // 2))
        expect_problem(sock, 408, "too_slow")


def test_a_body_that_falls_silent_is_not_awaited(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_parser, "SILENT_BODY_SECONDS", 0.5)
    with serve().connected() as sock:
        sock.sendall(head("/", "Content-Length: 100") + b"abc")
        expect_problem(sock, 408, "too_slow")


def test_a_small_body_is_received_before_the_application_runs(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    assert server.post("/x", b"hello") == (200, b"5 bytes, b'hello', /x")
    assert server.application.calls == [("/x", False)]


def test_a_large_body_is_received_once_the_application_wants_it(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    assert server.post("/x", b"y" * LARGE) == (200, b"1000000 bytes, b'yyyyy', /x")
    assert server.application.calls == [("/x", False), ("/x", True)]


def test_a_refused_large_body_is_thrown_away_and_its_sender_reads_the_answer(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    assert server.post("/refused", b"y" * 20_000_000) == (401, b"no")
    assert server.application.calls == [("/refused", False)]


def test_what_is_left_of_a_refused_body_is_not_awaited(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "SILENT_DISCARD_SECONDS", 0.5)
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/refused", f"Content-Length: {LARGE}") + b"abc")
        assert answer_of(sock)[0] == 401
        deadline = time.monotonic() + 30
        while server.listener.active_channels:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_refused_body_is_thrown_away_only_so_long_however_busily_it_is_sent(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "DISCARD_SECONDS", 0.5)
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/refused", "Content-Length: 1000000000000") + b"abc")
        assert answer_of(sock)[0] == 401
        until(lambda: is_cut_off(sock))


def test_a_connection_that_asks_nothing_more_is_closed(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "IDLE_SECONDS", 0.5)
    with serve().connected() as sock:
        sock.sendall(head("/x", "Content-Length: 1") + b"a")
        assert answer_of(sock)[0] == 200
        assert sock.recv(1) == b""


def test_an_answer_that_nobody_reads_is_not_kept(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "UNREAD_ANSWER_SECONDS", 0.5)
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/long"))
        until(lambda: server.application.calls == [("/long", False)])
        until(lambda: not server.listener.active_channels)


def test_pieces_of_an_answer_are_sent_as_they_come_without_a_file(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(buffers, "TempfileBasedBuffer")
    with serve().connected() as sock:
        sock.sendall(head("/pieces"))
        _, headers, content = answer_of(sock)
    assert headers["transfer-encoding"] == "chunked"
    assert content == b"".join(PIECES)


def test_who_takes_an_answer_late_gets_it_whole(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_sending, "SECONDS_TO_TAKE", 0.05)
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/pieces"))
        until(lambda: any(c.total_outbufs_len > LARGE for c in server.listener._channels()))
        assert answer_of(sock)[2] == b"".join(PIECES)


def test_who_reads_slowly_but_steadily_keeps_no_thread(serve: Callable[..., Server]) -> None:
    server, done = serve(), threading.Event()

    def read_slowly() -> None:
        with server.connected() as sock:
            sock.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
            while not done.wait(0.1):
                sock.recv(LONG // 200)

    readers = [threading.Thread(target=read_slowly) for _ in range(N_THREADS)]
    for reader in readers:
        reader.start()
    try:
        until(lambda: server.application.calls.count(("/long", False)) == N_THREADS)
        began = time.monotonic()
        assert server.get("/another") == 200
        assert time.monotonic() - began < 10, "it takes the readers 20 seconds"
    finally:
        done.set()
        for reader in readers:
            reader.join()
    until(lambda: not server.listener.active_channels)  # and what was kept is deleted


def test_who_hangs_up_within_an_answer_leaves_no_connection(serve: Callable[..., Server]) -> None:
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/long"))
        assert sock.recv(1000)
    until(lambda: not server.listener.active_channels)


def test_the_body_of_somebody_who_waits_for_100_continue_is_asked_for_when_it_is_wanted(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    expecting = ("Expect: 100-continue", f"Content-Length: {LARGE}")
    with server.connected() as sock:
        sock.sendall(head("/x", *expecting))
        assert sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"z" * LARGE)
        assert answer_of(sock)[2] == b"1000000 bytes, b'zzzzz', /x"
    with server.connected() as sock:
        sock.sendall(head("/refused", *expecting))
        assert answer_of(sock)[0] == 401


def chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# what waitress could not write it leaves to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kibibytes", [300, 4000])
def test_a_body_that_finds_no_room_is_answered(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch, kibibytes: int
) -> None:
    """There is room for the beginning of the larger one."""
    monkeypatch.setattr(Application, "limit", 10_000_000)
    server, body = serve(), b"y" * kibibytes * 1024
    with ExitStack() as stack:
        place = mount_or_skip(1, stack)
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        if kibibytes < 1024:
            fill(place)
        with server.connected() as sock:
            sock.sendall(head("/x", f"Content-Length: {len(body)}") + body)
            assert int(expect_problem(sock, 507, "storage_full")["retry-after"]) > 2
        if kibibytes < 1024:
            free(place)
        assert server.post("/x", b"y" * 300_000)[0] == 200
        until(lambda: not server.listener.active_channels)


@pytest.mark.parametrize("n_pieces", [2, 200])
def test_a_body_in_chunks_arrives_whole(serve: Callable[..., Server], n_pieces: int) -> None:
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/x", "Transfer-Encoding: chunked"))
        sock.sendall(chunks(*[b"c" * 5000] * n_pieces))
        assert answer_of(sock)[2] == f"{5000 * n_pieces} bytes, b'ccccc', /x".encode()
        sock.sendall(head("/next", "Content-Length: 2") + b"ok")
        assert answer_of(sock)[2] == b"2 bytes, b'ok', /next"


def test_of_a_body_in_chunks_no_more_is_received_than_the_application_takes(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    pieces = (b"c" * 50_000 for _ in range(200))
    assert server.post("/x", pieces) == (413, b"too large")
    assert server.application.calls == [("/x", False), ("/x", True)]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"zz\r\n", id="size"),
        pytest.param(b"3\r\nabcdef\r\n", id="end"),
        pytest.param(b"1" * 5000, id="endless size"),
        pytest.param(b"0\r\n" + b"a: b\r\n" * 5000, id="endless trailer"),
    ],
)
def test_broken_chunks_are_refused(serve: Callable[..., Server], body: bytes) -> None:
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/x", "Transfer-Encoding: chunked") + body)
        expect_problem(sock, 400, "bad_request")
    assert server.application.calls == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000, 431),
    ],
)
def test_a_broken_head_is_refused(serve: Callable[..., Server], sent: bytes, status: int) -> None:
    with serve().connected() as sock:
        sock.sendall(sent)
        expect_problem(sock, status, "bad_request")


def test_a_small_answer_leaves_in_one_piece(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces: list[int] = []
    send = HTTPChannel.send

    def note(channel: HTTPChannel, data: bytes, **options: Any) -> int:
        pieces.append(len(data))  # before it is sent: its reader may be back first
        return int(send(channel, data, **options))

    monkeypatch.setattr(HTTPChannel, "send", note)
    with serve().connected() as sock:
        for path in ("/a", "/b"):
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert answer_of(sock)[2].endswith(path.encode())
    assert len(pieces) == 2


def test_requests_sent_at_once_are_answered_in_their_order(serve: Callable[..., Server]) -> None:
    with serve().connected() as sock:
        sock.sendall(
            head("/1", "Content-Length: 1")
            + b"a"
            + head("/2", "Content-Length: 100000")
            + b"b" * 100_000
            + head("/3", "Content-Length: 1", "Connection: close")
            + b"c"
        )
        with sock.makefile("rb") as answers:
            said = answers.read()
    found = re.findall(rb"(\d+) bytes, b'\w+', (/\d)", said)
    assert found == [(b"1", b"/1"), (b"100000", b"/2"), (b"1", b"/3")]


def test_a_request_that_comes_before_the_thread_of_the_last_one_is_done_keeps_its_body(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread looked for what was left to read, took that of the next request, and it was lost."""
    answered, arrived = HTTPChannel.service, threading.Event()

    def service(channel: HTTPChannel) -> None:
        answered(channel)
        arrived.wait(30)

    monkeypatch.setattr(HTTPChannel, "service", service)
    monkeypatch.setattr(sys.modules[__name__], "N_THREADS", 1)
    server = serve()
    with server.connected() as sock:
        sock.sendall(head("/1", "Content-Length: 1") + b"a")
        assert answer_of(sock)[2] == b"1 bytes, b'a', /1"
        sock.sendall(head("/2", "Content-Length: 100000") + b"b" * 100_000)
        (channel,) = server.listener.active_channels.values()
        until(lambda: bool(channel.requests))
        arrived.set()
        assert answer_of(sock)[2] == b"100000 bytes, b'bbbbb', /2"


def test_who_finds_too_many_waiting_is_told_to_come_back_and_health_is_answered_first(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "WAITING_PER_THREAD", 2)
    monkeypatch.setattr(sys.modules[__name__], "N_THREADS", 1)  # two would race to the application
    server, waiting = serve(), 2 * N_THREADS
    with ExitStack() as stack:
        opened = [stack.enter_context(server.connected()) for _ in range(N_THREADS + waiting)]
        for n_sent, sock in enumerate(opened, 1):
            sock.sendall(head("/held"))
            n_taken = min(n_sent, N_THREADS)
            until(lambda n=n_taken: len(server.application.calls) == n)  # type: ignore[misc]
        until(lambda: len(server.dispatcher.queue) == waiting)
        with server.connected() as sock:
            sock.sendall(head("/x"))
            assert expect_problem(sock, 503, "unavailable")["retry-after"]
        watcher = stack.enter_context(server.connected())
        watcher.sendall(head("/healthz"))
        until(lambda: len(server.dispatcher.queue) == waiting + 1)
        server.application.let_go.set()
        assert answer_of(watcher)[0] == 200
        assert {answer_of(sock)[0] for sock in opened} == {200}
    assert server.application.calls[N_THREADS][0] == "/healthz"


def test_who_has_waited_too_long_for_a_thread_is_told_to_come_back(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "SECONDS_FOR_A_THREAD", 0.1)
    server = serve()
    with ExitStack() as stack:
        held = [stack.enter_context(server.connected()) for _ in range(N_THREADS)]
        for sock in held:
            sock.sendall(head("/held"))
        until(lambda: len(server.application.calls) == N_THREADS)
        late = stack.enter_context(server.connected())
        late.sendall(head("/x"))
        until(lambda: len(server.dispatcher.queue) == 1)
        queued = next(iter(server.dispatcher.queue)).requests[0].queued
        until(lambda: time.monotonic() - queued > 0.2)
        server.application.let_go.set()
        assert expect_problem(late, 503, "unavailable")["retry-after"]


def test_one_caller_has_only_so_many_large_bodies_received_at_a_time(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "LARGE_BODIES_PER_CALLER", 2)
    server, length = serve(), f"Content-Length: {LARGE}"
    with ExitStack() as stack:
        for number in range(1, 3):
            sock = stack.enter_context(server.connected())
            sock.sendall(head("/x", length, "Authorization: Bearer one") + b"abc")
            until(lambda n=number: receiving_for(server, "Bearer one") == n)  # type: ignore[misc]
        assert server.post("/x", b"y" * LARGE, Authorization="Bearer one")[0] == 503
        assert server.post("/x", b"y" * LARGE, Authorization="Bearer two")[0] == 200


def test_all_callers_together_have_only_so_many_large_bodies_received_at_a_time(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "LARGE_BODIES", 2)
    server, length = serve(), f"Content-Length: {LARGE}"
    with ExitStack() as stack:
        for caller in ("Bearer one", "Bearer two"):
            sock = stack.enter_context(server.connected())
            sock.sendall(head("/x", length, f"Authorization: {caller}") + b"abc")
            until(lambda c=caller: receiving_for(server, c) == 1)  # type: ignore[misc]
        assert server.post("/x", b"y" * LARGE, Authorization="Bearer three")[0] == 503
    until(lambda: not server.listener.active_channels)
    assert server.post("/x", b"y" * LARGE, Authorization="Bearer three")[0] == 200


def is_cut_off(sock: socket.socket) -> bool:
    """Whether the other side takes no more."""
    try:
        sock.sendall(b"y" * 1000)
    except (ConnectionResetError, BrokenPipeError):
        return True
    return False


def receiving_for(server: Server, caller: str) -> int:
    channels = list(server.listener.active_channels.values())
    return sum(channel.large_body_of == caller for channel in channels)


def test_where_connections_run_out_silent_ones_make_room(serve: Callable[..., Server]) -> None:
    server = serve(Limits(60, 60, 0, 40))
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(server.connected()).sendall(b"GET / HT")
        asked = time.monotonic()
        health = stack.enter_context(server.connected())
        health.sendall(head("/healthz"))
        assert answer_of(health)[0] == 200
        assert time.monotonic() - asked < 10


def test_a_request_that_the_loop_was_too_slow_to_read_is_no_silence(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop, "SECONDS_TO_BEGIN", 60)
    most = 10
    server = serve(Limits(60, 60, 0, most))
    with ExitStack() as stack:
        with server.may_turn:  # all of them are there when the loop looks
            first = stack.enter_context(server.connected())  # who would be closed first
            others = [stack.enter_context(server.connected()) for _ in range(most - 1)]
        until(lambda: len(server.listener.active_channels) == most)
        with server.may_turn:
            first.sendall(head("/healthz"))
            now = time.time() + event_loop.SECONDS_TO_BEGIN + 1
            server.listener.maintenance(now)
            assert len(server.listener.active_channels) == most // 2
        assert answer_of(first)[0] == 200
        closed = [sock for sock in others if is_closed(sock)]
        assert len(closed) == most - most // 2


def test_no_more_connections_are_accepted_than_the_limit(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those beyond wait in the kernel until another one ends."""
    monkeypatch.setattr(event_loop, "SECONDS_TO_BEGIN", 60)  # none counts as silent meanwhile
    most, n_more = 10, 5
    server = serve(Limits(60, 60, 0, most))
    with ExitStack() as stack:
        with server.may_turn:  # all of them are there when the loop looks
            opened = [stack.enter_context(server.connected()) for _ in range(most + n_more)]
            for sock in opened:
                sock.sendall(head("/held", "Connection: close"))
        seen = server.turns
        until(lambda: server.turns > seen + 5)
        assert len(server.listener.active_channels) == most
        server.application.let_go.set()
        assert {answer_of(sock)[0] for sock in opened} == {200}


@pytest.mark.parametrize("kind", [Settings, WebSettings])
def test_limits_are_those_of_the_settings(
    kind: type[Settings | WebSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        "HEAD_SECONDS": "1.5",
        "BODY_SECONDS": "20",
        "BODY_BYTES_PER_SECOND": "300",
        "MAX_CONNECTIONS": "64",
    }
    for name, value in said.items():
        monkeypatch.setenv(f"AGELENS_{name}", value)
    assert gunicorn_server.limits(kind()) == Limits(1.5, 20, 300, 64)


def is_closed(sock: socket.socket) -> bool:
    sock.setblocking(False)
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
