"""Cohorts submitted over HTTP and downloaded again, on throw-away servers."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
from agelens.client import Client, ClientError
from agelens.commands.stack import PartFailedError, Stack, throw_away_stack
from agelens.commands.up.server import EmbeddedServerError
from agelens.native_threads import ONE_THREAD
from agelens.settings import Settings, without_ours

from benchmarks import REPOSITORY
from benchmarks.clocks.turns import described
from benchmarks.cohorts.memory import PeakMemory
from benchmarks.comparison import Comparison, NotMeasuredError

WORKERS = 2
MANY, FEW = 200_000, 20_000
ROUNDS = 5
ASKED_ROWS_PER_SECOND = 10_000.0
CREDITS_AT_ONCE = 20_000_000
PATIENCE_SECONDS = 300.0
EMAIL, PASSWORD = "bench@agelens.example", "measure twice"
ALONE = (sys.executable, "-m", "benchmarks.cohorts.alone")


@dataclass(frozen=True)
class Run:
    """What fresh workers did in every round, and the clock alone: rows per second.

    `peak_mib` is what the workers took at most, together, in a round of its own after the others: to
    look at it takes time.
    """

    rates: list[float]
    alone: list[float]
    peak_mib: float


def measure(settings: Settings) -> Iterator[Comparison]:
    """Every row, once all is measured.

    Raises
    ------
    NotMeasuredError
        If the servers do not start or answer, or a row of the made-up people was not scored.
    """
    try:
        with TemporaryDirectory() as folder:
            runs = {}
            for n_people in (FEW, MANY):
                click.echo(f"measuring: {n_people:,} made-up people as a cohort and alone ...")
                runs[n_people] = _run(settings, Path(folder), n_people)
    except (ClientError, PartFailedError, EmbeddedServerError, TimeoutError) as error:
        raise NotMeasuredError(f"{type(error).__name__}: {error}") from error
    yield from rows_of(runs[MANY], runs[FEW])


def rows_of(many: Run, few: Run) -> Iterator[Comparison]:
    """What is said of both runs."""
    rates, alone = described(many.rates, ",.0f"), described(many.alone, ",.0f")
    yield Comparison(
        name=f"{MANY:,} rows as a cohort",
        unit="rows/s",
        figure=median(many.rates),
        baseline=median(many.alone),
        against="the clock alone, on one core",
        bound=">=",
        target=0.28,
        spread=f"CSV in, explanations out as Parquet: {rates} and {alone}",
    )
    yield Comparison(
        name="The same",
        unit="rows/s",
        figure=median(many.rates),
        baseline=ASKED_ROWS_PER_SECOND,
        against="what was asked for",
        bound=">=",
        target=1,
        spread=f"{len(many.rates)} rounds, {WORKERS} workers",
    )
    yield Comparison(
        name=f"Workers' peak memory, {MANY:,} rows",
        unit="MiB",
        figure=many.peak_mib,
        baseline=few.peak_mib,
        against=f"{FEW:,} rows",
        bound="<=",
        target=1.1,
        spread=f"{WORKERS} workers together, fresh ones for each",
    )
    first, *later = few.rates
    yield Comparison(
        name=f"The first cohort after a start, {FEW:,} rows",
        unit="rows/s",
        figure=first,
        baseline=median(later),
        against="the later ones",
        bound=">=",
        target=0.8,
        spread=f"the later ones: {described(later, ',.0f')}",
    )


def clock_alone(n_people: int) -> list[float]:
    """Rows per second of the clock on one core, in every round of a process of its own.

    Raises
    ------
    NotMeasuredError
        If the process fails.
    """
    done = subprocess.run(
        [*ALONE, str(n_people)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env=without_ours(**ONE_THREAD),
        check=False,
    )
    if done.returncode != 0:
        raise NotMeasuredError(f"the clock alone: {done.stderr[-2000:]}")
    return [float(rate) for rate in json.loads(done.stdout)]


def _run(settings: Settings, folder: Path, n_people: int) -> Run:
    # what makes the people needs the packages of a service that scores
    import pyarrow.csv

    from benchmarks.cohorts.people import people

    data = folder / f"{n_people}.csv"
    pyarrow.csv.write_csv(people(n_people), data)
    with (
        throw_away_stack(
            settings,
            workers=WORKERS,
            durable=True,
            rate_limits="off",
            topup_policy="self",
            topup_cap=CREDITS_AT_ONCE,
        ) as stack,
        _customer(stack) as client,
    ):
        rates, alone = [], []
        for _ in range(ROUNDS):  # in turns, so that the machine's moods meet both
            alone += clock_alone(n_people)
            rates.append(_round(client, data, folder / "out.parquet", n_people))
        pids = [stack.parts[f"worker-{number}"].pid for number in range(1, WORKERS + 1)]
        with PeakMemory(pids) as memory:
            _round(client, data, folder / "out.parquet", n_people)
        return Run(rates, alone, memory.mib)


def _customer(stack: Stack) -> Client:
    with Client(stack.url) as stranger:
        stranger.register(EMAIL, PASSWORD)
        token = stranger.login(EMAIL, PASSWORD).access_token
    client = Client(stack.url, token)
    client.wallet.topup(CREDITS_AT_ONCE)
    return client


def _round(client: Client, data: Path, out: Path, n_people: int) -> float:
    """Submit, wait, download: rows per second."""
    from benchmarks.cohorts.people import ID, NAME

    started = time.perf_counter()
    cohort = client.cohorts.submit(data, model=NAME, id_column=ID)
    cohort.wait(PATIENCE_SECONDS, progress=False)
    cohort.download(out)
    seconds = time.perf_counter() - started
    if cohort.rows_scored != n_people:
        raise NotMeasuredError(f"{cohort.rows_scored:,} of {n_people:,} rows were scored")
    return n_people / seconds
