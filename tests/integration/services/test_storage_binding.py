"""A storage belongs to one database: another's is refused, and nothing in it is deleted."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agelens.domain.errors import StorageMismatch
from agelens.jobs import cohorts as jobs_cohorts
from agelens.jobs import connections, scheduler
from agelens.queueing import JobQueue
from agelens.services import storage_binding
from agelens.services.audit import audit, audit_files
from agelens.services.cohorts import file_locations
from agelens.settings import Settings, environment
from agelens.storage import Cohort
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.files import Files
from agelens.storage.migrate import migrate
from integration.conftest import PersonFactory
from integration.kept_cohorts import Cohorts, people
from integration.people import Person
from servers import database_on
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]


@pytest.fixture
def other_database(postgres_url: str) -> Iterator[str]:
    """Another installation's database."""
    with database_on(postgres_url) as url:
        engine = open_engine(url)
        migrate(engine)
        yield url
        engine.dispose()


@pytest.fixture
def other_sessions(other_database: str) -> Iterator[Sessions]:
    engine = open_engine(other_database)
    yield session_factory(engine)
    engine.dispose()


def check(sessions: Sessions, url: object) -> None:
    with sessions.begin() as session:
        storage_binding.check(session, Files(str(url)))


def test_an_unused_storage_is_bound_to_the_first_database_and_refused_to_the_next(
    sessions: Sessions, other_sessions: Sessions, tmp_path: Path
) -> None:
    check(other_sessions, tmp_path)
    check(other_sessions, tmp_path)
    Files(str(tmp_path)).write_bytes("cohorts/a/results/0.arrow", b"paid for")
    with pytest.raises(StorageMismatch, match="belongs to another installation"):
        check(sessions, tmp_path)


def test_a_worker_with_another_folder_is_refused(other_sessions: Sessions, tmp_path: Path) -> None:
    check(other_sessions, tmp_path / "one")
    with pytest.raises(StorageMismatch, match="AGELENS_STORAGE the same in every process"):
        check(other_sessions, tmp_path / "two")


def test_a_storage_from_before_is_bound_only_if_the_database_knows_its_cohorts(
    other_sessions: Sessions, tmp_path: Path
) -> None:
    files = Files(str(tmp_path))
    files.write_bytes(f"{file_locations.folder(uuid.uuid4())}/parts/0.arrow", b"somebody's")
    with pytest.raises(StorageMismatch, match="none of which the database knows"):
        check(other_sessions, tmp_path)


def test_an_operator_can_claim_a_storage(other_sessions: Sessions, tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    files.write_bytes(storage_binding.MARKER, b"{}")
    with pytest.raises(StorageMismatch, match="cannot be read"):
        check(other_sessions, tmp_path)
    with other_sessions.begin() as session:
        storage_binding.claim(session, files)
    check(other_sessions, tmp_path)


@pytest.mark.parametrize("command", ["worker", "scheduler", "api"])
def test_a_process_does_not_start_on_the_storage_of_another_installation(
    other_database: str,
    other_sessions: Sessions,
    sessions: Sessions,
    settings: Settings,
    tmp_path: Path,
    command: str,
) -> None:
    """The real command, as `agelens up` and Compose run it."""
    storage = tmp_path / "shared"
    check(sessions, settings.storage_url)
    with sessions.begin() as session:
        storage_binding.claim(session, Files(str(storage)))
    Files(str(storage)).write_bytes(f"cohorts/{uuid.uuid4()}/results/0.arrow", b"paid for")
    places = {"database_url": other_database, "storage": str(storage), "home": tmp_path}
    ended = subprocess.run(
        [sys.executable, "-m", "agelens.cli", command],
        env=environment(settings.model_copy(update=places)) | {"AGELENS_API_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode not in (0, None)
    assert "belongs to another installation" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert os.listdir(storage / "cohorts")


@pytest.fixture
def theirs(person: PersonFactory, cohorts_of: Callable[[Person], Cohorts]) -> Cohorts:
    return cohorts_of(person(1000))


def test_after_an_older_dump_nothing_is_deleted_and_the_audit_lists_what_differs(
    theirs: Cohorts, sessions: Sessions, queue: JobQueue, run_jobs: Callable[[], None]
) -> None:
    """The dump knew of `kept`, whose file is lost; of `newer` it knows nothing."""
    kept, newer = (theirs.create(people(3)) for _ in range(2))
    run_jobs()
    with sessions.begin() as session:
        session.execute(delete(Cohort).where(Cohort.id == newer))
    lost = theirs.parts(kept)[0].result_path
    assert lost is not None
    theirs.files.delete(lost)
    scheduler.clean(queue, orphans=True)
    assert theirs.has_files(newer, "/results")
    with sessions() as session:
        found = audit_files(session, theirs.files)
    words = "\n".join(found.differences)
    assert f"cohort {kept}: part 0 has lost its file {lost}" in words
    assert f"folder cohorts/{newer}: the database knows no such cohort" in words
    assert str(kept) not in words.replace(f"cohort {kept}", "", 1).replace(lost, "", 1)


def test_credits_that_nothing_holds_are_a_difference(
    person: PersonFactory, sessions: Sessions, cohorts_of: Callable[[Person], Cohorts]
) -> None:
    """As after a schema was taken back under work that was under way."""
    somebody = person(1000)
    theirs = cohorts_of(somebody)
    key = theirs.create(people(3), enqueue=False)
    with sessions() as session:
        assert audit(session).differences == ()
    price = theirs.get(key).price
    for changed, differs in ((0, True), (price, False)):
        with sessions.begin() as session:
            session.execute(update(Cohort).where(Cohort.id == key).values(price=changed))
        with sessions() as session:
            found = "; ".join(audit(session).differences)
        assert (f"holds {price}, its queued and running work costs 0" in found) is differs
    theirs.cancel(key)


def test_the_scheduler_deletes_nothing_in_a_storage_that_is_not_ours(
    theirs: Cohorts, queue: JobQueue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    foreign = Files(str(tmp_path))
    foreign.write_bytes(
        storage_binding.MARKER, b'{"installation": "%s"}' % str(uuid.uuid4()).encode()
    )
    foreign.write_bytes(f"cohorts/{uuid.uuid4()}/results/0.arrow", b"paid for")
    monkeypatch.setattr(scheduler, "files", lambda: foreign)
    with pytest.raises(StorageMismatch):
        scheduler.clean(queue, orphans=True)
    assert len(foreign.folders("cohorts")) == 1
    assert connections.files is not scheduler.files


@pytest.fixture
def foreign(tmp_path: Path) -> Files:
    """The storage of another installation."""
    files = Files(str(tmp_path / "foreign"))
    marker = b'{"installation": "%s"}' % str(uuid.uuid4()).encode()
    files.write_bytes(storage_binding.MARKER, marker)
    return files


def test_an_api_that_runs_takes_no_file_into_a_storage_that_is_not_ours(
    theirs: Cohorts, foreign: Files, sessions: Sessions
) -> None:
    """It was away when the API started, and is not the one that was meant."""
    meant, theirs.files = theirs.files, foreign
    with pytest.raises(StorageMismatch):
        theirs.create(people(3))
    theirs.files = meant
    assert foreign.folders("cohorts") == []
    with sessions() as session:
        assert audit(session).differences == ()


def test_a_worker_that_runs_scores_nothing_into_a_storage_that_is_not_ours(
    theirs: Cohorts,
    foreign: Files,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = theirs.create(people(3))
    with theirs.files.open(f"{file_locations.inputs(key)}/00000.arrow") as rows:
        foreign.write_bytes(f"{file_locations.inputs(key)}/00000.arrow", rows.read())
    with monkeypatch.context() as patch:
        patch.setattr(jobs_cohorts, "files", lambda: foreign)
        run_jobs()
    (part,) = theirs.parts(key)
    assert (part.status, part.handed_back) == ("queued", 1)
    assert not foreign.exists(f"{file_locations.folder(key)}/results")
    theirs.cancel(key)


def test_an_audit_may_take_as_long_as_it_needs(sessions: Sessions) -> None:
    """Millions of entries take longer than any other statement may."""
    ask = text("show statement_timeout")
    with sessions() as session:
        assert session.scalar(ask) != "0"
    with sessions() as session:
        audit(session)
        assert session.scalar(ask) == "0"
    with sessions() as session:
        assert session.scalar(ask) != "0", "nobody else's has changed"


def test_the_commands_claim_a_storage_and_compare_it(
    settings: Settings, sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agelens.cli import cli
    from click.testing import CliRunner

    storage = tmp_path / "storage"
    Files(str(storage)).write_bytes(f"cohorts/{uuid.uuid4()}/parts/0.arrow", b"somebody's")
    monkeypatch.setenv("AGELENS_STORAGE", str(storage))
    monkeypatch.setenv("DATABASE_URL", str(settings.database_url))
    with pytest.raises(StorageMismatch):
        check(sessions, storage)
    runner = CliRunner()
    claimed = runner.invoke(cli, ["storage", "claim", "--yes"])
    assert claimed.exit_code == 0, claimed.output
    compared = runner.invoke(cli, ["audit", "--files"])
    assert compared.exit_code == 1
    assert "the database knows no such cohort" in compared.output
