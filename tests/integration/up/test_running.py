"""What `agelens up` does while it runs."""

import os
import re
import subprocess
import sys
from contextlib import suppress

import httpx
import psutil
import pytest

from .conftest import PATIENCE_SECONDS, Up, wait_for

pytestmark = pytest.mark.slow


def test_it_is_ready_when_it_says_so(running: Up) -> None:
    assert running.is_ready()
    assert httpx.get(f"{running.url}/healthz").status_code == 200


def test_it_runs_every_part(running: Up) -> None:
    counts = {
        part: len(running.children(part))
        for part in ("postgres", "redis", "api", "worker", "scheduler", "trainer", "dash")
    }
    servers = {"postgres": 1, "redis": 1}
    assert counts == servers | {"api": 1, "worker": 2, "scheduler": 1, "trainer": 1, "dash": 1}


def test_the_web_app_comes_first_in_what_is_printed_and_is_there(running: Up) -> None:
    said = running.said()
    assert said.index("  Web    ") < said.index("  API    ")
    assert "<html" in httpx.get(running.web_url, timeout=60).text


def test_the_web_app_knows_the_api_and_no_database(running: Up) -> None:
    (dash,) = running.children("dash")
    given = dash.environ()
    assert given["AGELENS_URL"] == running.url
    assert not {"DATABASE_URL", "REDIS_URL", "AGELENS_TOKEN"} & set(given)


def test_the_printed_administrator_can_log_in(running: Up) -> None:
    credentials = running.credentials()
    assert credentials is not None
    assert running.login(credentials) == 200


def test_a_second_one_on_the_same_home_says_so_and_exits(running: Up) -> None:
    ports = {"AGELENS_API_PORT": "0", "AGELENS_WEB_PORT": "0"}
    environment = {**os.environ, "AGELENS_HOME": str(running.home), **ports}
    second = subprocess.run(
        [sys.executable, "-m", "agelens.cli", "up"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.startswith("Error: AgeLens is already running")
    assert str(running.process.pid) in second.stderr
    assert running.is_ready()


@pytest.mark.parametrize(
    "part", ["worker", "scheduler", "trainer", "dash", "redis", "postgres", "api"]
)
def test_a_killed_part_comes_back(running: Up, part: str) -> None:
    before = running.children(part)
    notice = re.compile(rf"^{part}(-1)? ended \(signal SIGKILL\)", re.MULTILINE)
    before[0].kill()

    def is_back() -> bool:
        now = running.children(part)
        return len(now) == len(before) and before[0] not in now

    # first the notice: for a second what a killed gunicorn leaves looks like the part itself
    assert wait_for(lambda: notice.search(running.said()) is not None), running.said()
    assert wait_for(is_back), running.said()
    assert wait_for(running.is_ready), running.said()


def test_the_servers_are_closed_to_other_users(running: Up) -> None:
    for part in ("postgres", "redis"):
        (server,) = running.children(part)
        for process in [server, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # PostgreSQL has one for each connection
                open_to = {each.status for each in process.net_connections("inet")}
                assert psutil.CONN_LISTEN not in open_to
        assert server.is_running()
    assert (running.home / "secret_key").stat().st_mode & 0o777 == 0o600
