"""Backup and restore on a database that is given: what is refused, and what stays as it was."""

import io
import json
import os
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from agelens.commands.up.embedded import postgres_binaries
from agelens.services import accounts, storage_binding
from agelens.settings import Settings, environment
from agelens.storage.engine import open_engine, session_factory
from servers import SharedServers, database_on

EMAIL = "head@example.org"


@pytest.fixture
def own(shared_servers: SharedServers) -> Iterator[Settings]:
    """A migrated database with one person in it."""
    with shared_servers.settings(secret_key="only for tests") as settings:
        engine = open_engine(str(settings.database_url))
        with session_factory(engine).begin() as session:
            accounts.create_admin(session, EMAIL, "correct horse battery")
        engine.dispose()
        yield settings


@pytest.fixture
def empty(own: Settings, shared_servers: SharedServers, tmp_path: Path) -> Iterator[Settings]:
    """Where nothing is yet."""
    with database_on(shared_servers.postgres_url) as url:
        yield own.model_copy(update={"database_url": url, "home": tmp_path / "new home"})


def agelens(
    settings: Settings, *command: object, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    programs = {"PATH": str(path or postgres_binaries())}
    return subprocess.run(
        [sys.executable, "-m", "agelens.cli", *map(str, command)],
        env=environment(settings) | programs,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def made(own: Settings, tmp_path: Path) -> Path:
    """A backup of the database with one person."""
    file = tmp_path / "backup.tar"
    done = agelens(own, "backup", file)
    assert (done.returncode, done.stderr) == (0, "")
    return file


def people_in(settings: Settings) -> list[str]:
    plain = str(settings.database_url).replace("+psycopg", "")
    with psycopg.connect(plain) as connection:
        return [row[0] for row in connection.execute("select email from users")]


def test_a_backup_fills_an_empty_database(made: Path, empty: Settings) -> None:
    done = agelens(empty, "restore", made)
    assert (done.returncode, done.stderr) == (0, "")
    assert "AGELENS_SECRET_KEY is the one of the backup." in done.stdout
    assert "no differences" in done.stdout
    assert people_in(empty) == [EMAIL]


def test_another_key_is_told(made: Path, empty: Settings) -> None:
    other = empty.model_copy(update={"secret_key": "another"})
    done = agelens(other, "restore", made)
    assert done.returncode == 0
    assert "AGELENS_SECRET_KEY is not the one of the backup" in done.stdout
    assert "only for tests" not in done.stdout


def test_a_database_with_data_is_replaced_only_by_force(made: Path, own: Settings) -> None:
    refused = agelens(own, "restore", made)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: The database holds data (in users, wallets)")
    forced = agelens(own, "restore", "--force", made)
    assert (forced.returncode, forced.stderr) == (0, "")
    assert people_in(own) == [EMAIL]


def test_a_database_that_somebody_uses_is_refused(made: Path, empty: Settings) -> None:
    plain = str(empty.database_url).replace("+psycopg", "")
    with psycopg.connect(plain):
        done = agelens(empty, "restore", made)
    assert done.returncode == 1
    assert "1 others are connected to the database" in done.stderr


def test_a_dump_that_ends_early_leaves_everything_as_it_was(
    made: Path, own: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.tar"
    with tarfile.open(made) as whole, tarfile.open(broken, "w") as shorter:
        for member in whole.getmembers():
            stream = whole.extractfile(member)
            assert stream is not None
            content = stream.read()
            if member.name == "database.dump":
                content = content[: len(content) * 3 // 4]
            member.size = len(content)
            shorter.addfile(member, io.BytesIO(content))
    done = agelens(own, "restore", "--force", broken)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: pg_restore failed: ")
    assert people_in(own) == [EMAIL]
    assert agelens(own, "audit").returncode == 0


def test_a_storage_of_another_installation_is_refused(made: Path, empty: Settings) -> None:
    storage = Path(empty.storage_url)
    storage.mkdir(parents=True)
    foreign = json.dumps({"installation": str(uuid.uuid4())})
    (storage / storage_binding.MARKER).write_text(foreign)
    done = agelens(empty, "restore", made)
    assert done.returncode == 2
    assert "belongs to another installation" in done.stderr
    assert (storage / storage_binding.MARKER).read_text() == foreign


def test_a_file_that_is_no_backup_is_told(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "letter.tar").write_text("Dear all")
    done = agelens(empty, "restore", tmp_path / "letter.tar")
    assert done.returncode == 1
    assert "is not a backup" in done.stderr
    assert agelens(empty, "restore", tmp_path / "nothing.tar").returncode == 2


def test_without_pg_dump_the_message_says_what_to_install(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = agelens(own, "backup", tmp_path / "backup.tar", path=tmp_path / "empty")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: pg_dump is not on the PATH.")
    assert os.listdir(tmp_path) == ["empty"]


def test_a_backup_replaces_no_file(made: Path, own: Settings) -> None:
    before = made.read_bytes()
    done = agelens(own, "backup", made)
    assert done.returncode == 1
    assert "a backup replaces no file" in done.stderr
    assert made.read_bytes() == before
