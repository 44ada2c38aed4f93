"""`agelens train`: from a data file to a bundle directory."""

from pathlib import Path

import click

from agelens.domain.errors import InvalidInput

SHORT_NAMES = {"kaggle": "kaggle-age"}
TRAINED = ("kaggle-age",)


def run(clock: str, data: Path, out: Path, version: str | None = None) -> int:
    """Train a clock, print its comparison table; the exit code. Without `version`, the shipped one's."""
    name = SHORT_NAMES.get(clock, clock)
    if name not in TRAINED:
        known = ", ".join([*SHORT_NAMES, *TRAINED])
        click.echo(f'There is no training for "{clock}". Known: {known}', err=True)
        return 2
    try:
        from model_training import kaggle_age
    except ModuleNotFoundError as error:
        click.echo(f"Training needs more packages ({error.name}): install agelens[train]", err=True)
        return 2
    try:
        chosen = kaggle_age.VERSION if version is None else version
        kaggle_age.train(data, out, click.echo, chosen)
    except (InvalidInput, OSError) as error:
        click.echo(f"Not trained: {error}", err=True)
        return 1
    return 0
