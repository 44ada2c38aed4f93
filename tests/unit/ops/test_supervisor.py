"""Children are kept running, and none is left when the supervisor stops."""

import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from agelens.commands.up import ports, processes
from agelens.commands.up.home import Home, HomeInUseError, noted_children
from agelens.commands.up.supervisor import Child, StopRequestedError, Supervisor, delay_seconds
from servers import short_home


@pytest.fixture
def home() -> Iterator[Home]:
    with short_home() as directory:
        yield Home(directory / "home")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(home: Home, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(home, said.append)
    yield supervisor
    supervisor.stop_all()


PATIENCE_SECONDS = 60  # of a busy machine


def child(home: Home, name: str, code: str, grace_seconds: float = PATIENCE_SECONDS) -> Child:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return Child(
        name, lambda: processes.spawn(command, log=home.log(name)), grace_seconds=grace_seconds
    )


def wait(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_child_that_dies_is_started_again(
    home: Home, supervisor: Supervisor, said: list[str]
) -> None:
    sleeper = child(home, "sleeper", "import time; time.sleep(600)")
    supervisor.start(sleeper)
    assert sleeper.process is not None
    first = sleeper.process.pid
    sleeper.process.kill()

    def is_back() -> bool:
        return sleeper.process is not None and sleeper.process.pid != first

    assert supervisor.wait_until(is_back, PATIENCE_SECONDS)
    assert len(said) == 1
    assert said[0].startswith("sleeper ended (signal SIGKILL), starting it again in 0.5 s.")


def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    assert [delay_seconds(failures) for failures in (1, 2, 3, 4)] == [0.5, 1, 2, 4]
    assert delay_seconds(50) == 30


def test_what_a_dead_child_started_goes_with_it(home: Home, supervisor: Supervisor) -> None:
    # As gunicorn: the master is killed, its workers would keep the port.
    master = child(
        home,
        "master",
        """
        import subprocess, sys, time
        worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(worker.pid, flush=True)
        time.sleep(600)
        """,
    )
    supervisor.start(master)
    log = home.logs / "master.log"
    assert wait(lambda: bool(log.read_text().strip()))
    worker = psutil.Process(int(log.read_text().split()[0]))
    assert master.process is not None
    master.process.kill()
    master.process.wait()
    supervisor.watch()
    assert wait(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


def test_a_child_that_does_not_listen_is_killed(home: Home, supervisor: Supervisor) -> None:
    deaf = child(
        home,
        "deaf",
        """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
        time.sleep(600)
        """,
        grace_seconds=1,
    )
    supervisor.start(deaf)
    assert wait(lambda: (home.logs / "deaf.log").read_text().strip() == "deaf")
    process = deaf.process
    started = time.monotonic()
    supervisor.stop_all()
    assert process is not None
    assert process.returncode == -signal.SIGKILL
    assert 1 <= time.monotonic() - started < PATIENCE_SECONDS


def test_servers_are_stopped_after_those_who_use_them(home: Home, supervisor: Supervisor) -> None:
    order = home.path / "order"
    for name in ("server", "user"):
        code = f"""
            import signal, sys, time
            def stop(*_):
                time.sleep({0.3 if name == "user" else 0})
                open({str(order)!r}, "a").write({name!r} + " ")
                sys.exit()
            signal.signal(signal.SIGTERM, stop)
            print("up", flush=True)
            time.sleep(600)
            """
        supervisor.start(child(home, name, code))
        assert wait(lambda name=name: (home.logs / f"{name}.log").read_text() == "up\n")
    supervisor.stop_all(last=["server"])
    assert order.read_text() == "user server "


def test_a_stop_request_ends_any_waiting(supervisor: Supervisor) -> None:
    supervisor.stop_requests = 1
    with pytest.raises(StopRequestedError):
        supervisor.wait_until(lambda: False, 60)


@pytest.mark.slow
def test_children_of_a_killed_supervisor_are_ended_by_the_next(home: Home) -> None:
    # `sleep` in a group of its own whose leader is gone: what PDEATHSIG does not reach.
    leader = processes.spawn(
        [sys.executable, "-c", "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"],
        log=home.log("leader"),
    )
    home.remember_children([("leader", leader.pid, psutil.Process(leader.pid).create_time())])
    leader.wait()
    left = psutil.Process(int((home.logs / "leader.log").read_text()))
    assert home.end_leftovers() == 1
    assert wait(lambda: not left.is_running() or left.status() == psutil.STATUS_ZOMBIE)


def test_a_stranger_with_a_reused_process_number_is_left_alone(home: Home) -> None:
    stranger = processes.spawn(["/bin/sleep", "600"], log=home.log("stranger"))
    try:
        long_ago = psutil.Process(stranger.pid).create_time() - 3600
        home.remember_children([("stranger", stranger.pid, long_ago)])
        assert home.end_leftovers() == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_home_is_used_by_one_at_a_time(home: Home) -> None:
    with home.locked(), pytest.raises(HomeInUseError, match="already running"), home.locked():
        pass
    with home.locked():
        pass


def test_the_secret_key_is_made_once_and_private(home: Home) -> None:
    key = home.secret_key()
    assert len(key) >= 32
    assert Home(home.path).secret_key() == key
    assert (home.path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_git_does_not_see_a_home(home: Home, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(home.path.parent)], check=True)
    home.secret_key()
    seen = subprocess.check_output(
        ["git", "-C", str(home.path.parent), "status", "--porcelain", "-uall"]
    )
    assert seen == b""


def test_a_busy_port_is_reported_with_the_variable_to_set() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(ports.PortInUseError, match=f"port {port} .*AGELENS_API_PORT"):
            ports.choose("127.0.0.1", port, "AGELENS_API_PORT")


def test_port_0_finds_a_free_one() -> None:
    port = ports.choose("127.0.0.1", 0, "AGELENS_API_PORT")
    socket.create_server(("127.0.0.1", port)).close()


def test_two_that_do_not_listen_yet_are_not_given_the_same_port() -> None:
    port = ports.choose("127.0.0.1", 0, "AGELENS_API_PORT")
    with pytest.raises(ports.PortInUseError, match=f"port {port} .*AGELENS_WEB_PORT"):
        ports.choose("127.0.0.1", port, "AGELENS_WEB_PORT", reserved=port)


def test_a_process_that_shall_end_is_told_from_one_that_failed(
    home: Home, supervisor: Supervisor
) -> None:
    # Beside adopted orphans, which are collected without asking for their exit code.
    for code, succeeded in ((0, True), (1, False)):
        command = [sys.executable, "-c", f"raise SystemExit({code})"]
        process = processes.spawn(command, log=home.log("once"))
        assert supervisor.run_to_its_end(process, PATIENCE_SECONDS) is succeeded


def test_what_was_there_before_it_stays(home: Home, said: list[str]) -> None:
    elder = processes.spawn(["/bin/sh", "-c", "sleep 600 & wait"], log=home.log("elder"))
    supervisor = Supervisor(home, said.append)
    supervisor.start(child(home, "sleeper", "import time; time.sleep(600)"))
    assert wait(lambda: bool(psutil.Process(elder.pid).children()))
    supervisor.stop_all()
    assert elder.poll() is None
    assert psutil.Process(elder.pid).children()
    processes.signal_group(elder.pid, signal.SIGKILL)
    elder.wait()


def test_a_note_that_cannot_be_written_stops_nobody(home: Home, supervisor: Supervisor) -> None:
    """As on a full disk; here a folder is in the way of the file."""
    in_the_way = home.run / "children.new"
    in_the_way.mkdir()
    sleeper = child(home, "sleeper", "import time; time.sleep(600)")
    supervisor.start(sleeper)
    supervisor.watch()
    assert noted_children(home.path) == []
    in_the_way.rmdir()
    supervisor.start(child(home, "second", "import time; time.sleep(600)"))
    assert [name for name, *_ in noted_children(home.path)] == ["sleeper", "second"]


def test_an_error_of_the_operating_system_does_not_end_the_watching(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = iter(range(10))

    def refused() -> None:
        if next(rounds) == 4:
            supervisor.stop_requests = 1
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(supervisor, "watch", refused)
    supervisor.run_until_asked_to_stop()
    assert next(rounds) == 5
    assert said == ["Watching goes on after an error: [Errno 24] Too many open files"]
