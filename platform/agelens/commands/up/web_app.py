"""The web app beside the API: wanted, but nothing else waits for it for long or falls with it."""

import subprocess
import sys
from importlib.util import find_spec

from agelens.commands.up import processes
from agelens.commands.up.addresses import answers, origin
from agelens.commands.up.home import Home
from agelens.commands.up.supervisor import Child, Supervisor
from agelens.settings import WebSettings, environment

_ANSWERS_WITHIN_SECONDS = 30.0
_HOPELESS_AFTER_FAILURES = 2


class WebApp:
    """The child `dash` of one run."""

    def __init__(self, settings: WebSettings, home: Home, supervisor: Supervisor) -> None:
        """Nothing runs before `start`."""
        self._settings = settings
        self._home = home
        self._supervisor = supervisor
        self._child = Child("dash", self._spawn, needed=False)

    def start(self) -> None:
        """Start it and keep it running; not if this installation has no web app."""
        if _is_installed():
            self._supervisor.start(self._child)

    def wait(self) -> str:
        """Where it is, or in words why it is nowhere; others go on without it."""
        if not _is_installed():
            return "not installed; pip install 'agelens[web]' brings it"
        self._supervisor.wait_until(
            lambda: self._answers() or self._child.failures >= _HOPELESS_AFTER_FAILURES,
            _ANSWERS_WITHIN_SECONDS,
        )
        if not self._answers():
            return f"does not answer, everything else runs; see {self._home.log('dash')}"
        return origin(self._settings.web_host, self._settings.web_port)

    def _answers(self) -> bool:
        return answers(self._settings.web_host, self._settings.web_port, "/healthz")

    def _spawn(self) -> subprocess.Popen[bytes]:
        return processes.spawn(
            [sys.executable, "-m", "agelens.cli", "dash"],
            log=self._home.log("dash"),
            environment=environment(self._settings),
        )


def _is_installed() -> bool:
    return find_spec("dash") is not None
