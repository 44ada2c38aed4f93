"""Cohorts for tests of services: made-up people, in small parts, kept and run without a request."""

import io
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from agelens.queueing import JobQueue
from agelens.services.cohorts import ingestion, lookups, part_writing, submissions
from agelens.services.cohorts.submissions import Options
from agelens.storage import Cohort, CohortPart, User
from agelens.storage.files import Files
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

HEADER = "patient,sex,systolic_bp,diastolic_bp,total_cholesterol,bone_density,vision_sharpness"
MODEL = "kaggle-age"
PRICE = 10
READ = Options(model=MODEL, id_column="patient")


def people(n_rows: int, *, bad: Collection[int] = ()) -> bytes:
    """A CSV file; no two neighbours are alike, and the rows `bad` (the first is 1) have pressures swapped."""
    rows = [
        f"p{row},{'female' if row % 2 else 'male'},{60 if row in bad else 100 + row % 60},"
        f"{70 + row % 20},{4 + row % 20 / 10:.1f},{0.5 + row % 10 / 10:.1f},{0.3 + row % 5 / 10:.1f}"
        for row in range(1, n_rows + 1)
    ]
    return "\n".join([HEADER, *rows, ""]).encode()


@contextmanager
def parts_of(n_rows: int) -> Iterator[None]:
    """Files are kept in smaller parts than usual."""
    with (
        patch.object(part_writing, "PART_ROWS", n_rows),
        patch.object(ingestion, "PART_ROWS", n_rows),
    ):
        yield


class Cohorts:
    """One person's cohorts, by the services that the API calls."""

    def __init__(
        self, sessions: sessionmaker[Session], files: Files, queue: JobQueue, owner_id: str
    ) -> None:
        self.sessions, self.files, self.queue = sessions, files, queue
        self.owner_id = uuid.UUID(owner_id)

    def create(
        self,
        content: bytes,
        *,
        part_rows: int = 10,
        options: Options = READ,
        draft: bool = False,
        enqueue: bool = True,
    ) -> uuid.UUID:
        """Submit a CSV file, or keep it as a draft."""
        with self.sessions() as session, parts_of(part_rows):
            cohort = submissions.create(
                session,
                self.files,
                session.get_one(User, self.owner_id),
                submission=submissions.Submission("people.csv", draft, options),
                format="csv",
                content=io.BytesIO(content),
                most_rows=1000,
            )
            self._commit(session, enqueue)
        return cohort.id

    def run(self, cohort_id: uuid.UUID, options: Options | None = None) -> Cohort:
        """Run a draft."""
        with self.sessions() as session:
            given = options or Options()
            cohort = submissions.run(session, self.files, self.owner_id, cohort_id, given)
            self.queue.commit(session)
        return cohort

    def cancel(self, cohort_id: uuid.UUID) -> Cohort:
        """Cancel one."""
        with self.sessions() as session:
            cohort = submissions.cancel(session, self.files, self.owner_id, cohort_id)
            self.queue.commit(session)
        return cohort

    def delete(self, cohort_id: uuid.UUID) -> None:
        """Delete one."""
        with self.sessions() as session:
            submissions.delete(session, self.files, self.owner_id, cohort_id)
            self.queue.commit(session)

    def get(self, cohort_id: uuid.UUID) -> Cohort:
        """One as it is now."""
        with self.sessions() as session:
            return lookups.owned(session, self.owner_id, cohort_id)

    def parts(self, cohort_id: uuid.UUID) -> list[CohortPart]:
        """The parts of one as they are now, in order."""
        query = select(CohortPart).where(CohortPart.cohort_id == cohort_id)
        with self.sessions() as session:
            return list(session.scalars(query.order_by(CohortPart.number)))

    def results(self, cohort_id: uuid.UUID) -> list[bytes]:
        """The files of a succeeded one's results, in order."""
        with self.sessions() as session:
            _, paths = lookups.result_paths(session, self.owner_id, cohort_id)
        return [self._read(path) for path in paths]

    def has_files(self, cohort_id: uuid.UUID, below: str = "") -> bool:
        """Whether anything is kept of one."""
        return self.files.exists(f"cohorts/{cohort_id}{below}")

    def _read(self, path: str) -> bytes:
        with self.files.open(path) as stream:
            return stream.read()

    def _commit(self, session: Session, enqueue: bool) -> None:
        if enqueue:
            self.queue.commit(session)
        else:
            session.commit()
