"""Several clients, each a person, on one pool of connections."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from agelens.client import Client


class Wallets(BaseHTTPRequestHandler):
    """Tells each caller a balance; counts the connections."""

    protocol_version = "HTTP/1.1"
    connections = 0

    def setup(self) -> None:
        Wallets.connections += 1
        super().setup()

    def do_GET(self) -> None:
        balance = len(self.headers.get("Authorization", ""))
        body = b'{"balance": %d, "held": 0, "available": 0}' % balance
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    Wallets.connections = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Wallets) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_closing_a_client_leaves_a_transport_that_others_share_open(address: str) -> None:
    with httpx.HTTPTransport() as pool:
        longer = Client(address, "two", transport=pool)
        with Client(address, "x", transport=pool) as shorter:
            assert shorter.wallet.balance == len("Bearer x")
        assert longer.wallet.balance == len("Bearer two")
        longer.close()
        assert Client(address, "three", transport=pool).wallet.balance == len("Bearer three")
        assert Wallets.connections == 1, "one connection was kept for all of them"


def test_a_client_closes_its_own_connections(address: str) -> None:
    with Client(address, "x") as client:
        assert client.wallet.balance == len("Bearer x")
    with pytest.raises(RuntimeError, match="closed"):
        client.me()


def test_tokens_do_not_leak_between_clients_of_one_transport(address: str) -> None:
    with httpx.HTTPTransport() as pool:
        people = [Client(address, "t" * length, transport=pool) for length in range(1, 6)]
        found = [person.wallet.balance for _ in range(3) for person in people]
    assert found == [len("Bearer ") + length for length in range(1, 6)] * 3
