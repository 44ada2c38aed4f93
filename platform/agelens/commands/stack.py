"""API, workers, scheduler and web app as processes of their own, for the demo, the bench, the tests."""

import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from agelens.commands.up import ports, processes
from agelens.commands.up.addresses import origin
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
from agelens.settings import Settings, WebSettings, environment

READY_WITHIN_SECONDS = 60.0
ENDS_WITHIN_SECONDS = 10.0


class PartFailedError(Exception):
    """A process of the stack ended or never became ready; the message ends with its log."""


class Stack:
    """The processes of one AgeLens on a database and a Redis that run already."""

    def __init__(self, settings: Settings) -> None:
        """Nothing runs before `start`; an API port of 0 picks a free one."""
        port = ports.choose(settings.api_host, settings.api_port, "AGELENS_API_PORT")
        key = settings.secret_key or secrets.token_urlsafe(32)
        self.settings = settings.model_copy(update={"api_port": port, "secret_key": key})
        self.logs = settings.home / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.parts: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the API is."""
        return origin(self.settings.api_host, self.settings.api_port)

    @property
    def web_url(self) -> str:
        """Where the web app is, after `start_web`."""
        return origin(self.settings.web_host, self.settings.web_port)

    def start(self, *, workers: int, queues: Sequence[str] = (), migrate: bool = True) -> Self:
        """Migrate, start everything, and wait until predictions would be scored.

        The workers take jobs from `queues`, or from all. With no workers, which the caller then
        starts, it is enough that the API answers. A database with today's tables needs no `migrate`.
        """
        if migrate and self._spawn("migrate", "migrate").wait() != 0:
            raise PartFailedError(self._blame("migrate"))
        self.start_part("api", "api")
        self.start_part("scheduler", "scheduler")
        for number in range(1, workers + 1):
            self.start_part(f"worker-{number}", "worker", *queues)
        self._wait_until_answered(f"{self.url}{'/readyz' if workers else '/healthz'}", "api")
        return self

    def start_web(self) -> str:
        """Start the web app, wait until it answers, and say where; a port of 0 picks a free one."""
        stack_settings = self.settings
        port = ports.choose(
            stack_settings.web_host,
            stack_settings.web_port,
            "AGELENS_WEB_PORT",
            reserved=stack_settings.api_port,
        )
        self.settings = stack_settings.model_copy(update={"web_port": port})
        settings = WebSettings.beside(self.settings, self.url)
        self.parts["dash"] = self._spawn("dash", "dash", settings=settings)
        self._wait_until_answered(f"{self.web_url}/healthz", "dash")
        return self.web_url

    def start_part(
        self, name: str, *command: str, module: str = "agelens.cli"
    ) -> subprocess.Popen[bytes]:
        """Start `agelens COMMAND`, or another module, under a name of its own."""
        self.parts[name] = self._spawn(name, *command, module=module)
        return self.parts[name]

    def stop(self, *names: str) -> None:
        """End the named parts, or all; then those that do not listen."""
        parts = [self.parts.pop(name) for name in names or list(self.parts)]
        for part in parts:
            part.send_signal(signal.SIGTERM)
        for part in parts:
            processes.wait_gone(part, ENDS_WITHIN_SECONDS)
            processes.signal_group(part.pid, signal.SIGKILL)
            part.wait()

    def _spawn(
        self,
        name: str,
        *command: str,
        settings: WebSettings | None = None,
        module: str = "agelens.cli",
    ) -> subprocess.Popen[bytes]:
        return processes.spawn(
            [sys.executable, "-m", module, *command],
            log=self.logs / f"{name}.log",
            environment=environment(settings or self.settings),
        )

    def _wait_until_answered(self, url: str, name: str) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not _answers(url):
            ended_parts = [name for name, part in self.parts.items() if part.poll() is not None]
            if ended_parts or time.monotonic() > deadline:
                raise PartFailedError(self._blame(*(ended_parts or [name])))
            time.sleep(0.05)

    def _blame(self, *names: str) -> str:
        logs = [(self.logs / f"{name}.log").read_text(errors="replace") for name in names]
        return "\n".join([f"{', '.join(names)} did not run:", *(log[-3000:] for log in logs)])


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


@contextmanager
def throw_away_stack(
    settings: Settings,
    *,
    workers: int,
    worker_queues: Sequence[str] = (),
    durable: bool = False,
    **changes: Any,
) -> Iterator[Stack]:
    """A whole AgeLens with its own PostgreSQL and Redis in a temporary home, removed afterwards.

    Its settings are the given ones but for the places, and for `changes`. `durable` has PostgreSQL
    force every commit to the disk, as in production.
    """
    with ExitStack() as cleanup:
        home = Path(tempfile.mkdtemp(prefix="agelens-"))
        cleanup.callback(shutil.rmtree, home, ignore_errors=True)
        postgres = EmbeddedPostgres(home, durable=durable)
        cleanup.callback(postgres.stop)
        redis = EmbeddedRedis(home)
        cleanup.callback(redis.stop)
        places = {
            "env": "development",
            "home": home,
            "database_url": postgres.start(),
            "redis_url": redis.start(),
            "secret_key": None,
            "metrics_dir": home / "metrics",
            "api_host": "127.0.0.1",
            "api_port": 0,
            "web_host": "127.0.0.1",
            "web_port": 0,
        }
        stack = Stack(settings.model_copy(update=places | changes))
        yield cleanup.enter_context(stack).start(workers=workers, queues=worker_queues)
