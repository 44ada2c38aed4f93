"""`agelens backup`: database, files of cohorts and secret key in one file."""

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select

from agelens import __version__
from agelens.commands.database_session import session_of
from agelens.commands.dumps import Database, database_of, dump
from agelens.commands.up.home import running_process
from agelens.domain.errors import NotFound
from agelens.services.cohorts import file_locations
from agelens.settings import Settings
from agelens.storage import Installation, schema_version
from agelens.storage.files import Files

FORMAT = 1
MANIFEST, DUMP, KEY, STORAGE = "manifest.json", "database.dump", "secret_key", "storage/"


def run(settings: Settings, file: Path) -> None:
    """Write the backup whole or not at all; it can be made while AgeLens runs.

    Files first, the database, then the files that came into being meanwhile: so those that the dump
    needs are there, also when a cohort ended, and lost its inputs, during the backup.

    Raises
    ------
    click.ClickException
        If the file exists, or the database cannot be dumped.
    """
    if file.exists():
        raise click.ClickException(f"{file} exists; a backup replaces no file.")
    if settings.database_url is None and running_process(settings.home) is None:
        _expect_database(settings.home)
    files = Files.configured(settings)
    with (
        database_of(settings, may_run=True) as database,
        _private_whole(file) as unfinished,
        tarfile.open(unfinished, "w") as archive,
    ):
        _add(archive, MANIFEST, json.dumps(_manifest(settings, database)).encode())
        has_key = _add_key(archive, settings)
        copied = _add_files(archive, files, known_names=frozenset())
        _add_dump(archive, database, beside=file)
        copied |= _add_files(archive, files, known_names=copied)
    click.echo(
        f"{file}: the database, {len(copied)} files of cohorts and "
        f"{'the' if has_key else 'no'} secret key, {file.stat().st_size / 1e6:.1f} MB. It holds what "
        "people told you: keep it as safe as the database."
    )


def _expect_database(home: Path) -> None:
    if not (home / "postgres" / "PG_VERSION").exists():
        raise click.ClickException(
            f"DATABASE_URL is not set, and there is no database in {home.resolve()}."
        )


def walk(files: Files, folder: str) -> Iterator[str]:
    """The names of all finished files in a folder of the storage."""
    for name in files.names(folder):
        if not name.startswith("."):  # one that is being written
            yield f"{folder}/{name}"
    for name in files.folders(folder):
        yield from walk(files, f"{folder}/{name}")


def _manifest(settings: Settings, database: Database) -> dict[str, object]:
    with session_of(settings.model_copy(update={"database_url": database.url})) as session:
        schema_version.check(session)
        installation = session.scalars(select(Installation)).one()
        return {
            "format": FORMAT,
            "agelens": __version__,
            "revision": schema_version.revision_of(session),
            "installation": str(installation.id),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _add_key(archive: tarfile.TarFile, settings: Settings) -> bool:
    key_file = settings.home / "secret_key"
    key = settings.secret_key or (key_file.read_text().strip() if key_file.exists() else None)
    if key is not None:
        _add(archive, KEY, key.encode())
    return key is not None


def _add_files(
    archive: tarfile.TarFile, files: Files, *, known_names: frozenset[str]
) -> frozenset[str]:
    """Copy the files of cohorts that are not known yet, and name them."""
    added = set()
    for name in walk(files, file_locations.COHORTS):
        if name in known_names:
            continue
        try:
            stream = files.open(name)
        except NotFound:  # no longer needed since it was listed
            continue
        with stream:
            member = tarfile.TarInfo(f"{STORAGE}{name}")
            member.size, member.mode = stream.seek(0, io.SEEK_END), 0o600
            stream.seek(0)
            archive.addfile(member, stream)
        added.add(name)
    return frozenset(added)


def _add_dump(archive: tarfile.TarFile, database: Database, *, beside: Path) -> None:
    """Through a file of its own: an archive wants to know sizes first."""
    with tempfile.TemporaryDirectory(prefix=".dump-", dir=beside.resolve().parent) as folder:
        dumped = Path(folder) / DUMP
        dump(database, dumped)
        archive.add(dumped, DUMP)


@contextmanager
def _private_whole(file: Path) -> Iterator[Path]:
    """A file for its owner alone, which gets its name when everything is in it and on the disk."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield unfinished
        with unfinished.open("rb") as stream:
            os.fsync(stream.fileno())
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
