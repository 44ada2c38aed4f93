"""The whole service as real processes on servers of its own, to break piece by piece."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
from servers import Servers

HERE = Path(__file__).parent
PASSWORD = "correct horse battery"


class Stack:
    """API and scheduler; workers are added by the test. `stop` ends everything."""

    def __init__(self, servers: Servers, home: Path, **settings: str) -> None:
        self.servers = servers
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DATABASE_URL": servers.postgres.url,
            "REDIS_URL": servers.redis.url,
            "AGELENS_HOME": str(home),
            "AGELENS_API_PORT": str(self.port),
            "AGELENS_SECRET_KEY": secrets.token_hex(),
            "AGELENS_RATE_LIMITS": "off",
            **settings,
        }
        self.log = (home / "log").open("ab")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> "Stack":
        """Migrate, then serve; returns when /healthz answers."""
        subprocess.run(
            [sys.executable, "-m", "agelens.cli", "migrate"],
            env=self.environment,
            check=True,
            stdout=self.log,
        )
        for command in ("api", "scheduler"):
            self.run("-m", "agelens.cli", command)
        wait_for(lambda: self.answers("/healthz"), 30)
        return self

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a Python process of this stack."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.processes.append(process)
        return process

    def script(self, name: str, *arguments: object) -> subprocess.Popen[bytes]:
        """Start one of the worker scripts beside this file."""
        return self.run(str(HERE / name), *map(str, arguments))

    def answers(self, path: str) -> bool:
        """Whether a GET gives 200."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    @contextmanager
    def person(self) -> Iterator[httpx.Client]:
        """Somebody who is logged in and has plenty of credits."""
        body = {"email": f"{secrets.token_hex(6)}@example.org", "password": PASSWORD}
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60) as http:
            http.post("/api/auth/register", json=body).raise_for_status()
            token = http.post("/api/auth/login", json=body).json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            http.post("/api/wallet/topup", json={"amount": 10_000}).raise_for_status()
            yield http

    def audit(self) -> subprocess.CompletedProcess[str]:
        """What `agelens audit` says."""
        return subprocess.run(
            [sys.executable, "-m", "agelens.cli", "audit"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self) -> None:
        """End every process."""
        end(self.processes)
        self.log.close()


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask processes to end, then make them."""
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Return when the condition holds, fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
