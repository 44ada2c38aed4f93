"""`agelens models`."""

from pathlib import Path

import click

from agelens.cli.process_settings import process_settings


@click.group()
def models() -> None:
    """Publish clocks, and choose which version new predictions use.

    \b
    Example:
      agelens models list
    """


@models.command("list")
def list_models() -> None:
    """Show every published version.

    \b
    Example:
      agelens models list
    """
    from agelens.commands import models as commands

    commands.list_models(process_settings())


@models.command("publish")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help="Even if its figure is worse than the active one's, or it declares none.",
)
def publish(directory: Path, force: bool) -> None:
    """Check the bundle in DIRECTORY and publish it.

    \b
    Example:
      agelens models publish my-bundle
    """
    from agelens.commands import models as commands

    commands.publish(process_settings(), directory, force=force)


@models.command("activate")
@click.argument("name")
@click.argument("version")
def activate(name: str, version: str) -> None:
    """Let new tasks use VERSION of clock NAME.

    \b
    Example:
      agelens models activate kaggle-age 1.1.0
    """
    from agelens.commands import models as commands

    commands.activate(process_settings(), name, version)


@models.command("rollback")
@click.argument("name")
def roll_back(name: str) -> None:
    """Return to the version of clock NAME that was active before.

    \b
    Example:
      agelens models rollback kaggle-age
    """
    from agelens.commands import models as commands

    commands.roll_back(process_settings(), name)


@models.command("price")
@click.argument("name")
@click.argument("credits", type=click.IntRange(min=0))
def price(name: str, credits: int) -> None:
    """Let a prediction by clock NAME cost CREDITS from now on.

    All versions of the clock cost the same, also those that are published later; what is queued
    already keeps its price.

    \b
    Example:
      agelens models price kaggle-age 15
    """
    from agelens.commands import models as commands

    commands.set_price(process_settings(), name, credits)
