"""The whole service as real processes on servers of its own, to break piece by piece."""

import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from agelens.commands.stack import Stack
from agelens.commands.up import processes
from agelens.services import accounts
from agelens.settings import Settings, environment
from agelens.storage.engine import open_engine, session_factory
from proxies import free_port
from servers import Servers

HERE = Path(__file__).parent
PASSWORD = "correct horse battery"


class BreakableStack(Stack):
    """API and scheduler; the workers are scripts of this folder, which the test starts."""

    def __init__(self, servers: Servers, home: Path, **settings: object) -> None:
        """Nothing runs before `start`, but for the servers."""
        self.servers = servers
        places = {
            "database_url": servers.postgres.url,
            "redis_url": servers.redis.url,
            "home": home,
            "api_port": free_port(),
            "rate_limits": "off",
        }
        super().__init__(Settings().model_copy(update=places | settings))

    def script(self, name: str, *arguments: object) -> subprocess.Popen[bytes]:
        """Start a worker script; the newest of a name is the one that `stop` can name."""
        part = processes.spawn(
            [sys.executable, str(HERE / name), *map(str, arguments)],
            log=self.logs / "workers.log",
            environment=environment(self.settings),
        )
        self.parts[f"{name} {part.pid}"] = part
        return part

    def start_on(
        self,
        name: str,
        command: Sequence[str],
        variables: Mapping[str, str],
        directory: Path | None,
    ) -> None:
        """Start `agelens COMMAND` as on another host: with variables and a folder of its own."""
        self.parts[name] = processes.spawn(
            [sys.executable, "-m", "agelens.cli", *command],
            log=self.logs / f"{name}.log",
            environment=environment(self.settings) | variables,
            directory=directory,
        )

    def answers(self, path: str) -> bool:
        """Whether a GET gives 200."""
        try:
            return httpx.get(f"{self.url}{path}", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def said(self, path: str) -> str:
        """What a GET gives, in words."""
        try:
            return httpx.get(f"{self.url}{path}", timeout=5).text
        except httpx.TransportError as error:
            return repr(error)

    @contextmanager
    def person(self, topups: int = 1) -> Iterator[httpx.Client]:
        """Somebody who is logged in and has plenty of credits, 10,000 for each top-up."""
        body = {"email": f"{secrets.token_hex(6)}@example.org", "password": PASSWORD}
        with httpx.Client(base_url=self.url, timeout=60) as http:
            http.post("/api/auth/register", json=body).raise_for_status()
            token = http.post("/api/auth/login", json=body).json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            for _ in range(topups):
                http.post("/api/wallet/topup", json={"amount": 10_000}).raise_for_status()
            yield http

    @contextmanager
    def administrator(self) -> Iterator[httpx.Client]:
        """Somebody who may retrain clocks."""
        body = {"email": f"{secrets.token_hex(6)}@example.org", "password": PASSWORD}
        engine = open_engine(str(self.settings.database_url))
        with session_factory(engine).begin() as session:
            accounts.create_admin(session, body["email"], body["password"])
        engine.dispose()
        with httpx.Client(base_url=self.url, timeout=60) as http:
            token = http.post("/api/auth/login", json=body).json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            yield http

    def audit(self, *options: str) -> subprocess.CompletedProcess[str]:
        """What `agelens audit` says."""
        return subprocess.run(
            [sys.executable, "-m", "agelens.cli", "audit", *options],
            env=environment(self.settings),
            capture_output=True,
            text=True,
            check=False,
        )


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Return when the condition holds, fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
