"""Hundreds of half heads, slow bodies and idle connections, each for seconds: health is answered."""

import http.client
import resource
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from proxies import Proxy, need_nginx
from proxies import running as running_proxy
from servers import short_home

from .conftest import Up

pytestmark = [pytest.mark.slow, pytest.mark.serial]

N_SLOW, N_IDLE = 500, 2000
ATTACK_SECONDS = 6.0
PATIENCE_SECONDS = 1.0
PASSWORD = "correct horse battery"
HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Slow: a"
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.fixture(scope="module", autouse=True)
def _enough_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] < 3 * N_IDLE:
        pytest.skip(f"NO {3 * N_IDLE} open files on this machine: slow callers are not tested here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@dataclass(frozen=True)
class Place:
    """Where callers connect to, and what a body goes to there."""

    port: int
    upload: str
    form: str
    tls: ssl.SSLContext | None = None
    token: str = "none"

    def connect(self, number: int) -> socket.socket:
        """From several addresses, as callers come."""
        source = f"127.0.0.{2 + number % 50}"
        sock = socket.create_connection(("127.0.0.1", self.port), 30, (source, 0))
        return self.tls.wrap_socket(sock, server_hostname="127.0.0.1") if self.tls else sock

    def seconds_of_health(self) -> float:
        """How long /healthz takes to answer, on a connection of its own."""
        began = time.monotonic()
        if self.tls:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, context=self.tls, timeout=30
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        return time.monotonic() - began

    def body(self, number: int) -> bytes:
        """The beginning of one: small or large, by somebody who is logged in or nobody."""
        path, n_bytes = (self.upload, 5_000_000) if number % 2 else (self.form, 50_000)
        token = self.token if number % 4 < 2 else "none"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: text/csv\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {n_bytes}\r\n\r\n"
        )
        return head.encode() + b"abc"


def half_head(_place: Place, _number: int) -> bytes:
    return HALF_HEAD


def slow_body(place: Place, number: int) -> bytes:
    return place.body(number)


def nothing(_place: Place, number: int) -> bytes:
    return WHOLE if number % 2 else b""


@pytest.fixture(scope="module")
def proxy(running: Up) -> Iterator[Proxy]:
    need_nginx()
    api, web = (urlsplit(url).port for url in (running.url, running.web_url))
    assert api is not None
    assert web is not None
    with short_home() as folder:
        folder.chmod(0o755)  # started by root, nginx works as another user
        with running_proxy(folder, api_port=api, web_port=web) as started:
            yield started


@pytest.fixture(scope="module")
def token(running: Up) -> str:
    person = {"email": "slow@example.org", "password": PASSWORD}
    with httpx.Client(base_url=running.url, timeout=60) as http:
        http.post("/api/auth/register", json=person).raise_for_status()
        answer = http.post("/api/auth/login", json=person)
    return str(answer.json()["access_token"])


@pytest.fixture
def place(request: pytest.FixtureRequest, running: Up, token: str) -> Place:
    if request.param == "nginx":
        proxy: Proxy = request.getfixturevalue("proxy")
        tls = ssl.create_default_context(cafile=str(proxy.tls / "fullchain.pem"))
        return Place(proxy.https_port, "/api/cohorts", "/api/auth/login", tls, token)
    if request.param == "web":
        port = urlsplit(running.web_url).port
        assert port is not None
        return Place(port, "/cohorts/upload?name=people.csv", "/_dash-update-component")
    port = urlsplit(running.url).port
    assert port is not None
    return Place(port, "/api/cohorts", "/api/auth/login", None, token)


@pytest.mark.parametrize(
    ("opening", "count"), [(half_head, N_SLOW), (slow_body, N_SLOW), (nothing, N_IDLE)]
)
@pytest.mark.parametrize("place", ["api", "web", "nginx"], indirect=True)
def test_health_is_answered_within_a_second_throughout(
    place: Place, opening: Callable[[Place, int], bytes], count: int
) -> None:
    with ExitStack() as stack:
        callers = []
        for number in range(count):
            caller = stack.enter_context(place.connect(number))
            caller.sendall(opening(place, number))
            callers.append(caller)
            if number % 100 == 0:
                assert place.seconds_of_health() < PATIENCE_SECONDS
        slowest = 0.0
        end = time.monotonic() + ATTACK_SECONDS
        while time.monotonic() < end:
            for caller in callers if opening is not nothing else []:
                with suppress(OSError):  # who was refused is gone
                    caller.sendall(b"x")
            slowest = max(slowest, place.seconds_of_health())
        print(f"{opening.__name__} x {count}: /healthz took {slowest:.3f} s at most")
        assert slowest < PATIENCE_SECONDS
