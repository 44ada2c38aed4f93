"""`agelens status` and `agelens stop`, beside a real `agelens up`."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from agelens.clocks.bundles import shipped
from agelens.commands.up.home import running_addresses
from agelens.services import model_registry, publishing
from agelens.settings import without_ours
from agelens.storage.engine import open_engine, session_factory
from integration.api.bundles import bundle
from servers import short_home

from .conftest import PATIENCE_SECONDS, Start, Up, wait_for

pytestmark = pytest.mark.slow


def agelens(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agelens.cli", command],
        env=without_ours(AGELENS_HOME=str(home)),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def are_all_heard_of(up: Up) -> bool:
    """Whether both workers and the trainer send heartbeats: it is ready as soon as one worker does."""
    readiness = httpx.get(f"{up.url}/readyz", timeout=60).json()
    return (readiness.get("workers"), readiness.get("trainers")) == (2, 1)


def test_what_runs_is_told_part_by_part_and_stopped_from_another_terminal(start: Start) -> None:
    up = start().wait_ready()
    assert wait_for(lambda: are_all_heard_of(up)), up.said()
    told = agelens("status", up.home)
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert f"(process {up.process.pid})" in told.stdout
    states = {line[2:24].strip(): line[24:] for line in told.stdout.splitlines()[1:]}
    assert states["Web"] == f"{up.web_url} is ready"
    assert states["API"] == f"{up.url} is ready"
    assert states["PostgreSQL"].endswith(" answers")
    assert states["Redis"] == "answers"
    assert states["queue predictions"] == states["queue cohorts"] == "0 waiting, 2 workers"
    assert states["queue training"] == "0 waiting, 1 worker"
    assert "queue training" in states
    parts = ("postgres", "redis", "api", "worker-1", "worker-2", "scheduler", "dash", "trainer")
    for part in parts:
        (child,) = up.children(part)
        assert states[f"process {part}"] == str(child.pid)

    stopped = agelens("stop", up.home)
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert stopped.stdout.endswith("Stopped; the data stay.\n")
    assert up.process.wait(PATIENCE_SECONDS) == 0
    assert up.left() == []
    assert (up.home / "postgres" / "PG_VERSION").exists()

    again = agelens("stop", up.home)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == f"No AgeLens runs on {up.home.resolve()}.\n"
    assert agelens("status", up.home).returncode == 1


def test_a_newer_shipped_clock_is_told_by_status_and_in_the_schedulers_log(start: Start) -> None:
    up = start().wait_ready()
    directory = shipped("kaggle-age")
    assert directory is not None
    engine = open_engine(running_addresses(up.home)["database"])
    with session_factory(engine).begin() as session:
        older = publishing.check(bundle("kaggle-age", "0.9.0"))
        publishing.publish(session, older, by=None, force=True)
        model_registry.activate(session, "kaggle-age", "0.9.0")
    engine.dispose()
    told = agelens("status", up.home)
    assert told.returncode == 0
    command = f"agelens models activate kaggle-age {directory.name}"
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("  clock ")]
    assert line.split(None, 2)[1:] == [
        "kaggle-age",
        f"{directory.name} is newer than the active 0.9.0 ({command})",
    ]
    (scheduler,) = up.children("scheduler")
    scheduler.kill()  # a new one starts, and looks
    log = up.home / "logs" / "scheduler.log"
    assert wait_for(lambda: command in log.read_text())


def test_a_part_that_is_away_is_named(start: Start) -> None:
    up = start().wait_ready()
    (redis,) = up.children("redis")
    redis.suspend()  # runs, and does not answer
    try:
        told = agelens("status", up.home)
    finally:
        redis.resume()
    assert told.returncode == 1
    assert "Redis                 does not answer" in told.stdout
    (error,) = told.stderr.splitlines()
    assert error.startswith("Error: Not healthy: ")
    assert "Redis" in error
    assert wait_for(lambda: agelens("status", up.home).returncode == 0)


def test_stopping_ends_what_a_killed_run_left(start: Start) -> None:
    up = start().wait_ready()
    (worker, _) = up.children("worker")
    worker.suspend()  # deaf to the signal that the parent's death sends
    up.process.kill()
    up.process.wait()
    assert wait_for(lambda: len(up.left()) == 1)
    stopped = agelens("stop", up.home)
    assert stopped.returncode == 0
    assert "ended 1 processes that an earlier run left behind" in stopped.stdout
    assert up.left() == []


def test_where_nothing_ever_ran_both_say_so_and_make_no_folder() -> None:
    with short_home() as folder:
        home = folder / "home"
        told = agelens("status", home)
        assert told.returncode == 1
        assert told.stderr.startswith(f"Error: No AgeLens runs on {home.resolve()}.")
        stopped = agelens("stop", home)
        assert (stopped.returncode, stopped.stderr) == (0, "")
        assert not home.exists()


def test_one_that_is_starting_is_not_healthy_yet_and_can_be_stopped(start: Start) -> None:
    up = start()
    assert wait_for(lambda: "is starting" in up.said())
    told = agelens("status", up.home)
    if "is ready" not in up.said():
        assert told.returncode == 1
        assert told.stderr.endswith("is not ready yet.\n")
    assert agelens("stop", up.home).returncode == 0
    assert up.process.wait(PATIENCE_SECONDS) in {0, -signal.SIGTERM}
    assert up.left() == []
