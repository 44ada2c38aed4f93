"""`agelens train`: from a data file to a bundle directory."""

from pathlib import Path

import click

from agelens.clocks.bundles import SHORT_NAMES
from agelens.domain.errors import AgeLensError

DOWNLOADED = "kaggle-age"  # the one clock whose training file can be downloaded


def run(
    clock: str, data: str, out: Path, version: str | None = None, validation: Path | None = None
) -> int:
    """Train a clock, print its comparison table; the exit code. Without `version`, the shipped one's."""
    try:
        from model_training import datasets, pipelines

        training = pipelines.training_of(clock)
    except ModuleNotFoundError as error:
        click.echo(f"Training needs more packages ({error.name}): install agelens[train]", err=True)
        return 2
    except KeyError:
        known = ", ".join([*SHORT_NAMES, *pipelines.TRAININGS])
        click.echo(f'There is no training for "{clock}". Known: {known}', err=True)
        return 2
    try:
        chosen = training.VERSION if version is None else version
        found = datasets.locate(data, downloads=pipelines.full_name(clock) == DOWNLOADED)
        training.train(found, out, click.echo, chosen, validation=validation)
    except (AgeLensError, OSError) as error:
        click.echo(f"Not trained: {error}", err=True)
        return 1
    return 0
