"""Whether the database has the tables that this version of the code expects."""

import re
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from agelens.domain.errors import SchemaMismatch

MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)


def check(database: Session | Connection) -> None:
    """Compare the revision of the database with the newest one that comes with the code.

    Raises
    ------
    SchemaMismatch
        If they differ: the message says which of the two is the older one.
    """
    current = revision_of(database)
    known_revisions, head = revisions()
    if current == head:
        return
    if current is not None and current not in known_revisions:
        raise newer(current)
    raise SchemaMismatch(
        f"The database is older than this version of AgeLens (revision {current or 'none'}, needed "
        f"{head}): run `agelens migrate`."
    )


def newer(revision: str) -> SchemaMismatch:
    """The error about a revision that comes from newer code."""
    return SchemaMismatch(
        f"The database was migrated by a newer version of AgeLens (revision {revision}, this one "
        f"knows up to {revisions()[1]}): start that version here, too."
    )


def revision_of(database: Session | Connection) -> str | None:
    """The revision of the database; None when it was never migrated."""
    if database.scalar(select(func.to_regclass("alembic_version"))) is None:
        return None
    revision: str | None = database.scalar(text("select version_num from alembic_version"))
    return revision


@lru_cache
def revisions() -> tuple[frozenset[str], str]:
    """Every revision that comes with the code, and the newest, which no other one follows.

    Read from the text of the migrations: alembic would take every process 15 MiB for it.
    """
    all_revisions, followed = set(), set()
    for path in (MIGRATIONS / "versions").glob("[0-9]*.py"):
        declared = dict(REVISION.findall(path.read_text(encoding="utf-8")))
        all_revisions.add(declared["revision"])
        followed.add(declared.get("down_revision"))
    (head,) = all_revisions - followed
    return frozenset(all_revisions), head
