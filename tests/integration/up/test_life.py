"""How `agelens up` starts and ends."""

import signal
import socket
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from agelens.client import Client
from integration.retraining.notebook import orders, write_notebook
from servers import SharedServers, database_on, empty_database_of, short_home

from .conftest import PATIENCE_SECONDS, Start, Up, answers, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def notebooks(tmp_path: Path) -> dict[str, str]:
    """The setting under which a trainer finds the notebook of these tests."""
    return {"AGELENS_NOTEBOOKS": str(write_notebook(tmp_path))}


def kernel_under_way(up: Up, credentials: dict[str, str], folder: Path) -> psutil.Process:
    """That of a notebook which would take ten minutes."""
    with Client(up.url) as client:
        client.login(*credentials.values())
        requested = client.admin.retrain("kaggle-age", orders(folder, sleep_seconds=600))
    assert wait_for(lambda: len(kernels(up)) == 1), requested
    return kernels(up)[0]


def kernels(up: Up) -> list[psutil.Process]:
    found = []
    for trainer in up.children("trainer"):
        for process in trainer.children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # one that just ended
                if "agelens.jobs.notebooks.kernel" in process.cmdline():
                    found.append(process)
    return found


def test_ctrl_c_leaves_the_data_and_no_process_not_even_a_notebooks(
    start: Start, notebooks: dict[str, str], tmp_path: Path
) -> None:
    with short_home() as folder:
        first = start(folder / "home", **notebooks).wait_ready()
        credentials = first.credentials()
        assert credentials is not None
        key = (first.home / "secret_key").read_text()
        kernel = kernel_under_way(first, credentials, tmp_path)
        assert first.end(signal.SIGINT) == 0
        assert not kernel.is_running()
        assert first.left() == []
        assert "trainer does not stop" not in first.said()

        second = start(folder / "home").wait_ready()
        assert second.credentials() is None, "credentials are shown once"
        assert second.login(credentials) == 200
        assert (second.home / "secret_key").read_text() == key
        assert second.end(signal.SIGTERM) == 0
        assert second.left() == []


def test_a_killed_one_takes_its_children_along_and_the_next_one_starts(
    start: Start, notebooks: dict[str, str], tmp_path: Path
) -> None:
    """On a home whose path is longer than a socket's may be."""
    with short_home() as folder:
        home = folder / ("long-" * 20) / ("folder-" * 12) / "home"
        first = start(home, **notebooks).wait_ready()
        kernel_under_way(first, first.credentials() or {}, tmp_path)
        assert [line for line in first.left() if "agelens.jobs.notebooks.kernel" in line]
        sockets = sockets_of(first)
        assert sockets.is_dir()
        assert not sockets.is_relative_to(home)
        first.process.kill()
        first.process.wait()
        assert wait_for(lambda: first.left() == []), first.left()

        second = start(home).wait_ready()
        assert sockets_of(second) == sockets
        for part in ("worker", "postgres", "redis"):
            for child in second.children(part):
                child.suspend()  # deaf to the signal that the parent's death sends
        second.process.kill()
        second.process.wait()

        third = start(home).wait_ready()  # it does not wait for what is left
        assert third.end(signal.SIGINT) == 0
        assert third.left() == []
        assert not sockets.exists()


def sockets_of(up: Up) -> Path:
    (postgres,) = up.children("postgres")
    return Path(postgres.cmdline()[postgres.cmdline().index("-k") + 1])


def test_ctrl_c_while_it_starts_leaves_no_process(start: Start) -> None:
    up = start()
    assert wait_for(lambda: "is starting" in up.said())
    assert up.end(signal.SIGINT) == 0
    assert up.left() == []
    assert "is ready" not in up.said()


@pytest.mark.parametrize("variable", ["AGELENS_API_PORT", "AGELENS_WEB_PORT"])
def test_a_busy_port_is_said_at_once(start: Start, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = start(**{variable: str(port)})
        assert up.process.wait(PATIENCE_SECONDS) != 0
        assert f"port {port}" in up.said()
        assert f"Set {variable} to another" in up.said()
        assert "Traceback" not in up.said()
        assert up.left() == []


def test_a_web_app_that_cannot_run_is_said_and_the_api_runs(start: Start, tmp_path: Path) -> None:
    (tmp_path / "dash.py").write_text("raise SystemExit('this dash is broken')\n")
    up = start(PYTHONPATH=str(tmp_path)).wait_ready()
    assert answers(f"{up.url}/readyz")
    log = up.home / "logs" / "dash.log"
    assert f"  Web    does not answer, everything else runs; see {log}" in up.said()
    assert "this dash is broken" in log.read_text()
    tries = log.read_text().count("this dash is broken")
    assert wait_for(lambda: log.read_text().count("this dash is broken") > tries)
    assert answers(f"{up.url}/readyz")
    assert up.end(signal.SIGINT) == 0
    assert up.left() == []


def test_given_servers_are_used_and_left_running(
    start: Start, shared_servers: SharedServers
) -> None:
    with (
        database_on(shared_servers.postgres_url) as database,
        empty_database_of(shared_servers.redis_url) as queue,
    ):
        up = start(
            DATABASE_URL=database,
            REDIS_URL=queue,
            AGELENS_ADMIN_EMAIL="head@example.org",
            AGELENS_ADMIN_PASSWORD="three-quiet-otters-swim",
        ).wait_ready()
        assert up.children("postgres") == up.children("redis") == []
        assert "three-quiet-otters-swim" not in up.said()
        assert up.login({"email": "head@example.org", "password": "three-quiet-otters-swim"}) == 200
        assert up.end(signal.SIGINT) == 0
        assert up.left() == []
        with psycopg.connect(database.replace("+psycopg", "")) as connection:
            assert connection.execute("select count(*) from users").fetchone() == (1,)
        client = redis.Redis.from_url(queue)
        assert client.ping()
        client.close()


def test_a_database_that_is_away_is_said_in_words(start: Start, redis_url: str) -> None:
    up = start(
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        REDIS_URL=redis_url,
    )
    assert up.process.wait(PATIENCE_SECONDS) != 0
    assert "AgeLens did not start. migrate failed" in up.said()
    assert up.left() == []
