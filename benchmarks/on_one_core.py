"""The rows about the clocks, measured by a process of their own that has one core and one thread."""

import json
import subprocess
import sys
from collections.abc import Iterator

import click
from agelens.native_threads import ONE_THREAD
from agelens.settings import without_ours

from benchmarks import REPOSITORY
from benchmarks.comparison import Comparison, NotMeasuredError

COMMAND = (sys.executable, "-m", "benchmarks.clocks")


def measure() -> Iterator[Comparison]:
    """Every row, as it is measured.

    Raises
    ------
    NotMeasuredError
        At the end, if a row could not be.
    """
    missed = []
    with subprocess.Popen(
        COMMAND, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, env=without_ours(**ONE_THREAD)
    ) as child:
        for line in child.stdout or ():
            message = json.loads(line)
            if "row" in message:
                yield Comparison(**message["row"])
            elif "measuring" in message:
                click.echo(f"measuring: {message['measuring']} ...")
            else:
                click.echo(f"  not measured: {message['not_measured']}")
                missed.append(message["not_measured"])
    if child.returncode != 0:
        raise NotMeasuredError(f"the process that measures ended with {child.returncode}")
    if missed:
        raise NotMeasuredError("; ".join(dict.fromkeys(missed)))
