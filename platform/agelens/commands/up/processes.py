"""Starting processes that die with us, and making sure that none outlives us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import psutil

_LAUNCHER = Path(__file__).with_name("launch.py")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Account:
    """A user of the operating system that a process shall run as."""

    uid: int
    gid: int


class Process(Protocol):
    """What the supervisor asks of a child, a `subprocess.Popen` or a fork."""

    pid: int
    returncode: int | Any

    def poll(self) -> int | None: ...
    def wait(self) -> int | None: ...
    def send_signal(self, number: int, /) -> None: ...


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    directory: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, where Ctrl-C does not reach it, writing to a log.

    The kernel sends `death_signal` when the *thread* that called this ends: call it from the
    thread that stays to watch.
    """
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER)]
    arguments = [str(os.getpid()), str(int(death_signal)), str(uid), str(gid)]
    with opened(log) as output:
        return subprocess.Popen(
            [*launcher, *arguments, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=directory,
            start_new_session=True,
        )


def opened(log: Path) -> BinaryIO:
    """The log to append to; nowhere when there is no room even for its name."""
    try:
        return log.open("ab")
    except OSError:
        return open(os.devnull, "wb")


def die_with_parent(parent: int, death_signal: signal.Signals) -> None:
    """Have the kernel signal this process when the thread that started it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies, so that none is lost sight of."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(own_pids: Container[int]) -> None:
    """Collect adopted processes that ended; `own_pids` are collected by their Popen."""
    if sys.platform != "linux":
        return
    with suppress(ChildProcessError):
        while ended_child := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended_child.si_pid in own_pids:
                return
            os.waitpid(ended_child.si_pid, os.WNOHANG)


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the whole session that `spawn` started as `pid`; an empty one is no error."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def end_all(processes: Sequence[psutil.Process], grace_seconds: float) -> None:
    """Ask processes to end, then make them."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=grace_seconds)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def group_members(pid: int, created: float) -> list[psutil.Process]:
    """The processes still alive in the session that began as `pid` at `created`.

    The kernel gives no process the number of a living group. So when the leader is gone its
    group is still ours; when the number belongs to a younger process, ours is gone.
    """
    with suppress(psutil.NoSuchProcess):
        if abs(psutil.Process(pid).create_time() - created) > 1:
            return []
    members = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            if os.getpgid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def wait_gone(process: Process, seconds: float) -> bool:
    """Whether a child ended within the time."""
    deadline = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
