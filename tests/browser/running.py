"""AgeLens with its web app, all of it in processes of its own."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
from agelens.commands.stack import Stack
from agelens.commands.up import ports, processes
from agelens.settings import Settings, WebSettings, environment
from agelens.storage.engine import open_engine, session_factory
from servers import Servers
from sqlalchemy.orm import Session, sessionmaker

READY_WITHIN_SECONDS = 60.0


class Site:
    """What a person meets: the web app in front of a stack."""

    def __init__(self, stack: Stack, sessions: sessionmaker[Session]) -> None:
        """Nothing runs before `start`."""
        self.stack = stack
        self.sessions = sessions
        self.servers: Servers | None = None  # of its own, when a test may stop them
        self.web_port = ports.choose("127.0.0.1", 0, "AGELENS_WEB_PORT")

    @property
    def api_url(self) -> str:
        """Where the API is."""
        return self.stack.url

    @property
    def url(self) -> str:
        """Where the web app is."""
        return f"http://127.0.0.1:{self.web_port}"

    def start_web(self) -> None:
        """Start the web app and wait until it answers."""
        settings = WebSettings.beside(self.stack.settings, self.api_url)
        settings = settings.model_copy(update={"web_port": self.web_port})
        self.stack.parts["web"] = processes.spawn(
            [sys.executable, "-m", "agelens.cli", "dash"],
            log=self.stack.logs / "web.log",
            environment=environment(settings),
        )
        wait_for(self.url + "/healthz")

    def stop_api(self) -> None:
        """End the API; the web app stays."""
        self.stack.stop("api")

    def start_api(self) -> None:
        """Start the API again, where it was."""
        self.stack.start_part("api", "api")
        wait_for(self.api_url + "/healthz")

    def stop_workers(self) -> None:
        """End every worker; what is queued stays queued."""
        self.stack.stop(*[name for name in self.stack.parts if name.startswith("worker")])

    def start_worker(self) -> None:
        """Start one worker."""
        self.stack.start_part("worker-1", "worker")


def wait_for(url: str) -> None:
    """Wait until something answers there."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while True:
        try:
            if httpx.get(url, timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing answers at {url}")
        time.sleep(0.05)


@contextmanager
def running(settings: Settings, workers: int = 2) -> Iterator[Site]:
    """A site on a database and a Redis that run already."""
    with ExitStack() as cleanup:
        stack = cleanup.enter_context(Stack(settings)).start(workers=workers)
        engine = open_engine(str(settings.database_url))
        cleanup.callback(engine.dispose)
        site = Site(stack, session_factory(engine))
        site.start_web()
        yield site
