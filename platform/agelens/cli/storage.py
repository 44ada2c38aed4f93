"""`agelens storage`."""

import click

from agelens.cli.process_settings import process_settings


@click.group()
def storage() -> None:
    """The storage of cohorts' files.

    \b
    Example:
      agelens storage claim
    """


@storage.command("claim")
@click.option("--yes", is_flag=True, help="Do not ask.")
def claim(yes: bool) -> None:
    """Bind the storage at AGELENS_STORAGE to the database, whatever it belonged to before.

    After a move or a restore. Files of cohorts that the database does not know are put in quarantine,
    and deleted after seven days.

    \b
    Example:
      agelens storage claim --yes
    """
    from agelens.commands import database

    settings = process_settings()
    if not yes and not click.confirm(f"Bind {settings.storage_url} to this database?"):
        raise click.ClickException("not bound; nothing was changed.")
    database.claim_storage(settings)
