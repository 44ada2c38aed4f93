"""Measure row by row and print the table."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping

import click
from agelens.settings import Settings

from benchmarks import cohorts, growth, history, on_one_core, service, start
from benchmarks.comparison import Comparison, NotMeasuredError, table

PARTS: Mapping[str, Callable[[Settings], Iterator[Comparison]]] = {
    "clocks": lambda _: on_one_core.measure(),
    "service": service.measure,
    "cohorts": cohorts.measure,
    "growth": growth.measure,
    "start": start.measure,
}


def run(settings: Settings, only: str | None = None, *, record: bool = False) -> int:
    """Measure all parts or one; a missed target is shown, and only what could not be measured fails.

    `record` keeps what was measured in the history.
    """
    click.echo(
        f"{os.cpu_count()} processors, Python {platform.python_version()}, {service.WORKERS} workers"
    )
    rows: list[Comparison] = []
    code = 0
    for part in (only,) if only else PARTS:
        try:
            for row in PARTS[part](settings):
                click.echo(f"  {row}")
                rows.append(row)
        except NotMeasuredError as error:
            click.echo(f"Error: {part}: {error}", err=True)
            code = 1
    click.echo(table(rows))
    if record and rows:
        history.record(rows)
        click.echo(f"Recorded in {history.HISTORY}")
    return code
