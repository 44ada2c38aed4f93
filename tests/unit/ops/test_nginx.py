"""The proxy's real configuration in a real nginx, in front of two small real backends."""

import gzip
import http.client
import http.server
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from proxies import CONFIGURATION, Proxy, certificate, free_port, need_nginx, running
from servers import short_home

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module", autouse=True)
def _needs_nginx() -> None:
    need_nginx()


HELD = threading.Event()  # lets answers to /api/held go


class Api(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked; /api/slow takes its time."""

    protocol_version = "HTTP/1.1"
    name = "api"

    def do_GET(self) -> None:
        if self.path.startswith("/api/slow"):
            time.sleep(1.5)
        if self.path.startswith("/api/held"):
            HELD.wait(60)
        length = int(self.headers.get("Content-Length", 0))
        size = len(self.rfile.read(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = {"by": self.name, "path": self.path, "headers": headers, "size": size}
        self.answer("application/json", json.dumps(seen).encode())

    def answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        if "/echo" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", self.headers["Content-Length"])
            self.end_headers()
            for _ in range(2):
                self.wfile.write(self.rfile.read(10).upper())
                self.wfile.flush()
        else:
            self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing."""


LARGE = b"a line of a large script, which says the same again and again;\n" * 2000


class Web(Api):
    """The same, with a large script and a large page."""

    name = "web"

    def do_GET(self) -> None:
        if self.path.endswith(".js"):
            self.answer("text/javascript", LARGE)
        elif self.path == "/page":
            self.answer("text/html", LARGE)
        elif self.path in {"/_dash-dependencies", "/_dash-layout"}:
            self.answer("application/json", LARGE)
        else:
            super().do_GET()


@contextmanager
def backend(handler: type[Api]) -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with short_home() as directory:
        directory.chmod(0o755)  # started by root, nginx works as another user
        yield directory


@pytest.fixture(scope="module")
def proxy(folder: Path) -> Iterator[Proxy]:
    with (
        backend(Api) as api_port,
        backend(Web) as web_port,
        running(folder, api_port=api_port, web_port=web_port) as started,
    ):
        yield started


@pytest.fixture(scope="module")
def lonely() -> Iterator[Proxy]:
    """One whose API and web app are away."""
    with short_home() as folder:
        folder.chmod(0o755)
        with running(folder, api_port=free_port(), web_port=free_port()) as started:
            yield started


@pytest.mark.parametrize("path", ["/api/wallet?limit=2", "/docs", "/docs/assets/x.js", "/healthz"])
def test_api_docs_and_health_reach_the_backend_unchanged(proxy: Proxy, path: str) -> None:
    status, _, body = proxy.get(path)
    seen = json.loads(body)
    assert (status, seen["by"], seen["path"]) == (200, "api", path)


@pytest.mark.parametrize(
    "path", ["/", "/history?status=draft", "/_dash-update-component", "/assets/x.css", "/elsewhere"]
)
def test_everything_else_reaches_the_web_app_unchanged(proxy: Proxy, path: str) -> None:
    status, _, body = proxy.get(path)
    seen = json.loads(body)
    assert (status, seen["by"], seen["path"]) == (200, "web", path)


@pytest.mark.parametrize("start", ["/shared/", "/api/shared/", "/reset/"])
def test_secrets_at_the_end_of_links_are_not_logged(proxy: Proxy, folder: Path, start: str) -> None:
    assert proxy.get(f"{start}a-secret-of-a-link")[0] == 200
    log, ends = folder / "access.log", time.monotonic() + 10
    while f"GET {start}... 200" not in log.read_text():  # it is written after the answer
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.01)
    assert "a-secret-of-a-link" not in log.read_text()


@pytest.mark.parametrize("start", ["/shared/", "/api/shared/", "/reset/"])
def test_no_secret_is_logged_while_a_backend_is_away(lonely: Proxy, start: str) -> None:
    log = lonely.tls.parent / "error.log"
    assert lonely.get("/some-page")[0] == 503
    assert "/some-page" in log.read_text(), "what went wrong is told of other addresses"
    status, headers, _ = lonely.get(f"{start}a-secret-of-a-link")
    assert (status, headers["retry-after"]) == (503, "5")
    assert "a-secret-of-a-link" not in log.read_text()


@pytest.mark.parametrize("path", ["/ui", "/ui/"])
def test_ui_leads_to_the_web_app(proxy: Proxy, path: str) -> None:
    status, headers, _ = proxy.get(path)
    assert (status, headers["location"]) == (302, "/")


@pytest.mark.parametrize(
    "path", ["/_dash-component-suites/dash/x.js", "/assets/x.js", "/_dash-dependencies"]
)
def test_large_scripts_are_compressed(proxy: Proxy, path: str) -> None:
    status, headers, body = proxy.get(path, headers={"Accept-Encoding": "gzip"})
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert len(body) < len(LARGE) / 10
    assert gzip.decompress(body) == LARGE


@pytest.mark.parametrize("path", ["/page", "/_dash-layout"])
def test_pages_are_not_compressed_for_they_hold_secrets(proxy: Proxy, path: str) -> None:
    _, headers, body = proxy.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in headers
    assert body == LARGE


def test_browsers_are_told_to_come_back_over_tls(proxy: Proxy, lonely: Proxy) -> None:
    for told in (proxy.get("/"), proxy.get("/api/x"), lonely.get("/"), lonely.get("/api/x")):
        assert told[1]["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in proxy.get("/healthz", secure=False)[1]


def test_plain_http_leads_to_tls_and_keeps_method_path_and_query(proxy: Proxy) -> None:
    status, headers, _ = proxy.get(
        "/api/tasks?limit=1", secure=False, method="POST", headers={"Host": "age.example"}
    )
    assert (status, headers["location"]) == (308, "https://age.example/api/tasks?limit=1")


def test_health_is_answered_on_plain_http(proxy: Proxy) -> None:
    assert proxy.get("/healthz", secure=False)[0] == 200


def test_a_request_id_is_passed_on_or_made(proxy: Proxy) -> None:
    _, _, body = proxy.get("/api/x", headers={"X-Request-ID": "abc-1.2_3"})
    assert json.loads(body)["headers"]["x-request-id"] == "abc-1.2_3"
    made = {json.loads(proxy.get("/api/x")[2])["headers"]["x-request-id"] for _ in range(2)}
    assert len(made) == 2


def test_a_request_id_that_could_break_a_log_line_is_replaced(proxy: Proxy) -> None:
    _, _, body = proxy.get("/api/x", headers={"X-Request-ID": 'a" injected="b'})
    assert "injected" not in json.loads(body)["headers"]["x-request-id"]


@pytest.mark.parametrize("path", ["/api/x", "/login"])
def test_a_caller_cannot_invent_its_address(proxy: Proxy, path: str) -> None:
    _, _, body = proxy.get(path, headers={"X-Forwarded-For": "203.0.113.7"})
    headers = json.loads(body)["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == headers["x-forwarded-host"] == f"127.0.0.1:{proxy.https_port}"


def test_a_large_upload_passes_and_an_absurd_one_gets_a_problem(proxy: Proxy) -> None:
    path = "/api/admin/retrainings"
    status, _, body = proxy.get(path, method="POST", body=b"x" * 20_000_000)
    assert (status, json.loads(body)["size"]) == (200, 20_000_000)
    headers = {"Content-Length": str(200_000_000), "Expect": "100-continue"}
    status, answer, body = proxy.get(path, method="POST", headers=headers)
    assert (status, answer["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["code"] == "too_large"


@pytest.mark.parametrize("path", ["/api/cohorts", "/cohorts/upload"])
def test_the_file_of_a_cohort_may_be_as_large_as_the_api_says(proxy: Proxy, path: str) -> None:
    status, _, body = proxy.get(path, method="POST", body=b"x" * 100_000_000)
    assert (status, json.loads(body)["size"]) == (200, 100_000_000)


@pytest.mark.parametrize("path", ["/api/cohorts/echo", "/cohorts/echo/results"])
def test_files_of_cohorts_go_both_ways_as_they_come(proxy: Proxy, path: str) -> None:
    context = ssl.create_default_context(cafile=str(proxy.tls / "fullchain.pem"))
    connection = http.client.HTTPSConnection(
        "127.0.0.1", proxy.https_port, context=context, timeout=30
    )
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", "20")
    connection.endheaders(b"first half")
    # the backend answers each half as it reads it: it would not, were either kept back
    answer = http.client.HTTPResponse(connection.sock, method="POST")
    answer.begin()
    assert answer.read(10) == b"FIRST HALF"
    connection.send(b" and other")
    assert answer.read() == b" AND OTHER"
    connection.close()


@pytest.mark.slow
def test_one_address_has_only_so_many_requests_under_way_and_health_is_not_counted(
    proxy: Proxy,
) -> None:
    text = (CONFIGURATION / "nginx.conf").read_text()
    (found,) = re.findall(r"limit_conn +addresses (\d+);", text)
    context = ssl.create_default_context(cafile=str(proxy.tls / "fullchain.pem"))
    with ExitStack() as stack:
        stack.callback(HELD.clear)
        stack.callback(HELD.set)
        held = []
        for _ in range(int(found)):
            connection = http.client.HTTPSConnection(
                "127.0.0.1", proxy.https_port, context=context, timeout=60
            )
            stack.callback(connection.close)
            connection.request("GET", "/api/held")
            held.append(connection)
        deadline = time.monotonic() + 30
        for path in ("/api/x", "/history"):
            while (answer := proxy.get(path))[0] != 429:  # nginx has not read all of them yet
                assert time.monotonic() < deadline
            _, headers, body = answer
            assert (headers["content-type"], headers["retry-after"]) == (PROBLEM, "5")
            assert json.loads(body)["code"] == "rate_limited"
        assert proxy.get("/healthz")[0] == 200
        assert proxy.get("/api/x", source="127.0.0.2")[0] == 200
        HELD.set()
        assert {connection.getresponse().status for connection in held} == {200}


@pytest.mark.slow
def test_the_rest_of_a_head_is_awaited_only_for_a_while(proxy: Proxy) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", proxy.http_port), timeout=60) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: he")
        with suppress(ConnectionResetError):
            assert sock.recv(10_000) == b""
    assert 10 < time.monotonic() - began < 40


@pytest.mark.slow
def test_a_body_that_falls_silent_is_awaited_only_for_a_while(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.tls / "fullchain.pem"))
    began = time.monotonic()
    with (
        socket.create_connection(("127.0.0.1", proxy.https_port), timeout=90) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as sock,
    ):
        sock.sendall(b"POST /api/x HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nabc")
        with suppress(ConnectionResetError, ssl.SSLEOFError):
            assert b" 200 " not in sock.recv(10_000)
    assert 10 < time.monotonic() - began < 45


@pytest.mark.slow
def test_the_proxy_waits_for_slow_answers(proxy: Proxy) -> None:
    assert proxy.get("/api/slow")[0] == 200


def test_it_waits_longer_than_a_client_may() -> None:
    text = (CONFIGURATION / "nginx.conf").read_text()
    seconds = [int(found) for found in re.findall(r"proxy_read_timeout\s+(\d+)s;", text)]
    assert len(seconds) == 3
    assert min(seconds) > 30  # GET /api/tasks/{id}?wait= goes up to 30


def test_an_api_that_is_away_is_a_problem_with_retry_after(lonely: Proxy) -> None:
    status, headers, body = lonely.get("/api/wallet", headers={"X-Request-ID": "r1"})
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert headers["retry-after"] == "5"
    assert json.loads(body)["request_id"] == headers["x-request-id"] == "r1"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_web_app_that_is_away_is_a_page_that_tries_again(lonely: Proxy, method: str) -> None:
    status, headers, body = lonely.get("/history", method=method, headers={"X-Request-ID": "r1"})
    assert (status, headers["content-type"]) == (503, "text/html")
    assert (headers["retry-after"], headers["x-request-id"]) == ("5", "r1")
    assert headers["cache-control"] == "no-store"
    assert b'http-equiv="refresh"' in body
    assert b"http://" not in body
    assert b"https://" not in body


def test_the_page_about_it_has_no_address_of_its_own(proxy: Proxy) -> None:
    status, headers, body = proxy.get("/away.html")
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert json.loads(body)["request_id"] == headers["x-request-id"]


def test_a_mounted_certificate_is_left_alone(tmp_path: Path) -> None:
    for name in ("fullchain.pem", "privkey.pem"):
        (tmp_path / name).write_text(f"mine: {name}")
    assert certificate(tmp_path).returncode == 0
    assert (tmp_path / "privkey.pem").read_text() == "mine: privkey.pem"


def test_half_a_certificate_is_refused_rather_than_overwritten(tmp_path: Path) -> None:
    (tmp_path / "privkey.pem").write_text("mine")
    done = certificate(tmp_path)
    assert done.returncode != 0
    assert "needs both" in done.stderr
    assert (tmp_path / "privkey.pem").read_text() == "mine"


def test_the_made_key_is_private(tmp_path: Path) -> None:
    assert certificate(tmp_path / "tls").returncode == 0
    assert (tmp_path / "tls" / "privkey.pem").stat().st_mode & 0o077 == 0
