"""`agelens demo`, beside a running AgeLens and on its own."""

import io
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from agelens.cli import cli
from agelens.commands import demo
from agelens.commands.stack import Stack
from agelens.commands.up.home import Home
from agelens.settings import Settings
from agelens.storage import User
from click.testing import CliRunner
from servers import short_home
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker


def test_it_uses_the_agelens_that_runs_on_its_home_again_and_again(
    service: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path)
    with home.locked():
        home.remember_addresses(service.url, str(service.settings.database_url))
        for _ in range(2):
            assert demo.run(Settings(home=tmp_path), yes=True) == 0
            shown = capsys.readouterr().out
            assert f"AgeLens runs at {service.url}. The demo adds to its database, postgre" in shown
            assert "NOT SO" not in shown


def test_a_running_agelens_is_only_added_to_when_somebody_says_so(
    service: Stack,
    sessions: sessionmaker[Session],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def count() -> int | None:
        with sessions() as session:
            return session.scalar(select(func.count()).select_from(User))

    before = count()
    home = Home(tmp_path)
    with home.locked():
        home.remember_addresses(service.url, str(service.settings.database_url))
        script = CliRunner().invoke(cli, ["demo"], env={"AGELENS_HOME": str(tmp_path)})
        assert script.exit_code == 2
        assert script.stderr.startswith("Error: The demo changes a running AgeLens: confirm it")
        monkeypatch.setattr("sys.stdin", Terminal("n\n"))
        with pytest.raises(click.ClickException, match="nothing was changed"):
            demo.run(Settings(home=tmp_path))
    assert count() == before


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("welcome_credits", ["0", "20"])  # `agelens up` gives 20
def test_on_its_own_it_starts_servers_and_leaves_nothing(
    tmp_path: Path, welcome_credits: str
) -> None:
    with short_home() as temporary:  # a socket's path has to fit behind it
        done = subprocess.run(
            [sys.executable, "-m", "agelens.cli", "demo"],
            env={
                **os.environ,
                "AGELENS_HOME": str(tmp_path / "home"),
                "AGELENS_WELCOME_CREDITS": welcome_credits,
                "TMPDIR": str(temporary),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        left = list(temporary.iterdir())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks passed" in done.stdout
    assert "no differences" in done.stdout
    assert left == []
    assert not (tmp_path / "home").exists()
