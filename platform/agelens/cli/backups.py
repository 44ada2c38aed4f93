"""`agelens backup` and `agelens restore`."""

from pathlib import Path

import click

from agelens.cli.process_settings import process_settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write database, files of cohorts and secret key to FILE, also while AgeLens runs.

    Of DATABASE_URL's database, or of the AgeLens in AGELENS_HOME. FILE is a tar archive that only
    its owner can read.

    \b
    Example:
      agelens backup agelens-monday.tar
    """
    settings = process_settings()
    from agelens.commands.backup import run

    run(settings, file)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that holds data.")
def restore(file: Path, force: bool) -> None:
    """Replace the database by that of FILE, and put its files and its key back; AgeLens is stopped.

    Refuses a database that holds data, unless told --force. Files of cohorts that are newer than the
    backup stay; `agelens audit --files` lists them.

    \b
    Examples:
      agelens restore agelens-monday.tar
      agelens restore --force agelens-monday.tar
    """
    settings = process_settings()
    from agelens.commands.restore import run

    run(settings, file, force=force)
