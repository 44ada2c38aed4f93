"""Children of `agelens up` that are forks."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from agelens.commands.up import processes
from agelens.commands.up.forks import ForkedProcess, can_fork, fork

Forked = Callable[[Callable[[], object]], ForkedProcess]
pytestmark = pytest.mark.skipif(not can_fork(), reason="only Linux forks")


@pytest.fixture
def forked(tmp_path: Path) -> Forked:
    def start(command: Callable[[], object]) -> ForkedProcess:
        def speak() -> object:
            # what it says goes where a process's output goes, not into pytest's files
            sys.stdout = sys.stderr = open(1, "w", closefd=False)  # noqa: SIM115
            return command()

        return fork(
            speak,
            title="agelens test",
            log=tmp_path / "log",
            environment={"ITS_OWN": "environment"},
            death_signal=signal.SIGTERM,
        )

    return start


def test_it_has_a_log_an_environment_and_a_session_of_its_own(
    forked: Forked, tmp_path: Path
) -> None:
    def tell() -> None:
        print(dict(os.environ), os.getsid(0) == os.getpid())
        sys.exit(3)

    child = forked(tell)
    assert child.wait() == child.poll() == 3
    assert (tmp_path / "log").read_text() == "{'ITS_OWN': 'environment'} True\n"
    assert "ITS_OWN" not in os.environ


def test_what_nobody_expected_is_a_traceback_in_the_log(forked: Forked, tmp_path: Path) -> None:
    def fail() -> None:
        raise ValueError("unheard of")

    assert forked(fail).wait() == 1
    assert "ValueError: unheard of" in (tmp_path / "log").read_text()


def test_it_keeps_no_file_of_ours_open(forked: Forked) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = forked(signal.pause)
        theirs.close()
        assert ours.recv(1) == b"", "its copy of the other end is closed, too"
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL


def test_our_handlers_of_signals_are_not_its_own(forked: Forked) -> None:
    noted: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: noted.append(number))
    try:
        child = forked(signal.pause)
        child.send_signal(signal.SIGTERM)
        assert child.wait() == -signal.SIGTERM
        assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert noted == []
    child.send_signal(signal.SIGTERM)  # it has ended: nobody is signalled


def test_its_group_can_be_ended_as_soon_as_it_is_there(forked: Forked) -> None:
    child = forked(signal.pause)
    processes.signal_group(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


def test_what_every_process_reads_is_read_before_they_start() -> None:
    code = """
import sys
from agelens.commands.up import forks
forks.preload()
from agelens.domain.registry import biomarkers
print(biomarkers.cache_info().currsize, "numpy.ma" in sys.modules, "pandas" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout.split() == ["1", "True", "False"]
