"""The database that a backup or a restore is about, and PostgreSQL's own tools for it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import click
from sqlalchemy import make_url

from agelens.commands.up.home import Home, running_addresses, running_process
from agelens.settings import Settings, environment


@dataclass(frozen=True)
class Database:
    """An address, and the folder of the tools that fit it; None is the PATH."""

    url: str
    binaries: Path | None
    settings: Settings

    def command(self, tool: str, *arguments: str) -> list[str]:
        """The command line of pg_dump or pg_restore; the password is not in it.

        Raises
        ------
        click.ClickException
            If there is no such program.
        """
        program = shutil.which(tool, path=str(self.binaries) if self.binaries else None)
        if program is None:
            raise click.ClickException(
                f"{tool} is not on the PATH. It comes with PostgreSQL's client programs "
                "(Debian: postgresql-client), of the server's version or a newer one."
            )
        address = make_url(self.url)._replace(drivername="postgresql", password=None)
        return [program, *arguments, "--dbname", address.render_as_string()]

    def environment(self) -> dict[str, str]:
        """Where the tools find the password."""
        password = make_url(self.url).password
        return environment(self.settings) | ({"PGPASSWORD": str(password)} if password else {})


@contextmanager
def database_of(settings: Settings, *, may_run: bool) -> Iterator[Database]:
    """DATABASE_URL's, that of the AgeLens on the home, or its PostgreSQL started for as long as needed.

    Raises
    ------
    click.ClickException
        If AgeLens runs on the home and must not, or is only starting.
    """
    process = running_process(settings.home)
    if process is not None and not may_run:
        raise click.ClickException(
            f"AgeLens runs on {settings.home.resolve()} (process {process}): stop it first, with "
            "`agelens stop`."
        )
    if settings.database_url is not None:
        yield Database(settings.database_url, None, settings)
        return
    # imported here: where the database is given, the embedded servers need not be installed
    from agelens.commands.up.embedded import EmbeddedPostgres, postgres_binaries

    if process is None:
        home = Home(settings.home)
        with home.locked():
            server = EmbeddedPostgres(home.path)
            try:
                yield Database(server.start(), server.binaries, settings)
            finally:
                server.stop()
        return
    addresses = running_addresses(settings.home)
    if addresses is None:
        raise click.ClickException(f"AgeLens (process {process}) is not ready yet.")
    url = addresses["database"]
    is_embedded = url == EmbeddedPostgres(settings.home).url
    yield Database(url, postgres_binaries() if is_embedded else None, settings)


def dump(database: Database, into: Path) -> None:
    """Write everything in the database to a file, as of one moment, in pg_dump's own format."""
    command = database.command("pg_dump", "--format", "custom", "--file", str(into))
    process = subprocess.run(
        command, env=database.environment(), capture_output=True, text=True, check=False
    )
    if process.returncode != 0:
        raise click.ClickException(f"pg_dump failed: {_last_line(process.stderr)}")


def load(database: Database, stream: BinaryIO) -> None:
    """Fill an empty schema from a dump: everything, or nothing."""
    options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    command = database.command("pg_restore", *options)
    with subprocess.Popen(
        command, env=database.environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        stdin, stderr = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stderr)
        with suppress(BrokenPipeError):  # it ended early, and says why
            shutil.copyfileobj(stream, stdin)
            stdin.close()
        error_output = stderr.read().decode(errors="replace")
    if process.returncode != 0:
        raise click.ClickException(f"pg_restore failed: {_last_line(error_output)}")


def _last_line(error_output: str) -> str:
    lines = [
        line for line in error_output.splitlines() if "error:" in line
    ] or error_output.splitlines()
    return lines[0] if lines else "it did not say why"
