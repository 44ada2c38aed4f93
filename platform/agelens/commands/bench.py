"""`agelens bench`: run the benchmarks of a checkout; they do not come with the package."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

REPOSITORY = Path(__file__).resolve().parents[3]


def run(arguments: Sequence[str], repository: Path = REPOSITORY) -> int:
    """The exit code of `python -m benchmarks`.

    Raises
    ------
    click.ClickException
        If this is no checkout.
    """
    if not (repository / "benchmarks" / "__main__.py").is_file():
        raise click.ClickException("Benchmarks need the repository: run `make bench` there.")
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=repository, check=False).returncode
