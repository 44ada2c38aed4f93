"""Measures row by row, prints the table."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping

import click

from agelens.commands.bench import cohorts, on_one_core, service
from agelens.commands.bench.rows import NotMeasuredError, Row, table
from agelens.settings import Settings

PARTS: Mapping[str, Callable[[Settings], Iterator[Row]]] = {
    "clocks": lambda _: on_one_core.measure(),
    "service": service.measure,
    "cohorts": cohorts.measure,
}


def run(settings: Settings, only: str | None = None) -> int:
    """Measure all parts or one; a missed target is shown, and only what could not be measured fails."""
    click.echo(
        f"{os.cpu_count()} processors, Python {platform.python_version()}, {service.WORKERS} workers"
    )
    rows: list[Row] = []
    code = 0
    for part in (only,) if only else PARTS:
        try:
            for row in PARTS[part](settings):
                click.echo(f"  {row}")
                rows.append(row)
        except NotMeasuredError as error:
            click.echo(f"{part}: {error}", err=True)
            code = 1
    click.echo(table(rows))
    return code
