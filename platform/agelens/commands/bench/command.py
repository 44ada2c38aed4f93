"""Starts throw-away servers, measures row by row, prints the table."""

import os
import platform
from collections.abc import Callable
from contextlib import closing

import click

from agelens.client import ClientError
from agelens.commands.bench import burst, one_task
from agelens.commands.bench.rows import Row, table
from agelens.commands.bench.stage import QUEUES, Stage
from agelens.commands.stack import PartFailedError, throw_away_stack
from agelens.commands.up.server import EmbeddedServerError
from agelens.settings import Settings

WORKERS = 2
ROWS: tuple[Callable[[Stage], Row], ...] = (one_task.measure, burst.measure)


def run(settings: Settings) -> int:
    """Measure every row; a missed target is shown, and only what could not be measured fails."""
    click.echo(
        f"{os.cpu_count()} processors, Python {platform.python_version()}, {WORKERS} workers"
    )
    rows = []
    try:
        with throw_away_stack(
            settings,
            workers=WORKERS,
            worker_queues=[QUEUES.ours],
            durable=True,
            rate_limits="off",
            topup_policy="self",
        ) as stack:
            for number in range(1, WORKERS + 1):
                stack.start_part(f"noop-{number}", "worker", QUEUES.noop)
            with closing(Stage(stack, workers=WORKERS)) as stage:
                for measure in ROWS:
                    click.echo(f"measuring: {(measure.__doc__ or '').rstrip('.')} ...")
                    row = measure(stage)
                    click.echo(f"  {row.figure:.1f} against {row.baseline:.1f} {row.unit}")
                    rows.append(row)
    except (ClientError, PartFailedError, EmbeddedServerError, TimeoutError) as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        return 1
    finally:
        click.echo(table(rows))
    return 0
