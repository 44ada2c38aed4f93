"""`agelens models`."""

from pathlib import Path

import click

from agelens.cli.process_settings import process_settings


@click.group()
def models() -> None:
    """Published clocks."""


@models.command("list")
def list_models() -> None:
    """Show every published version."""
    from agelens.commands import database

    database.list_models(process_settings())


@models.command("publish")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help="Even if its figure is worse than the active one's, or it declares none.",
)
def publish(directory: Path, force: bool) -> None:
    """Check the bundle in DIRECTORY and publish it."""
    from agelens.commands import database

    database.publish(process_settings(), directory, force=force)


@models.command("activate")
@click.argument("name")
@click.argument("version")
def activate(name: str, version: str) -> None:
    """Let new tasks use VERSION of clock NAME."""
    from agelens.commands import database

    database.activate(process_settings(), name, version)


@models.command("rollback")
@click.argument("name")
def roll_back(name: str) -> None:
    """Return to the version of clock NAME that was active before."""
    from agelens.commands import database

    database.roll_back(process_settings(), name)
