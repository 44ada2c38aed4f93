"""Where the parts of `agelens up` are asked."""

import http.server
import threading

import pytest
from agelens.commands.up.addresses import answers, origin


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104  nothing listens
        ("::", "http://[::1]:80"),
        ("age.example", "http://age.example:80"),
    ],
)
def test_what_listens_everywhere_is_found_on_loopback(host: str, address: str) -> None:
    assert origin(host, 80) == address


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_only_a_good_answer_counts() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert answers("127.0.0.1", server.server_port, "/healthz")
        assert not answers("127.0.0.1", server.server_port, "/readyz")
        server.shutdown()
    assert not answers("127.0.0.1", server.server_port, "/healthz")
