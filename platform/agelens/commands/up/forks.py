"""Start commands of ours as forks of this process, which has imported what they need.

They share its memory until they change it, and start in a moment. On Linux alone: elsewhere a fork
without exec is not safe, and nothing ends it with its parent. The web app is no fork: this process has
secrets in its memory that are not for it.
"""

import os
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from agelens.commands.up import processes
from agelens.native_threads import loading_on_one_thread
from agelens.settings import replace_environment

_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # by the supervisor, not by its forks


def can_fork() -> bool:
    """Whether children may be forks of this process."""
    return sys.platform == "linux"


def preload() -> None:
    """Load what workers, scheduler and API have in common."""
    from agelens.commands import lean_imports

    _set_title()  # while the arguments are where it looks for them
    with loading_on_one_thread(), lean_imports.without_collections():  # as a worker loads numpy
        lean_imports.without_terminal_packages()
        lean_imports.without_pandas()
        import agelens.commands.database
        import agelens.jobs.cohorts
        import agelens.jobs.scheduler
        import agelens.jobs.worker  # noqa: F401
        from agelens.domain.registry import biomarkers

        biomarkers()


class ForkedProcess:
    """A fork, with what the supervisor asks of a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code once it has ended, negative for a signal; None before."""
        return self._collect(os.WNOHANG)

    def wait(self) -> int | None:
        """Its exit code, when it ends."""
        return self._collect(0)

    def send_signal(self, number: int) -> None:
        """Signal it unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _collect(self, options: int) -> int | None:
        if self.returncode is None:
            try:
                ended_pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:  # collected by somebody else, who knows how it ended
                self.returncode = 0
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if ended_pid else None
        return self.returncode


def fork(
    command: Callable[[], object],
    *,
    title: str,
    log: Path,
    environment: Mapping[str, str],
    death_signal: signal.Signals,
) -> ForkedProcess:
    """Run a command in a fork with a session, a log and an environment of its own, as `processes.spawn`.

    Returns when nothing that is meant for it can reach this process any more, or the other way round.
    """
    parent = os.getpid()
    _flush()
    is_set_up, tells = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    try:
        with warnings.catch_warnings():  # of threads: ours wait for passwords, and hold no lock
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            try:
                _leave_parent(parent, death_signal, log)
                replace_environment(environment)
                _set_title(title)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            _run_and_exit(command)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
    os.close(tells)
    os.read(is_set_up, 1)  # ends when the fork closes what it has inherited
    os.close(is_set_up)
    return ForkedProcess(pid)


def _leave_parent(parent: int, death_signal: signal.Signals, log: Path) -> None:
    """Keep nothing of the parent's but its memory: no terminal, file, connection, or way with signals."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    processes.die_with_parent(parent, death_signal)
    with processes.opened(log) as output, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


def _set_title(title: str = "agelens up") -> None:
    """As `ps` shows it, where setproctitle is installed."""
    with suppress(ImportError):
        from setproctitle import setproctitle

        setproctitle(title)


def _run_and_exit(command: Callable[[], object]) -> NoReturn:
    """Not by way of the parent's frames, which would stop everything."""
    code = 1
    try:
        command()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        _flush()
        os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
