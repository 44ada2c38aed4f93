"""How `agelens up` starts and ends."""

import signal
import socket
from pathlib import Path

import psycopg
import pytest
import redis
from servers import database_on, empty_database_of, short_home

from .conftest import Start, answers, wait_for

pytestmark = pytest.mark.slow


def test_ctrl_c_leaves_the_data_and_no_process(start: Start) -> None:
    with short_home() as folder:
        first = start(folder / "home").wait_ready()
        credentials = first.credentials()
        assert credentials is not None
        key = (first.home / "secret_key").read_text()
        assert first.end(signal.SIGINT) == 0
        assert first.left() == []

        second = start(folder / "home").wait_ready()
        assert second.credentials() is None, "credentials are shown once"
        assert second.login(credentials) == 200
        assert (second.home / "secret_key").read_text() == key
        assert second.end(signal.SIGTERM) == 0
        assert second.left() == []


def test_a_killed_one_takes_its_children_along_and_the_next_one_starts(start: Start) -> None:
    with short_home() as folder:
        first = start(folder / "home").wait_ready()
        first.process.kill()
        first.process.wait()
        assert wait_for(lambda: first.left() == [], 20), first.left()
        second = start(folder / "home").wait_ready()
        assert second.end(signal.SIGINT) == 0
        assert second.left() == []


def test_the_next_one_does_not_wait_for_what_a_killed_one_left(start: Start) -> None:
    with short_home() as folder:
        first = start(folder / "home").wait_ready()
        for part in ("worker", "postgres", "redis-server"):
            for child in first.children(part):
                child.suspend()  # deaf to the signal that the parent's death sends
        first.process.kill()
        first.process.wait()
        second = start(folder / "home").wait_ready()
        assert second.end(signal.SIGINT) == 0
        assert second.left() == []


def test_ctrl_c_while_it_starts_leaves_no_process(start: Start) -> None:
    up = start()
    assert wait_for(lambda: "is starting" in up.said(), 20)
    assert up.end(signal.SIGINT) == 0
    assert up.left() == []
    assert "is ready" not in up.said()


def test_a_long_home_is_no_obstacle(start: Start) -> None:
    with short_home() as folder:
        up = start(folder / ("long-" * 20) / ("folder-" * 12) / "home").wait_ready()
        (postgres,) = up.children("postgres")
        sockets = Path(postgres.cmdline()[postgres.cmdline().index("-k") + 1])
        assert sockets.is_dir()
        assert not sockets.is_relative_to(up.home)
        assert up.end(signal.SIGINT) == 0
        assert up.left() == []
        assert not sockets.exists()


@pytest.mark.parametrize("variable", ["AGELENS_API_PORT", "AGELENS_WEB_PORT"])
def test_a_busy_port_is_said_at_once(start: Start, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = start(**{variable: str(port)})
        assert up.process.wait(20) != 0
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
    assert wait_for(lambda: log.read_text().count("this dash is broken") > tries, 30)
    assert answers(f"{up.url}/readyz")
    assert up.end(signal.SIGINT) == 0
    assert up.left() == []


def test_given_servers_are_used_and_left_running(
    start: Start, postgres_url: str, redis_url: str
) -> None:
    with database_on(postgres_url) as database, empty_database_of(redis_url) as queue:
        up = start(
            DATABASE_URL=database,
            REDIS_URL=queue,
            AGELENS_ADMIN_EMAIL="head@example.org",
            AGELENS_ADMIN_PASSWORD="three-quiet-otters-swim",
        ).wait_ready()
        assert up.children("postgres") == up.children("redis-server") == []
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
    assert up.process.wait(60) != 0
    assert "AgeLens did not start. migrate failed" in up.said()
    assert up.left() == []
