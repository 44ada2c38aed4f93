"""Processes whose code is older or newer than the database say so in a line and end."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from agelens.settings import Settings, environment
from agelens.storage import schema_version
from agelens.storage.engine import open_engine
from servers import SharedServers
from sqlalchemy import text

NEWER, OLDER = "9999_of_the_future", "0003"


@pytest.fixture(scope="module")
def own(shared_servers: SharedServers) -> Iterator[Settings]:
    with shared_servers.settings(secret_key="only for tests") as settings:
        yield settings


def pretend(settings: Settings, revision: str) -> None:
    """Have the database be of this revision."""
    engine = open_engine(str(settings.database_url))
    with engine.begin() as connection:
        said = {"revision": revision}
        connection.execute(text("update alembic_version set version_num = :revision"), said)
    engine.dispose()


def agelens(settings: Settings, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agelens.cli", *command],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["worker", "worker training", "scheduler", "migrate"])
def test_a_database_of_newer_code_is_refused(own: Settings, command: str) -> None:
    pretend(own, NEWER)
    ended = agelens(own, *command.split())
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(
        f"Error: The database was migrated by a newer version of AgeLens (revision {NEWER}"
    )


@pytest.mark.parametrize("command", ["worker", "worker training", "scheduler"])
def test_a_database_of_older_code_is_refused_until_it_is_migrated(
    own: Settings, command: str
) -> None:
    pretend(own, OLDER)
    ended = agelens(own, *command.split())
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("Error: The database is older than this version of AgeLens")
    assert line.endswith("run `agelens migrate`.")


def test_a_backup_of_tables_that_are_not_understood_is_not_made(own: Settings) -> None:
    pretend(own, NEWER)
    ended = agelens(own, "backup", str(own.home / "backup.tar"))
    assert ended.returncode == 1
    assert "migrated by a newer version" in ended.stderr
    assert not (own.home / "backup.tar").exists()


def test_the_database_of_this_code_is_accepted(own: Settings) -> None:
    known, head = schema_version.revisions()
    pretend(own, head)
    assert head in known
    assert agelens(own, "migrate").returncode == 0
