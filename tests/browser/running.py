"""AgeLens with its web app, all of it in processes of its own."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx
from agelens.commands.stack import Stack
from agelens.commands.up import processes
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory
from proxies import free_port
from servers import SharedServers
from sqlalchemy.orm import Session, sessionmaker

WITHIN_SECONDS = 60.0


class Site:
    """What a person meets: the web app in front of a stack."""

    def __init__(self, stack: Stack, sessions: sessionmaker[Session]) -> None:
        """The stack runs already; so does the web app."""
        self.stack = stack
        self.sessions = sessions

    @property
    def api_url(self) -> str:
        """Where the API is."""
        return self.stack.url

    @property
    def url(self) -> str:
        """Where the web app is."""
        return self.stack.web_url

    def kill_api(self) -> None:
        """End the API at once; the web app stays."""
        processes.signal_group(self.stack.parts["api"].pid, signal.SIGKILL)
        self.stack.stop("api")

    def start_api(self) -> None:
        """Start the API again, where it was."""
        self.stack.start_part("api", "api")
        wait_until(lambda: answers(f"{self.api_url}/healthz"))

    def stop_workers(self) -> None:
        """End every worker; what is queued stays queued."""
        self.stack.stop(*[name for name in self.stack.parts if name.startswith("worker")])

    def start_worker(self) -> None:
        """Start one worker; the service is ready again."""
        self.stack.start_part("worker-1", "worker")
        wait_until(lambda: answers(f"{self.api_url}/readyz"))


def wait_until(happened: Callable[[], bool], seconds: float = WITHIN_SECONDS) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s"
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether something answers there."""
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


@contextmanager
def running(settings: Settings, workers: int = 2, *, migrate: bool = True) -> Iterator[Site]:
    """A site on a database and a Redis that run already."""
    with ExitStack() as cleanup:
        stack = cleanup.enter_context(Stack(settings)).start(workers=workers, migrate=migrate)
        engine = open_engine(str(settings.database_url))
        cleanup.callback(engine.dispose)
        stack.start_web()
        yield Site(stack, session_factory(engine))


@contextmanager
def running_on(servers: SharedServers) -> Iterator[Site]:
    """A site on databases of its own, without rate limits: two workers, scheduler and web app."""
    with (
        servers.settings(api_port=free_port(), web_port=free_port()) as settings,
        running(settings, migrate=False) as site,
    ):
        yield site
