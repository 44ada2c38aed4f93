"""The folder that keeps the state of one AgeLens: who uses it, its secret, what it started."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agelens.commands import secret_key

_LARGEST_LOG_BYTES = 10 * 1024 * 1024


class HomeInUseError(Exception):
    """Another `agelens up` runs on this home; the message says which process."""


class Home:
    """Paths and small files of an AGELENS_HOME."""

    def __init__(self, path: Path) -> None:
        """Create the folder; git shall not see what is in it."""
        self.path = path.expanduser().resolve()
        self.run = self.path / "run"
        self.logs = self.path / "logs"
        for folder in (self.path, self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        (self.path / ".gitignore").write_text("*\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the home to ourselves; the kernel lets go when this process ends in any way."""
        with (self.path / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise HomeInUseError(
                    f"AgeLens is already running on {self.path} (process {lock.read().strip()}). "
                    "Stop it first, or set AGELENS_HOME to another folder."
                ) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            (self.run / "addresses.json").unlink(missing_ok=True)  # of an earlier run
            yield

    def secret_key(self) -> str:
        """The key of this installation, made once and readable by its owner alone."""
        return secret_key.kept_in(self.path)

    def log(self, name: str) -> Path:
        """A child's log; one that grew large makes room at the next start."""
        path = self.logs / f"{name}.log"
        with suppress(OSError):  # it may go on growing
            if path.exists() and path.stat().st_size > _LARGEST_LOG_BYTES:
                path.rename(path.with_suffix(".log.1"))
        return path

    def remember_children(self, children: Iterable[tuple[str, int, float]]) -> None:
        """Note name, pid and creation time of what runs, for other commands and `end_leftovers`."""
        self._note("children", list(children))

    def remember_addresses(self, api: str, database: str, **other_addresses: str) -> None:
        """Note where the parts are, for commands that use what runs on this home."""
        self._note("addresses", {"api": api, "database": database, **other_addresses})

    def _note(self, name: str, content: object) -> None:
        """Write a small file of the home, whole or not at all, for its owner alone.

        On a full disk it stays as it was: notes are for others, what runs does not need them.
        """
        unfinished = self.run / f"{name}.new"
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
            private = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(private, "w") as file:
                json.dump(content, file)
            unfinished.rename(self.run / f"{name}.json")

    def end_leftovers(self) -> int:
        """End what a killed `agelens up` of this home left running; say how many."""
        # imported here: the app image has no psutil, and the database commands do not need it
        from agelens.commands.up.processes import end_all, group_members

        noted = noted_children(self.path)
        leftovers = [
            process for _, pid, created in noted for process in group_members(pid, created)
        ]
        end_all(leftovers, grace_seconds=2)  # the kernel has asked them already
        return len(leftovers)


def noted_children(home: Path) -> list[tuple[str, int, float]]:
    """Name, pid and creation time of what `agelens up` started last on a home."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        noted = json.loads((home / "run" / "children.json").read_text())
        # up to 0.4 a child had no name
        return [(each[0] if len(each) > 2 else "", each[-2], each[-1]) for each in noted]
    return []


def running_process(path: Path) -> int | None:
    """The pid of the `agelens up` that runs on a home now; None when none does."""
    try:
        with (path.expanduser().resolve() / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:  # whoever runs it holds the lock
                return int(lock.read().strip() or 0)
    except FileNotFoundError:
        pass
    return None


def running_addresses(path: Path) -> dict[str, str] | None:
    """The `api` and `database` (and more) of what runs on a home now; None when nothing does.

    They are known as soon as everything is ready.
    """
    if running_process(path) is not None:
        with suppress(FileNotFoundError):
            text = (path.expanduser().resolve() / "run" / "addresses.json").read_text()
            addresses: dict[str, str] = json.loads(text)
            return addresses
    return None
