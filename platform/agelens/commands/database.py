"""Commands on the database as a whole: migrate, bind the storage, audit."""

import click

from agelens.commands.database_session import session_of
from agelens.commands.models import version_state
from agelens.services import (
    publishing,
    storage_binding,
)
from agelens.services.audit import audit, audit_files
from agelens.settings import Settings
from agelens.storage.files import Files
from agelens.storage.migrate import migrate as upgrade


def migrate(settings: Settings) -> None:
    """Bring the schema up to date and publish the clocks that come with the package."""
    with session_of(settings) as session:
        engine = session.get_bind()
        upgrade(engine.engine)
        for shipped in publishing.register_shipped(session):
            click.echo(version_state(session, shipped.version))
            if shipped.other_content:
                click.echo(
                    "  This version was published here before with other content, which is kept; "
                    "the one that comes with the package was left out."
                )


def claim_storage(settings: Settings) -> None:
    """Bind the storage to the database, whatever it belonged to."""
    with session_of(settings) as session:
        identity = storage_binding.claim(session, Files.configured(settings))
    click.echo(f"{settings.storage_url} now belongs to this database ({identity})")


def run_audit(settings: Settings, *, files: bool = False) -> int:
    """Recompute every wallet; the number of differences is 0 when all credits are accounted for."""
    with session_of(settings) as session:
        result = audit(session)
    differences = list(result.differences)
    if files:
        with session_of(settings) as session:
            on_disk = audit_files(session, Files.configured(settings))
        differences += on_disk.differences
        click.echo(f"{on_disk.files} files of cohorts")
    for difference in differences:
        click.echo(difference, err=True)
    click.echo(
        f"{result.wallets} wallets, {result.entries} ledger entries, {result.tasks} tasks, "
        f"{result.cohorts} cohorts: "
        f"{len(differences) or 'no'} difference{'s' * (len(differences) != 1)}"
    )
    return len(differences)
