"""The shared way to the API: many threads, forks, and an API that was restarted meanwhile."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx
import pytest
from dash import Dash, Input, Output, dcc, html

from dash_app import concurrency_limit
from dash_app.api_client import SharedTransport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
Behave = Callable[[socket.socket, int, bytes], None]


@pytest.fixture
def transport() -> Iterator[SharedTransport]:
    """The shared pool; its sockets are let go at the end."""
    made = SharedTransport(waiting=2)
    yield made
    made.end()


@contextmanager
def listening(behave: Behave) -> Iterator[str]:
    """A server that treats each request as told: its connection, the number of that, its bytes."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:

        def converse(connection: socket.socket, number: int) -> None:
            with connection:
                while connection.fileno() >= 0 and (request := connection.recv(65536)):
                    behave(connection, number, request)

        def serve() -> None:
            for number in count(1):
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=converse, args=(connection, number), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def echo(connection: socket.socket, _number: int, request: bytes) -> None:
    """Answer with the path that was asked for."""
    path = request.split()[1]
    connection.sendall(ANSWER % (len(path), path))


def test_a_get_is_sent_again_when_the_kept_connection_was_closed(
    transport: SharedTransport,
) -> None:
    seen: list[int] = []

    def hang_up_the_first(connection: socket.socket, number: int, request: bytes) -> None:
        seen.append(number)
        connection.close() if number == 1 else echo(connection, number, request)

    with listening(hang_up_the_first) as url, httpx.Client(transport=transport) as client:
        assert client.get(f"{url}/a").text == "/a"
        assert seen == [1, 2]


def test_a_post_is_not_sent_again(transport: SharedTransport) -> None:
    seen: list[int] = []

    def hang_up(connection: socket.socket, number: int, _request: bytes) -> None:
        seen.append(number)
        connection.close()

    with listening(hang_up) as url, httpx.Client(transport=transport) as client:
        with pytest.raises(httpx.TransportError):
            client.post(url)
        assert seen == [1]


def test_many_threads_share_it_and_each_gets_its_own_answer(transport: SharedTransport) -> None:
    with listening(echo) as url:

        def ask(number: int) -> bool:
            with httpx.Client(transport=transport) as client:
                return client.get(f"{url}/{number}").text == f"/{number}"

        with ThreadPoolExecutor(16) as threads:
            assert all(threads.map(ask, range(400)))


def test_a_forked_process_opens_connections_of_its_own(transport: SharedTransport) -> None:
    numbers: list[int] = []

    def remember(connection: socket.socket, number: int, request: bytes) -> None:
        numbers.append(number)
        echo(connection, number, request)

    with listening(remember) as url, httpx.Client(transport=transport) as client:
        assert client.get(f"{url}/parent").text == "/parent"
        child = os.fork()
        if child == 0:
            os._exit(0 if client.get(f"{url}/child").text == "/child" else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert client.get(f"{url}/parent").text == "/parent"
        assert numbers == [1, 2, 1]


def test_those_who_wait_leave_threads_for_the_others(transport: SharedTransport) -> None:
    seen: list[bytes] = []
    both_wait, go_on = threading.Semaphore(0), threading.Event()

    def sleep_when_asked_to(connection: socket.socket, number: int, request: bytes) -> None:
        seen.append(request.split()[1])
        if b"wait=" in request:
            both_wait.release()
            assert go_on.wait(20)
        echo(connection, number, request)

    with listening(sleep_when_asked_to) as url, ThreadPoolExecutor(2) as threads:

        def ask() -> str:
            with httpx.Client(transport=transport) as client:
                return client.get(f"{url}/task", params={"wait": 8, "of": "us"}, timeout=30).text

        waiting = [threads.submit(ask) for _ in range(2)]
        assert all(both_wait.acquire(timeout=20) for _ in waiting)
        try:
            assert ask() == "/task?of=us"  # no seat: answered without waiting
        finally:
            go_on.set()
        assert [one.result(20) for one in waiting] == ["/task?wait=8&of=us"] * 2
        assert ask() == "/task?wait=8&of=us"  # the slots are free again


def test_a_seat_is_free_again_after_a_failure(transport: SharedTransport) -> None:
    with httpx.Client(transport=transport) as client:
        for _ in range(3):
            with pytest.raises(httpx.ConnectError):
                client.get("http://127.0.0.1:1/task?wait=8")
    with listening(echo) as url, httpx.Client(transport=transport) as client:
        assert client.get(f"{url}/task?wait=8").text == "/task?wait=8"


def test_a_page_without_a_seat_asks_less_often() -> None:
    slowed: list[Any] = []
    app = Dash(__name__)
    app.layout = html.Div([dcc.Interval(id="clock"), html.Div(id="out"), html.Button(id="press")])

    @app.callback(
        Output("out", "children"), Input("clock", "n_intervals"), Input("press", "n_clicks")
    )
    def ask(_ticks: Any, _presses: Any) -> str:
        concurrency_limit.poll_less_often()
        return "asked"

    for changed in ("clock.n_intervals", "press.n_clicks"):
        body = {
            "output": "out.children",
            "outputs": {"id": "out", "property": "children"},
            "inputs": [
                {"id": "clock", "property": "n_intervals", "value": 1},
                {"id": "press", "property": "n_clicks", "value": 1},
            ],
            "changedPropIds": [changed],
        }
        answer = app.server.test_client().post("/_dash-update-component", json=body)
        slowed.append(answer.get_json().get("sideUpdate"))
    assert slowed == [{"clock": {"interval": concurrency_limit.UNHURRIED_MS}}, None]


def test_outside_of_a_page_there_is_nothing_to_slow_down() -> None:
    concurrency_limit.poll_less_often()
