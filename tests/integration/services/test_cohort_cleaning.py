"""What an interruption leaves behind is found, and nothing that somebody needs is taken."""

import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from agelens.domain.errors import InvalidInput, Unavailable
from agelens.jobs import scheduler
from agelens.queueing import JobQueue
from agelens.services.cohorts import cleanup, file_locations
from agelens.settings import Settings
from agelens.storage import Cohort
from agelens.storage.files import Files
from integration.conftest import PersonFactory
from integration.kept_cohorts import READ, Cohorts, people
from integration.people import Person
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]


@pytest.fixture
def theirs(person: PersonFactory, cohorts_of: Callable[[Person], Cohorts]) -> Cohorts:
    return cohorts_of(person(1000))


def age(sessions: Sessions, key: uuid.UUID, **columns: timedelta) -> None:
    with sessions.begin() as session:
        values = {name: func.clock_timestamp() - by for name, by in columns.items()}
        session.execute(update(Cohort).where(Cohort.id == key).values(**values))


def statuses(theirs: Cohorts) -> dict[uuid.UUID, str]:
    with theirs.sessions() as session:
        return {row.id: row.status for row in session.execute(select(Cohort.id, Cohort.status))}


def stray(files: Files) -> uuid.UUID:
    """A folder that belongs to no cohort."""
    key = uuid.uuid4()
    files.write_bytes(f"{file_locations.inputs(key)}/00000.arrow", b"people")
    return key


def test_a_draft_that_nobody_ran_within_a_day_goes(
    theirs: Cohorts, sessions: Sessions, queue: JobQueue
) -> None:
    old, young = (theirs.create(people(1), draft=True) for _ in range(2))
    running = theirs.create(people(1))
    age(sessions, old, created_at=timedelta(hours=25))
    age(sessions, running, created_at=timedelta(hours=25))
    age(sessions, young, created_at=timedelta(hours=23))
    scheduler.clean(queue)
    left = statuses(theirs)
    assert old not in left
    assert (left[young], left[running]) == ("draft", "queued")
    assert not theirs.has_files(old)
    assert theirs.has_files(young)
    assert theirs.has_files(running)


def days_pass(theirs: Cohorts, settings: Settings, *keys: uuid.UUID, days: float = 8) -> None:
    """As if the files of these orphans, and the notes about them, had been written days ago."""
    root, before = Path(settings.storage_url.removeprefix("file://")), time.time() - days * 86400
    for key in keys:
        for place in (root / "quarantine" / str(key), *(root / f"cohorts/{key}").rglob("*")):
            os.utime(place, (before, before))


def test_a_stray_folder_is_deleted_only_after_days_of_quarantine(
    theirs: Cohorts, queue: JobQueue, settings: Settings
) -> None:
    lost, draft = stray(theirs.files), theirs.create(people(1), draft=True)
    scheduler.clean(queue, orphans=True)
    assert str(lost) in theirs.files.names("quarantine")
    days_pass(theirs, settings, lost, days=6)
    scheduler.clean(queue, orphans=True)
    assert theirs.has_files(lost)
    days_pass(theirs, settings, lost)
    scheduler.clean(queue)
    assert theirs.has_files(lost), "a scheduler that has just started deletes no orphans"
    scheduler.clean(queue, orphans=True)
    assert not theirs.has_files(lost)
    assert str(lost) not in theirs.files.names("quarantine")
    assert theirs.has_files(draft)


class OneTurn(threading.Event):
    """Stops a scheduler after its first turn."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_a_scheduler_deletes_no_stray_when_it_starts(
    theirs: Cohorts, queue: JobQueue, settings: Settings
) -> None:
    """Whoever starts with the wrong database or storage has an hour in which to notice."""
    lost, draft = stray(theirs.files), theirs.create(people(1), draft=True)
    scheduler.clean(queue, orphans=True)
    days_pass(theirs, settings, lost)
    age(theirs.sessions, draft, created_at=timedelta(hours=25))
    scheduler._sweep_until(OneTurn())
    assert draft not in statuses(theirs), "it cleans at once"
    assert theirs.has_files(lost)
    theirs.files.delete(file_locations.folder(lost))


def test_a_stray_that_is_written_to_stays(
    theirs: Cohorts, queue: JobQueue, settings: Settings
) -> None:
    lost = stray(theirs.files)
    scheduler.clean(queue, orphans=True)
    days_pass(theirs, settings, lost)
    theirs.files.write_bytes(f"{file_locations.inputs(lost)}/00001.arrow", b"people")
    scheduler.clean(queue, orphans=True)
    assert theirs.has_files(lost)


def test_many_strays_at_once_are_deleted_never(
    theirs: Cohorts, queue: JobQueue, settings: Settings
) -> None:
    """An older dump was restored, or this is another installation's storage."""
    lost = [stray(theirs.files) for _ in range(cleanup.MANY_STRAYS + 1)]
    scheduler.clean(queue, orphans=True)
    days_pass(theirs, settings, *lost)
    scheduler.clean(queue, orphans=True)
    assert all(theirs.has_files(key) for key in lost)
    for key in lost:
        theirs.files.delete(file_locations.folder(key))


def test_a_note_about_a_cohort_that_the_database_knows_again_goes(
    theirs: Cohorts, queue: JobQueue
) -> None:
    """A dump that knew less was restored, and then the newer one again."""
    key = theirs.create(people(1))
    theirs.files.write_bytes(f"quarantine/{key}", b"stray")
    scheduler.clean(queue, orphans=True)
    assert str(key) not in theirs.files.names("quarantine")
    assert theirs.has_files(key)


def test_what_is_no_folder_of_a_cohort_stays(theirs: Cohorts, queue: JobQueue) -> None:
    theirs.files.write_bytes("cohorts/notes/read.me", b"ours")
    scheduler.clean(queue, orphans=True)
    assert theirs.files.exists("cohorts/notes/read.me")
    theirs.files.delete("cohorts/notes")


def test_a_file_that_is_being_taken_in_is_left_alone(
    theirs: Cohorts, sessions: Sessions, queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clean-up runs when the files are there and the cohort is not committed."""
    taken: list[str] = []

    def clean_before_commit(session: Session) -> None:
        scheduler.clean(queue, orphans=True)
        taken.extend(theirs.files.folders("cohorts"))
        session.commit()

    monkeypatch.setattr(queue, "commit", _only_once(clean_before_commit, queue.commit))
    key = theirs.create(people(3), options=READ)
    assert str(key) in taken
    assert theirs.has_files(key, "/parts")


def _only_once(
    first: Callable[[Session], None], then: Callable[[Session], None]
) -> Callable[[Session], None]:
    """The clean-up itself commits through the same queue."""
    calls = iter([first])

    def commit(session: Session) -> None:
        next(calls, then)(session)

    return commit


def test_an_upload_that_is_no_file_of_people_leaves_nothing(theirs: Cohorts) -> None:
    before = theirs.files.folders("cohorts")
    with pytest.raises(InvalidInput):
        theirs.create(b"patient,systolic_bp\n")
    assert theirs.files.folders("cohorts") == before


@pytest.mark.parametrize("status", ["succeeded", "canceled"])
def test_files_that_could_not_be_deleted_at_the_end_are_deleted_later(
    theirs: Cohorts,
    sessions: Sessions,
    queue: JobQueue,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    status: str,
) -> None:
    key = theirs.create(people(3))

    def away(*_: object) -> None:
        raise Unavailable("The storage of files cannot be reached right now.")

    with monkeypatch.context() as patch:
        patch.setattr(Files, "delete", away)
        if status == "succeeded":
            run_jobs()
        else:
            theirs.cancel(key)
        scheduler.clean(queue)
    assert theirs.get(key).status == status
    assert theirs.has_files(key, "/parts")
    scheduler.clean(queue)
    assert theirs.has_files(key, "/parts"), "a worker may still be at it"
    age(sessions, key, finished_at=timedelta(hours=2))
    scheduler.clean(queue)
    assert not theirs.has_files(key, "/parts")
    assert theirs.has_files(key, "/results") == (status == "succeeded")
    assert theirs.get(key).cleared_at is not None


def test_a_change_that_is_taken_back_deletes_no_files(theirs: Cohorts) -> None:
    key = theirs.create(people(3), draft=True)
    with theirs.sessions() as session:
        cleanup.forget(session, theirs.files, session.get_one(Cohort, key))
        session.rollback()
        session.commit()
    assert theirs.has_files(key, "/parts")
