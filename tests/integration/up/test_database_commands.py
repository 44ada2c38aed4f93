"""Commands on a real database: their exit codes, and what they say of what is not there."""

import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest
from agelens.domain.errors import NotFound
from agelens.services import accounts, password_changes
from agelens.settings import Settings, environment
from agelens.storage.engine import open_engine, session_factory
from servers import SharedServers, database_on

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def migrated(shared_servers: SharedServers) -> Iterator[Settings]:
    with shared_servers.settings() as settings:
        yield settings


@pytest.fixture(scope="module")
def empty(shared_servers: SharedServers) -> Iterator[Settings]:
    with database_on(shared_servers.postgres_url) as url:
        yield Settings(database_url=url)


def agelens(settings: Settings, call: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agelens.cli", *shlex.split(call)],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("call", ["audit", "users list", "models list", "models price kdm 3"])
def test_a_database_without_tables_fails_the_job_and_says_what_to_run(
    empty: Settings, call: str
) -> None:
    done = agelens(empty, call)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: The database has not the tables of this version: run `agelens migrate`.\n"
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("users topup nobody@example.org 5", "no such user"),
        ("users reset-link nobody@example.org", "no such user"),
        (f"users refund {NOBODY} --reason because", ""),
        ("models activate kaggle-age 0.0.0", "kaggle-age has no version 0.0.0; published: 1.1.0"),
        ("models activate horoscope 1.0.0", "horoscope"),
        ("models rollback horoscope", "no clock called horoscope"),
        ("models rollback kdm", "no earlier version"),
        ("models price horoscope 5", "no clock called horoscope"),
        ("models price kdm -5", "-5"),
        ("models price kdm 1.5", "1.5"),
        ("models price kdm 1000001", "a whole number from 0 to 1,000,000"),
    ],
)
def test_what_is_not_there_is_a_wrong_call(migrated: Settings, call: str, words: str) -> None:
    done = agelens(migrated, call)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_a_sound_database_is_audited_with_0(migrated: Settings) -> None:
    done = agelens(migrated, "audit")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no differences" in done.stdout


def test_a_link_for_a_forgotten_password_is_printed_and_works_once(migrated: Settings) -> None:
    email = "forgetful@example.org"
    assert agelens(migrated, f"users create-admin {email}").returncode == 0
    ours = migrated.model_copy(update={"web_url": "https://age.example"})
    done = agelens(ours, f"users reset-link {email}")
    assert done.returncode == 0
    assert done.stdout.startswith("https://age.example/reset/")
    assert "works once, until" in done.stderr
    token = done.stdout.strip().rpartition("/")[2]
    engine = open_engine(str(migrated.database_url))
    try:
        with session_factory(engine).begin() as session:
            password_changes.reset(session, token, "a horse that is correct")
        with session_factory(engine).begin() as session:
            accounts.check_credentials(session, email, "a horse that is correct")
            with pytest.raises(NotFound):
                password_changes.reset(session, token, "another correct horse")
    finally:
        engine.dispose()


def test_a_price_is_set_and_listed(migrated: Settings) -> None:
    assert agelens(migrated, "models price dysregulation 17").returncode == 0
    listed = agelens(migrated, "models list").stdout.splitlines()
    (row,) = [line for line in listed if line.startswith("dysregulation ")]
    assert " 17 credits" in row
