"""`agelens dash`: what it needs, what it signs cookies with, what it answers with no API about."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from agelens.cli import cli
from agelens.commands import secret_key
from agelens.commands.dash import with_a_key_of_its_own
from agelens.settings import WebSettings
from click.testing import CliRunner
from proxies import free_port

# Of the project's packages, those that `pip install '.[web]'` does not bring.
NOT_IN_THE_WEB_EXTRA = [
    "alembic",
    "argon2",
    "cryptography",
    "flask_limiter",
    "flask_smorest",
    "flask_sqlalchemy",
    "lightgbm",
    "marshmallow",
    "numpy",
    "orjson",
    "pandas",
    "prometheus_client",
    "psutil",
    "psycopg",
    "pyarrow",
    "redis",
    "rq",
    "scipy",
    "sklearn",
    "sqlalchemy",
]
COMMAND_WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv.pop(1).split(), None))
from agelens.cli import main
main()
"""


def command(*absent: str) -> list[str]:
    """`agelens dash` where some packages are not installed."""
    return [sys.executable, "-c", COMMAND_WITHOUT, " ".join(absent), "dash"]


def environment(home: Path, **ours: str) -> dict[str, str]:
    theirs = {k: v for k, v in os.environ.items() if not k.startswith("AGELENS_")}
    return theirs | {"AGELENS_HOME": str(home)} | ours


@pytest.fixture(scope="module")
def web_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web app alone: with what its extra brings, and with an API that is not there."""
    port = free_port()
    home = tmp_path_factory.mktemp("web")
    ours = {"AGELENS_URL": "http://127.0.0.1:1", "AGELENS_WEB_PORT": str(port)}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command(*NOT_IN_THE_WEB_EXTRA),
            env=environment(home, **ours),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while not _answers(url):
            said = (home / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=60).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.slow
def test_it_starts_with_its_own_extra_and_without_an_api(web_url: str) -> None:
    # Not a page about an error of ours: the app itself, which tells people that the API is away.
    page = httpx.get(web_url, timeout=60)
    assert page.status_code == 200
    assert "/_dash-component-suites/" in page.text


def test_pages_are_not_kept_and_may_load_nothing_from_elsewhere(web_url: str) -> None:
    headers = httpx.get(web_url, timeout=60).headers
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_scripts_are_kept(web_url: str) -> None:
    page = httpx.get(web_url, timeout=60).text
    script = next(part for part in page.split('"') if part.startswith("/_dash-component-suites/"))
    answer = httpx.get(f"{web_url}{script}", timeout=60)
    assert answer.status_code == 200
    assert "no-store" not in answer.headers.get("Cache-Control", "")


@pytest.mark.slow
def test_a_missing_package_is_told_with_the_extra_that_brings_it(tmp_path: Path) -> None:
    for absent in ("dash", "flask_wtf", "gunicorn"):
        done = subprocess.run(
            command(absent),
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 1
        assert f"needs {absent}" in done.stderr
        assert "pip install 'agelens[web]'" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_told_by_its_variable(tmp_path: Path) -> None:
    done = subprocess.run(
        command(),
        env=environment(tmp_path, AGELENS_WEB_PORT="eighty"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "AGELENS_WEB_PORT" in done.stderr


@pytest.mark.parametrize("address", ["api.example.org", "ftp://example.org", "http://", "not one"])
def test_a_wrong_address_is_told_at_the_start(tmp_path: Path, address: str) -> None:
    settings = {"AGELENS_HOME": str(tmp_path), "AGELENS_URL": address}
    done = CliRunner().invoke(cli, ["dash"], env=settings)
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit), "it is not a traceback"
    assert "AGELENS_URL" in done.stderr
    assert "is not an address" in done.stderr


@pytest.mark.serial
@pytest.mark.skipif(not hasattr(socket, "TCP_DEFER_ACCEPT"), reason="Linux only")
def test_silent_connections_keep_nobody_waiting(web_url: str) -> None:
    port = int(web_url.rsplit(":", 1)[1])
    httpx.get(f"{web_url}/healthz", timeout=60)
    with ExitStack() as opened:
        for _ in range(40):  # more than there are threads
            opened.enter_context(socket.create_connection(("127.0.0.1", port)))
        asked = time.monotonic()
        assert httpx.get(f"{web_url}/healthz", timeout=60).status_code == 200
        assert time.monotonic() - asked < 5, "gunicorn gives each 5 s of a thread"


def test_nobody_is_told_more_than_that_there_is_nothing(web_url: str) -> None:
    for path in ("dash/nothing.js", "%3Cb%3Enobody/x.js"):
        answer = httpx.get(f"{web_url}/_dash-component-suites/{path}", timeout=60)
        assert (answer.status_code, answer.text) == (404, "Not found\n")
        assert answer.headers["Content-Type"].startswith("text/plain")


def test_cookies_are_signed_with_a_key_that_is_not_the_apis() -> None:
    one, same, other = (
        with_a_key_of_its_own(WebSettings(secret_key=key)).secret_key for key in ("a", "a", "b")
    )
    assert one == same != other
    assert one not in {None, "a"}


def test_without_a_secret_one_is_kept_in_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = with_a_key_of_its_own(WebSettings(home=home)).secret_key
    assert with_a_key_of_its_own(WebSettings(home=home)).secret_key == first
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["secret_key"]
    assert secret_key.derived((home / "secret_key").read_text(), "cookies of the web app") == first


def test_whoever_is_second_takes_the_key_of_the_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def made_meanwhile(_: int) -> str:
        (tmp_path / "secret_key").write_text("of the first")
        return "of the second"

    monkeypatch.setattr(secret_key.secrets, "token_urlsafe", made_meanwhile)
    assert secret_key.kept_in(tmp_path) == "of the first"
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
