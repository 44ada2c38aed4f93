"""What the embedded servers have in common: one process on a unix socket, data in the home."""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from agelens.commands.up import processes

# sockaddr_un holds 108 bytes on Linux, 104 elsewhere, with a closing zero; PostgreSQL's lock
# file beside the socket does not count.
_LONGEST_SOCKET_PATH = 103
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"


class EmbeddedServerError(Exception):
    """An embedded server cannot run; the message says why."""


def socket_directory(home: Path, name: str) -> Path:
    """Where a server's socket lives: in the home, or under the temporary directory if too long.

    The second place can be guessed by other users, so it must be ours and closed to them.
    """
    inside = home / "run" / name
    if len(os.fsencode(inside / _LONGEST_SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"agelens-{os.geteuid()}-{digest}-{name}"


def _make_private(directory: Path, account: processes.Account | None) -> None:
    """Create a directory that only we and the server's account can enter."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in _trusted(account):
        raise EmbeddedServerError(f"{directory} belongs to somebody else")
    directory.chmod(0o700)
    if account:
        os.chown(directory, account.uid, account.gid)


def _trusted(account: processes.Account | None) -> set[int]:
    return {os.geteuid(), account.uid if account else os.geteuid()}


class EmbeddedServer:
    """A server process of ours: started, asked whether it answers, stopped, killed."""

    name: str
    stop_signal: signal.Signals
    account: processes.Account | None = None

    def __init__(self, home: Path) -> None:
        """`home` keeps data, log and (if its path is short enough) the socket."""
        self.home = home.resolve()
        self.data = self.home / self.name
        self.log = self.home / "logs" / f"{self.name}.log"
        self.sockets = socket_directory(self.home, self.name)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it; the same for every start of one home."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """The server's command line, staying in the foreground."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Whatever must be true before the process starts."""

    def ask(self) -> bool:
        """Whether it answers now."""
        raise NotImplementedError

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process, replacing one that an earlier run left; do not wait for it."""
        for directory in (self.home, self.log.parent):
            directory.mkdir(parents=True, exist_ok=True)
        _make_private(self.data, self.account)
        _make_private(self.sockets, self.account)
        self.end_leftovers()
        self.prepare()
        self.process = processes.spawn(
            self.command(),
            log=self.log,
            account=self.account,
            death_signal=self.stop_signal,
            directory=self.data,
        )
        return self.process

    def start(self, timeout_seconds: float = 30) -> str:
        """Start, wait until it answers, and say where."""
        process = self.spawn()
        deadline = time.monotonic() + timeout_seconds
        while not self.ask():
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise EmbeddedServerError(f"{self.name} does not start:\n{self.last_words()}")
            time.sleep(0.02)
        return self.url

    def stop(self, grace_seconds: float = 10) -> None:
        """Stop cleanly, keeping the data; harmless when it does not run."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            if not processes.wait_gone(self.process, grace_seconds):
                self.kill()
        self.process = None
        if self.home not in self.sockets.parents:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def kill(self) -> None:
        """End it the hard way, as a crash would."""
        if self.process:
            processes.signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def end_leftovers(self) -> None:
        """End servers of this home that an earlier, killed run left behind."""
        own_pid = self.process.pid if self.process and self.process.poll() is None else None
        if own_pid:
            raise EmbeddedServerError(f"{self.name} runs already, process {own_pid}")
        leftovers = []
        for process in psutil.process_iter(["name", "cwd"]):
            # Every process of either server works in its data directory.
            if process.info["cwd"] == str(self.data) and self._is_server(process.info["name"]):
                leftovers.append(process)
        processes.end_all(leftovers, grace_seconds=3)

    def _is_server(self, process_name: str) -> bool:
        return process_name.startswith(("postgres", "redis", "valkey"))

    def last_words(self) -> str:
        """The end of the log, for a message."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:])
