"""`agelens restore`: put back what `agelens backup` wrote."""

import json
import os
import shutil
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import click
from sqlalchemy import Connection, Select, literal, select, table, text
from sqlalchemy.orm import Session

from agelens.commands.backup import DUMP, FORMAT, KEY, MANIFEST, STORAGE
from agelens.commands.database import run_audit
from agelens.commands.database_session import session_of
from agelens.commands.dumps import Database, database_of, load
from agelens.domain.errors import NotFound
from agelens.services import queue_depths, storage_binding
from agelens.settings import Settings
from agelens.storage import Cohort, Retraining, Task, schema_version
from agelens.storage.engine import open_engine
from agelens.storage.files import Files

# `agelens migrate` fills these; they are the same in every new database
NOT_DATA = ("alembic_version", "installation", "model_versions")
SCHEMA_BEFORE_RESTORE = "before_restore"


def run(settings: Settings, file: Path, *, force: bool) -> None:
    """Replace the database, put the files of cohorts and the key in their places, and audit.

    The database comes back whole or stays as it was. Files that the backup does not know stay.

    Raises
    ------
    NotFound
        If there is no such file.
    click.ClickException
        If the file is no backup or a newer version's, AgeLens runs, somebody else is connected, or
        the database holds data; `force` overrides the last two.
    StorageMismatch
        If the storage belongs to another installation, which `force` overrides.
    """
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        files = Files.configured(settings)
        with database_of(settings, may_run=False) as database:
            if not force:
                storage_binding.compare(files, uuid.UUID(manifest["installation"]), bound=False)
            _replace(database, archive, force=force)
            restored = _put_files(archive, files)
            database_settings = settings.model_copy(update={"database_url": database.url})
            with session_of(database_settings) as session:
                is_current = manifest["revision"] == schema_version.revisions()[1]
                if is_current:
                    storage_binding.claim(session, files)
                active = _active(session) if is_current else None
            click.echo(f"Restored {file}, made at {manifest['made_at']}: {restored} files.")
            click.echo(_put_key(archive, settings, file))
            _tell(database_settings, active)


def _tell(settings: Settings, active: str | None) -> None:
    if active is None:
        click.echo(
            "The backup is of an older version: run `agelens migrate`, `agelens storage claim` and "
            "`agelens audit --files` before anything else."
        )
        return
    click.echo(
        f"Queued or running when it was made: {active}. They run again as soon as scheduler and "
        "workers do, and are charged once, also those that had ended, and were charged, since.\n"
        "Cohorts newer than the backup are no longer in the database; their files stay where they "
        "are. What `agelens audit --files` finds:"
    )
    run_audit(settings, files=True)


def _active(session: Session) -> str:
    kinds = (("predictions", Task), ("cohorts", Cohort), ("retrainings", Retraining))
    return ", ".join(f"{sum(queue_depths.active(session, kind).values())} {n}" for n, kind in kinds)


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except tarfile.ReadError as error:
        raise click.ClickException(f"{file} is not a backup, or not a whole one: {error}") from None


def _manifest(archive: tarfile.TarFile, file: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.load(_member(archive, MANIFEST))
        archive.getmember(DUMP)
    except (KeyError, ValueError):
        raise click.ClickException(f"{file} is not a backup of AgeLens.") from None
    if manifest["format"] != FORMAT or manifest["revision"] not in schema_version.revisions()[0]:
        raise click.ClickException(
            f"{file} was made by a newer version, AgeLens {manifest['agelens']}: restore it with that."
        )
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> BinaryIO:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return cast(BinaryIO, stream)


def _replace(database: Database, archive: tarfile.TarFile, *, force: bool) -> None:
    """Set the present schema aside, load the dump into a new one, and drop the old, or return to it."""
    engine = open_engine(database.url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text("set statement_timeout = 0"))
            if not force:
                _refuse_company(connection)
                _refuse_data(connection)
            _set_aside(connection)
            try:
                load(database, _member(archive, DUMP))
            except BaseException:
                connection.execute(text("drop schema public cascade"))
                connection.execute(text(f"alter schema {SCHEMA_BEFORE_RESTORE} rename to public"))
                raise
            connection.execute(text(f"drop schema {SCHEMA_BEFORE_RESTORE} cascade"))
    finally:
        engine.dispose()


def _refuse_company(connection: Connection) -> None:
    n_others = connection.scalar(
        text(
            "select count(*) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid() and backend_type = 'client backend'"
        )
    )
    if n_others:
        raise click.ClickException(
            f"{n_others} others are connected to the database: stop API, workers and scheduler first "
            "(--force goes on all the same)."
        )


def _refuse_data(connection: Connection) -> None:
    tables = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
    names = sorted(name for name in tables if name not in NOT_DATA)
    full = [name for name in names if connection.scalar(_has_rows(name))]
    if full:
        raise click.ClickException(
            f"The database holds data (in {', '.join(full)}), which a restore replaces. Make a "
            "backup of it, then restore with --force."
        )


def _has_rows(name: str) -> Select[tuple[bool]]:
    return select(select(literal(1)).select_from(table(name, schema="public")).exists())


def _set_aside(connection: Connection) -> None:
    """Keep the present tables under another name; those of a restore that was killed are no loss."""
    is_kept = text("select exists(select from pg_namespace where nspname = :name)")
    if connection.scalar(is_kept, {"name": SCHEMA_BEFORE_RESTORE}):
        connection.execute(text("drop schema public cascade"))
    else:
        connection.execute(text(f"alter schema public rename to {SCHEMA_BEFORE_RESTORE}"))
    connection.execute(text("create schema public"))


def _put_files(archive: tarfile.TarFile, files: Files) -> int:
    """Write the files of cohorts; names that lead out of the storage are refused by it."""
    members = [m for m in archive.getmembers() if m.isfile() and m.name.startswith(STORAGE)]
    for member in members:
        with _member(archive, member.name) as content:
            files.write(member.name.removeprefix(STORAGE), partial(shutil.copyfileobj, content))
    return len(members)


def _put_key(archive: tarfile.TarFile, settings: Settings, file: Path) -> str:
    """Put the key into the home, where it is not set; what was done, in words."""
    try:
        key = _member(archive, KEY).read().decode()
    except KeyError:
        return "It holds no secret key: everybody logs in to the web app again."
    if settings.secret_key is not None:
        if settings.secret_key == key:
            return "AGELENS_SECRET_KEY is the one of the backup."
        return (
            "AGELENS_SECRET_KEY is not the one of the backup, which "
            f"`tar --extract --to-stdout --file {file} {KEY}` shows."
        )
    key_file = settings.home / "secret_key"
    if key_file.exists() and key_file.read_text().strip() != key:
        key_file.rename(key_file.with_name("secret_key.before_restore"))
    settings.home.mkdir(parents=True, exist_ok=True)
    key_file.unlink(missing_ok=True)
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(key)
    return f"The secret key is in {key_file}."
