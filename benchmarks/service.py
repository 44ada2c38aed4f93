"""The rows about the service, measured on throw-away servers against RQ doing nothing."""

from collections.abc import Callable, Iterator
from contextlib import closing

import click
from agelens.client import ClientError
from agelens.commands.stack import PartFailedError, throw_away_stack
from agelens.commands.up.server import EmbeddedServerError
from agelens.settings import Settings

from benchmarks import burst, fairness, one_task
from benchmarks.comparison import Comparison, NotMeasuredError
from benchmarks.warm_stack import QUEUES, WarmStack

WORKERS = 2
ROWS: tuple[Callable[[WarmStack], Comparison], ...] = (
    one_task.measure,
    burst.measure,
    fairness.measure,
)


def measure(settings: Settings) -> Iterator[Comparison]:
    """Every row, as it is measured.

    Raises
    ------
    NotMeasuredError
        If the servers do not start or answer.
    """
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
                stack.start_part(f"noop-{number}", module="benchmarks.noop")
            with closing(WarmStack(stack, workers=WORKERS)) as stage:
                for each in ROWS:
                    click.echo(f"measuring: {(each.__doc__ or '').rstrip('.')} ...")
                    yield each(stage)
    except (ClientError, PartFailedError, EmbeddedServerError, TimeoutError) as error:
        raise NotMeasuredError(f"{type(error).__name__}: {error}") from error
