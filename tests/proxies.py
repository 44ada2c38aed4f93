"""The committed proxy configuration in a real nginx, for tests."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "nginx"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def need_nginx() -> None:
    """Skip, loudly, where there is none; on a build server that is a failure."""
    if NGINX is None:
        reason = "NO NGINX on this machine: deploy/nginx is not tested here"
        if os.environ.get("CI") == "true" and not os.environ.get("AGELENS_TEST_WITHOUT_NGINX"):
            pytest.fail(reason)
        pytest.skip(reason)


@dataclass
class Proxy:
    """A running nginx."""

    http_port: int
    https_port: int
    tls: Path

    def get(
        self,
        path: str,
        *,
        secure: bool = True,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        source: str | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask, from the address `source`; headers come back with their names in lower case."""
        connection: http.client.HTTPConnection
        address = (source, 0) if source else None
        if secure:
            context = ssl.create_default_context(cafile=str(self.tls / "fullchain.pem"))
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.https_port, context=context, timeout=60, source_address=address
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=60)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        told: dict[str, str] = {}
        for name, value in answer.getheaders():
            name = name.lower()
            told[name] = f"{told[name]}; {value}" if name in told else value  # two cookies
        return answer.status, told, content


# Below those that a system gives to whoever asks for any, and to every connection that begins;
# above 10080, which browsers refuse.
FIRST_PORT, PORTS = 10_100, 20_000
_ports = count(os.getpid() * 50)


def free_port() -> int:
    """One that nobody listens on, for a server that a test starts, stops and starts again there.

    Each test process looks in a place of its own: whoever is given the number uses it a moment
    later, and meanwhile no other may be given the same.
    """
    while True:
        port = FIRST_PORT + next(_ports) % PORTS
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


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


def configuration(
    folder: Path, http_port: int, https_port: int, *, api_port: int, web_port: int
) -> Path:
    """The committed files with this machine's ports and folders in the place of the image's."""
    (folder / "agelens").mkdir()
    for part in CONFIGURATION.glob("*.*"):
        text = part.read_text().replace("/etc/nginx/agelens", f"{folder}/agelens")
        (folder / "agelens" / part.name).write_text(text)
    for name, there, port in (("api", "api:8000", api_port), ("web", "dash:8050", web_port)):
        part = folder / "agelens" / f"to_{name}.conf"
        here = f"http://127.0.0.1:{port}"
        part.write_text(replace_once(part.read_text(), f"http://{there}", here))
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


@contextmanager
def running(folder: Path, *, api_port: int, web_port: int) -> Iterator[Proxy]:
    """nginx in front of whatever listens there."""
    assert certificate(folder / "tls").returncode == 0
    http_port, https_port = free_port(), free_port()
    path = configuration(folder, http_port, https_port, api_port=api_port, web_port=web_port)
    command = [str(NGINX), "-c", str(path), "-e", str(folder / "error.log")]
    check = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
    nginx = subprocess.Popen([*command, "-g", "daemon off;"])
    started = Proxy(http_port, https_port, folder / "tls")
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                started.get("/healthz", secure=False)
                break
            except OSError:
                assert time.monotonic() < deadline, (folder / "error.log").read_text()
                time.sleep(0.05)
        yield started
    finally:
        nginx.terminate()
        nginx.wait(60)
