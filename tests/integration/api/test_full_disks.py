"""A disk without room, wherever it is: a problem in words that says when to come back, and nothing held."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory
from flask import Flask
from integration.api.problem_shape import expect_problem
from integration.api.sent_cohorts import (
    CSV,
    accepted,
    as_csv,
    as_parquet,
    people,
    send,
    send_form,
)
from integration.people import Person, new_email
from integration.recovery.disks import fill, free, mount_or_skip
from servers import SharedServers
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

LARGE = as_csv(people(3)) + b"x," * 40_000  # more than is written at once

# the error that PostgreSQL raises when it cannot lengthen a table's file
DISK_FULL = """
    create function no_room() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
    create trigger no_room before insert on tasks execute function no_room();
"""
ROOM_AGAIN = "drop trigger no_room on tasks; drop function no_room()"


@pytest.fixture
def place() -> Iterator[Path]:
    """A small disk."""
    with ExitStack() as cleanup:
        yield mount_or_skip(1, cleanup)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another small disk, for temporary files."""
    with ExitStack() as cleanup:
        folder = mount_or_skip(1, cleanup)
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture
def own(
    shared_servers: SharedServers, make_app: Callable[[Settings], Flask], place: Path
) -> Iterator[tuple[Person, sessionmaker[Session]]]:
    """Somebody with credits where the files of cohorts are on that disk."""
    ours = {"storage": str(place / "storage"), "secret_key": "only for tests"}
    with shared_servers.settings(**ours) as settings:
        one = Person(make_app(settings).test_client(), new_email()).register().log_in()
        one.post("/api/wallet/topup", {"amount": 1000})
        engine = open_engine(str(settings.database_url))
        yield one, session_factory(engine)
        engine.dispose()


@contextmanager
def full(place: Path) -> Iterator[None]:
    fill(place)
    try:
        yield
    finally:
        free(place)


def expect_full(answer: TestResponse, one: Person) -> None:
    problem = expect_problem(answer, 507, "storage_full")
    assert "full" in problem["detail"]
    assert int(answer.headers["Retry-After"]) >= 1
    assert one.wallet()["held"] == 0


def test_a_full_storage_is_said_and_takes_files_again_when_there_is_room(
    own: tuple[Person, sessionmaker[Session]], place: Path
) -> None:
    one, _ = own
    with full(place):
        expect_full(send(one, as_csv(people(3))), one)
        ready = expect_problem(one.http.get("/readyz"), 503, "unavailable")
        assert "storage (full)" in ready["detail"]
    assert accepted(send(one, as_csv(people(3))))["rows"] == 3


def test_a_body_that_finds_no_room_while_it_arrives_may_be_sent_again(
    own: tuple[Person, sessionmaker[Session]], temporary: Path
) -> None:
    one, _ = own
    with full(temporary):
        answer = send(one, LARGE, CSV)
        expect_problem(answer, 503, "unavailable")
        assert answer.headers["Retry-After"]
    assert one.wallet()["held"] == 0
    assert accepted(send(one, as_csv(people(3))))["rows"] == 3


def test_a_file_that_finds_no_room_while_it_is_read_is_no_internal_error(
    own: tuple[Person, sessionmaker[Session]], temporary: Path
) -> None:
    """A small Parquet file of a form is written down for the process that reads it."""
    one, _ = own
    content = as_parquet(people(3))
    with full(temporary):
        expect_full(send_form(one, content, "people.parquet"), one)
    assert accepted(send_form(one, content, "people.parquet"))["rows"] == 3


def test_a_database_without_room_is_said(own: tuple[Person, sessionmaker[Session]]) -> None:
    """A trigger raises the error, under PostgreSQL's own code."""
    one, sessions = own
    with sessions.begin() as session:
        session.execute(text(DISK_FULL))
    expect_full(one.predict(), one)
    with sessions.begin() as session:
        session.execute(text(ROOM_AGAIN))
    assert one.predict().status_code == 202
