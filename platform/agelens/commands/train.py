"""`agelens train`: from a data file to a bundle directory, or to a percentile reference."""

from pathlib import Path

import click

from agelens.clocks.bundles import SHORT_NAMES
from agelens.domain.errors import InvalidInput

DOWNLOADED = "kaggle-age"  # the one clock whose training file can be downloaded


def run(
    clock: str, data: str, out: Path, version: str | None = None, validation: Path | None = None
) -> None:
    """Train a clock, print its comparison table, write its bundle into a directory of its own.

    Parameters
    ----------
    version : str, optional
        The shipped one's when absent.

    Raises
    ------
    InvalidInput
        If there is no such clock or file, the data do not fit, or `out` holds anything.
    OSError
        If a file cannot be read or written.
    """
    from model_training import datasets, pipelines

    try:
        training = pipelines.training_of(clock)
    except KeyError:
        known_clocks = ", ".join([*SHORT_NAMES, *pipelines.TRAININGS])
        raise InvalidInput.at(
            "clock", f'there is no training for "{clock}"; known: {known_clocks}'
        ) from None
    _check_empty(out)
    bundle_version = training.VERSION if version is None else version
    data_set = datasets.locate(data, downloads=pipelines.full_name(clock) == DOWNLOADED)
    training.train(data_set, out, click.echo, bundle_version, validation=validation)


def run_reference(
    data: str,
    out: Path,
    clock: str | None = None,
    *,
    version: str | None = None,
    ethnicity: str | None = None,
    validation: Path | None = None,
) -> None:
    """Write the percentile reference of a clock into a file, or of every shipped one into a folder.

    Raises
    ------
    InvalidInput
        If there is no such clock or file, the data do not fit, or `out` is of the wrong kind.
    OSError
        If a file cannot be read or written.
    """
    from model_training import datasets, references

    if validation is not None:
        raise InvalidInput.at("validation", "is of clocks; a reference only summarises")
    if clock is None and out.is_file():
        raise InvalidInput.at("out", f"{out} is a file; of all clocks it is a folder")
    if clock is not None and out.is_dir():
        raise InvalidInput.at("out", f"{out} is a folder; of one clock it is a file")
    options = references.Wanted(version, ethnicity)
    data_set = datasets.locate(data, downloads=False)
    references.write_references(data_set, out, clock, options, click.echo)


def _check_empty(out: Path) -> None:
    """A trained bundle may be published or cited already, so none is ever overwritten."""
    if out.is_file():
        raise InvalidInput.at("out", f"{out} is a file; a bundle is a directory")
    if out.is_dir() and any(out.iterdir()):
        raise InvalidInput.at(
            "out",
            f"{out} is not empty, and training never overwrites a bundle; name a new directory, "
            "or delete this one first",
        )
