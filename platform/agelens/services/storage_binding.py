"""Bind a file storage to its database, and refuse any other.

The storage carries the database's identity in a file. Two installations that share a storage by
mistake, or a worker that was given another folder, are noticed before a file is written or deleted.
"""

import json
import uuid
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens.domain.errors import NotFound, StorageMismatch
from agelens.services.cohorts import file_locations
from agelens.storage import Cohort, Installation
from agelens.storage.files import Files

MARKER = "agelens-installation.json"
CLAIM = "If this storage is the right one after all, run `agelens storage claim`."


def ensure(session: Session, files: Files) -> None:
    """Check the binding once per process; afterwards it costs nothing.

    Raises
    ------
    StorageMismatch
        If the storage belongs to another database, or this database to another storage.
    Unavailable
        If the storage cannot be reached.
    """
    if not files.is_checked:
        check(session, files)
        files.is_checked = True


def check(session: Session, files: Files) -> None:
    """Compare the identities, and bind a storage that nobody has used; see `ensure`."""
    installation = session.scalars(select(Installation)).one()
    if installation.storage_bound:
        # without a lock: nobody waits for others whom the storage does not answer
        compare(files, installation.id, bound=True)
        return
    session.refresh(installation, with_for_update=True)
    if compare(files, installation.id, bound=installation.storage_bound):
        installation.storage_bound = True
    else:
        _refuse_strangers(session, files)
        _bind(installation, files)


def compare(files: Files, installation: uuid.UUID, *, bound: bool) -> bool:
    """Read-only: whether the storage carries this identity; False when it carries none and need not.

    Raises
    ------
    StorageMismatch
        If it carries another, or none although the database is `bound` to a storage.
    """
    marked = _marker(files)
    if marked is None and bound:
        raise StorageMismatch(
            "This storage does not carry the identity of the database, whose files are elsewhere: "
            f"is AGELENS_STORAGE the same in every process? {CLAIM}"
        )
    if marked not in (None, installation):
        raise StorageMismatch(
            f"This storage belongs to another installation ({marked}); the database is "
            f"{installation}. Set another AGELENS_STORAGE or DATABASE_URL. {CLAIM}"
        )
    return marked is not None


def claim(session: Session, files: Files) -> uuid.UUID:
    """Bind a storage to this database, whatever it belonged to; the database's identity."""
    installation = session.scalars(select(Installation).with_for_update()).one()
    _bind(installation, files)
    return installation.id


def _bind(installation: Installation, files: Files) -> None:
    content = json.dumps({"installation": str(installation.id)}).encode()
    files.write_bytes(MARKER, content)
    installation.storage_bound = True


def _marker(files: Files) -> uuid.UUID | None:
    try:
        with files.open(MARKER) as stream:
            return uuid.UUID(json.loads(stream.read())["installation"])
    except NotFound:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StorageMismatch(f"{MARKER} in the storage cannot be read. {CLAIM}") from error


def _refuse_strangers(session: Session, files: Files) -> None:
    """A storage from before identities: its cohorts must be ours, at least one of them."""
    folders = files.folders(file_locations.COHORTS)
    keys = [key for name in folders if (key := _as_id(name)) is not None]
    if keys and session.scalar(select(Cohort.id).where(Cohort.id.in_(keys)).limit(1)) is None:
        raise StorageMismatch(
            f"This storage holds {len(keys)} cohorts, none of which the database knows. {CLAIM}"
        )


def _as_id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(PurePosixPath(name).name)
    except ValueError:
        return None
