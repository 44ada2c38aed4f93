"""The shared way to the API: many threads, forks, and an API that was restarted meanwhile."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import httpx
import pytest

from dash_app.access import SharedTransport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
Behave = Callable[[socket.socket, int, bytes], None]


@pytest.fixture
def transport() -> Iterator[SharedTransport]:
    """The shared pool; its sockets are let go at the end."""
    made = SharedTransport()
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
