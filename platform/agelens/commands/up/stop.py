"""`agelens stop`: end what `agelens up` started on a home, from another terminal."""

import os
import signal
import time
from pathlib import Path

import click

from agelens.commands.up.home import Home, noted_children, running_process
from agelens.settings import Settings

ENDS_WITHIN_SECONDS = 60.0  # the children have ten, servers come after them
_ROUND_SECONDS = 0.05


def run(settings: Settings) -> None:
    """Ask it to stop as Ctrl-C does, and wait until it has; harmless when nothing runs.

    Raises
    ------
    click.ClickException
        If it does not end in time.
    """
    home = settings.home.expanduser().resolve()
    process = running_process(home)
    if process is None:
        n_ended = _end_leftovers(home)
        left = f"; ended {n_ended} processes that an earlier run left behind" if n_ended else ""
        click.echo(f"No AgeLens runs on {home}{left}.")
        return
    click.echo(f"Stopping AgeLens on {home} (process {process}) ...")
    os.kill(process, signal.SIGTERM)
    _wait_until_stopped(home, process)
    click.echo("Stopped; the data stay.")


def _wait_until_stopped(home: Path, process: int) -> None:
    """Until it lets go of the home, which it does when all of its children have ended."""
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while running_process(home) == process:
        if time.monotonic() > deadline:
            raise click.ClickException(
                f"Process {process} has not stopped after {ENDS_WITHIN_SECONDS:.0f} s."
            )
        time.sleep(_ROUND_SECONDS)


def _end_leftovers(path: Path) -> int:
    """End what a killed run left; a folder that was never a home stays untouched."""
    if not noted_children(path):
        return 0
    home = Home(path)
    with home.locked():
        n_ended = home.end_leftovers()
        home.remember_children([])
    return n_ended
