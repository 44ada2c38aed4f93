"""The proxy's real configuration in a real nginx, in front of a small real backend."""

import http.client
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers import short_home

ROOT = Path(__file__).parents[3]
CONFIGURATION = ROOT / "deploy" / "nginx"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@pytest.fixture(scope="module", autouse=True)
def _needs_nginx() -> None:
    if NGINX is None:
        reason = "NO NGINX on this machine: deploy/nginx is not tested here"
        if os.environ.get("CI") == "true" and not os.environ.get("AGELENS_TEST_WITHOUT_NGINX"):
            pytest.fail(reason)
        pytest.skip(reason)


class Backend(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked; /api/slow takes its time."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/api/slow"):
            time.sleep(1.5)
        length = int(self.headers.get("Content-Length", 0))
        size = len(self.rfile.read(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"path": self.path, "headers": headers, "size": size}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@dataclass
class Proxy:
    """A running nginx."""

    http_port: int
    https_port: int
    backend: http.server.ThreadingHTTPServer
    tls: Path

    def get(
        self,
        path: str,
        *,
        secure: bool = True,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        connection: http.client.HTTPConnection
        if secure:
            context = ssl.create_default_context(cafile=str(self.tls / "fullchain.pem"))
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.https_port, context=context, timeout=10
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, content


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def replace_once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def certificate(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "TLS_FOLDER": str(folder)}
    return subprocess.run(
        [CONFIGURATION / "certificate.sh"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def configuration(folder: Path, http_port: int, https_port: int, backend_port: int) -> Path:
    """The committed files with this machine's ports and folders in the place of the image's."""
    (folder / "agelens").mkdir()
    for part in ("to_api.conf", "problems.conf"):
        shutil.copy(CONFIGURATION / part, folder / "agelens" / part)
    to_api = folder / "agelens" / "to_api.conf"
    api = f"http://127.0.0.1:{backend_port}"
    to_api.write_text(replace_once(to_api.read_text(), "http://api:8000", api))
    main = (CONFIGURATION / "nginx.conf").read_text()
    main = replace_once(main, "listen 80;", f"listen 127.0.0.1:{http_port};")
    main = replace_once(main, "listen 443 ssl;", f"listen 127.0.0.1:{https_port} ssl;")
    main = replace_once(main, "/run/nginx.pid", str(folder / "nginx.pid"))
    main = replace_once(main, "/dev/stdout", str(folder / "access.log"))
    main = replace_once(main, "/dev/stderr", str(folder / "error.log"))
    main = main.replace("/etc/nginx/agelens/", f"{folder}/agelens/")
    main = main.replace("/etc/nginx/tls/", f"{folder}/tls/")
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"    {place}_temp_path {folder}/tmp_{place};\n" for place in places)
    main = replace_once(main, "http {\n", "http {\n" + temporary)
    (folder / "nginx.conf").write_text(main)
    return folder / "nginx.conf"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with short_home() as directory:
        directory.chmod(0o755)  # started by root, nginx works as another user
        yield directory


@pytest.fixture(scope="module")
def proxy(folder: Path) -> Iterator[Proxy]:
    assert certificate(folder / "tls").returncode == 0
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    http_port, https_port = free_port(), free_port()
    path = configuration(folder, http_port, https_port, backend.server_port)
    command = [str(NGINX), "-c", str(path), "-e", str(folder / "error.log")]
    check = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
    nginx = subprocess.Popen([*command, "-g", "daemon off;"])
    running = Proxy(http_port, https_port, backend, folder / "tls")
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                running.get("/healthz", secure=False)
                break
            except OSError:
                assert time.monotonic() < deadline, (folder / "error.log").read_text()
                time.sleep(0.05)
        yield running
    finally:
        nginx.terminate()
        nginx.wait(10)
        backend.shutdown()
        backend.server_close()


@pytest.mark.parametrize("path", ["/api/wallet?limit=2", "/docs", "/docs/assets/x.js", "/healthz"])
def test_api_docs_and_health_reach_the_backend_unchanged(proxy: Proxy, path: str) -> None:
    status, _, body = proxy.get(path)
    assert (status, json.loads(body)["path"]) == (200, path)


def test_the_root_leads_to_the_docs(proxy: Proxy) -> None:
    status, headers, _ = proxy.get("/")
    assert (status, headers["location"].partition("//")[2].partition("/")[2]) == (302, "docs")


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


def test_a_caller_cannot_invent_its_address(proxy: Proxy) -> None:
    _, _, body = proxy.get("/api/x", headers={"X-Forwarded-For": "203.0.113.7"})
    headers = json.loads(body)["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == headers["x-forwarded-host"] == f"127.0.0.1:{proxy.https_port}"


def test_a_large_upload_passes_and_an_absurd_one_gets_a_problem(proxy: Proxy) -> None:
    status, _, body = proxy.get("/api/cohorts", method="POST", body=b"x" * 20_000_000)
    assert (status, json.loads(body)["size"]) == (200, 20_000_000)
    headers = {"Content-Length": str(200_000_000), "Expect": "100-continue"}
    status, answer, body = proxy.get("/api/cohorts", method="POST", headers=headers)
    assert (status, answer["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["code"] == "too_large"


def test_an_unknown_address_gets_a_problem(proxy: Proxy) -> None:
    status, headers, body = proxy.get("/elsewhere")
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert json.loads(body)["request_id"] == headers["x-request-id"]


def test_the_proxy_waits_for_slow_answers(proxy: Proxy) -> None:
    assert proxy.get("/api/slow")[0] == 200


def test_it_waits_longer_than_a_client_may() -> None:
    text = (CONFIGURATION / "to_api.conf").read_text()
    seconds = int(text.split("proxy_read_timeout")[1].split(";")[0].strip().removesuffix("s"))
    assert seconds > 30  # GET /api/tasks/{id}?wait= goes up to 30


def test_a_backend_that_is_away_is_a_problem_with_retry_after(proxy: Proxy, tmp_path: Path) -> None:
    assert certificate(tmp_path / "tls").returncode == 0
    http_port, https_port = free_port(), free_port()
    path = configuration(tmp_path, http_port, https_port, free_port())
    command = [str(NGINX), "-c", str(path), "-e", str(tmp_path / "error.log")]
    nginx = subprocess.Popen([*command, "-g", "daemon off;"])
    lonely = Proxy(http_port, https_port, proxy.backend, tmp_path / "tls")
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                status, headers, body = lonely.get("/api/wallet", headers={"X-Request-ID": "r1"})
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
    finally:
        nginx.terminate()
        nginx.wait(10)
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert headers["retry-after"] == "5"
    assert json.loads(body)["request_id"] == headers["x-request-id"] == "r1"


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
