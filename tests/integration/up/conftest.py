"""A real `agelens up`, as a person starts it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest
from servers import short_home

PATIENCE_SECONDS = 120.0  # of a busy machine
READY = re.compile(r"^  API    (http://\S+)/api$", re.MULTILINE)
WEB = re.compile(r"^  Web    (http://\S+)$", re.MULTILINE)
AGELENS_UP = (sys.executable, "-m", "agelens.cli", "up")


class Up:
    """One `agelens up` on one home."""

    def __init__(self, home: Path, command: Sequence[str] = AGELENS_UP, **environment: str) -> None:
        """Start it; `environment` comes on top of ours without any setting of AgeLens."""
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("AGELENS_") and name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.home = home
        home.parent.mkdir(parents=True, exist_ok=True)
        self.output = home.parent / f"{home.name}.{time.monotonic_ns()}.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env={
                    **ours,
                    "AGELENS_HOME": str(home),
                    "AGELENS_API_PORT": "0",
                    "AGELENS_WEB_PORT": "0",
                    "SPT_NOENV": "1",  # else new titles of processes hide what they were given
                    **environment,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_ready(self, seconds: float = PATIENCE_SECONDS) -> "Up":
        assert wait_for(lambda: bool(READY.search(self.said())), seconds, self.ended), self.said()
        return self

    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def url(self) -> str:
        found = READY.search(self.said())
        assert found is not None
        return found[1]

    @property
    def web_url(self) -> str:
        found = WEB.search(self.said())
        assert found is not None, self.said()
        return found[1]

    def is_ready(self) -> bool:
        """Whether predictions would be scored, and people see it."""
        return answers(f"{self.url}/readyz") and answers(f"{self.web_url}/healthz")

    def children(self, part: str) -> list[psutil.Process]:
        """Direct children that are this part, by the log they write to: some change their titles."""
        log = re.compile(rf"{re.escape(str(self.home.resolve()))}/logs/{part}(-\d+)?\.log")
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if log.fullmatch(output_of(child))]

    def credentials(self) -> dict[str, str] | None:
        found = re.search(r"e-mail    (\S+)\n  password  (\S+)$", self.said(), re.MULTILINE)
        return {"email": found[1], "password": found[2]} if found else None

    def login(self, credentials: dict[str, str]) -> int:
        return httpx.post(f"{self.url}/api/auth/login", json=credentials, timeout=60).status_code

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def left(self) -> list[str]:
        """Every process that still belongs to this home, however it was started."""
        return [describe for describe in map(self._describe, psutil.process_iter()) if describe]

    def _describe(self, process: psutil.Process) -> str | None:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            is_ours = (
                process.environ().get("AGELENS_HOME") == str(self.home)
                or process.cwd().startswith(str(self.home))
                or any(str(self.home) in part for part in process.cmdline())
                or output_of(process).startswith(str(self.home.resolve()))
            )
            return f"{process.pid} {' '.join(process.cmdline())}" if is_ours else None
        except psutil.Error:
            return None


def output_of(process: psutil.Process) -> str:
    """Where a process writes to; nowhere when it has just ended, or is somebody else's."""
    try:
        return os.readlink(f"/proc/{process.pid}/fd/1")
    except OSError:
        return ""


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_for(
    condition: Callable[[], bool],
    seconds: float = PATIENCE_SECONDS,
    hopeless: Callable[[], bool] = lambda: False,
) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if hopeless() or time.monotonic() > deadline:
            return condition()
        time.sleep(0.1)
    return True


Start = Callable[..., Up]


def starter() -> Iterator[Start]:
    """Start any number of them, each on the home it is told or a new one; end what is left."""
    with ExitStack() as stack:

        def start(
            home: Path | None = None, command: Sequence[str] = AGELENS_UP, **environment: str
        ) -> Up:
            folder = home or stack.enter_context(short_home()) / "home"
            up = Up(folder, command, **environment)
            stack.callback(_make_sure_it_ended, up)
            return up

        yield start


def _make_sure_it_ended(up: Up) -> None:
    if not up.ended():
        up.process.terminate()
        up.process.wait(PATIENCE_SECONDS)


start = pytest.fixture(starter)


@pytest.fixture(scope="module")
def running() -> Iterator[Up]:
    """One that is ready, for the tests of a module."""
    for start in starter():
        yield start().wait_ready()
