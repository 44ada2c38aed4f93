"""Each request and command with a million tasks, against the same with 1 % of them, in turns."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

import click
import psycopg
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
from agelens.commands.up.server import EmbeddedServerError
from agelens.native_threads import ONE_THREAD
from agelens.services import publishing
from agelens.settings import Settings, environment
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.migrate import migrate
from sqlalchemy import make_url

from benchmarks import REPOSITORY
from benchmarks.clocks.turns import described
from benchmarks.comparison import Comparison, NotMeasuredError
from benchmarks.growth.history import FEW, MANY, fill

WARM_UP, ROUNDS, AT_A_TIME = 12, 5, 3  # a statement is prepared when it was sent some ten times
LONG = ("Export of a task", "Audit of an entry")  # as many times only as they must
TARGET = 1.5
COMMAND = (sys.executable, "-m", "benchmarks.growth.measured_service")


@dataclass(frozen=True)
class StepCost:
    """What a step took: CPU seconds of each time, and the most memory that the process has had."""

    seconds: list[float]
    peak_mib: float


class ServiceProcess:
    """A process of `benchmarks.growth.measured_service` on one database, and the steps it is sent."""

    def __init__(self, settings: Settings) -> None:
        """Start it; `steps` are what it can do."""
        self._child = subprocess.Popen(
            COMMAND,
            cwd=REPOSITORY,
            env=environment(settings) | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.steps: Sequence[str] = self._answer()["steps"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.communicate()

    def do(self, step: str, times: int) -> StepCost:
        """Do it so many times, one after the other."""
        if self._child.stdin:
            self._child.stdin.write(json.dumps([step, times]) + "\n")
            self._child.stdin.flush()
        return StepCost(**self._answer())

    def _answer(self) -> dict[str, Any]:
        line = self._child.stdout.readline() if self._child.stdout else ""
        if not line:
            raise NotMeasuredError("a process that measures ended; what it said stands above")
        answer: dict[str, Any] = json.loads(line)
        return answer


def measure(settings: Settings) -> Iterator[Comparison]:
    """Every row, as it is measured.

    Raises
    ------
    NotMeasuredError
        If the servers do not start, or a step fails.
    """
    try:
        with _servers() as servers, ExitStack() as stack:
            sizes = []
            for number, tasks in enumerate((MANY, FEW)):
                click.echo(f"making: {tasks:,} tasks ...")
                ours = settings.model_copy(update=servers | {"rate_limits": "off"})
                ours = _on_its_own(ours, number)
                fill(str(ours.database_url), tasks)
                sizes.append(stack.enter_context(ServiceProcess(ours)))
            yield from rows_of(*sizes)
    except EmbeddedServerError as error:
        raise NotMeasuredError(str(error)) from error


def rows_of(many: ServiceProcess, few: ServiceProcess) -> Iterator[Comparison]:
    """A row for each step, and one for the memory of an export."""
    for step in many.steps:
        if step in LONG:
            ours, theirs = many.do(step, 1), few.do(step, 5)
        else:
            ours, theirs = _in_turns(step, many, few)
        yield _row(step, "CPU ms", ours.seconds, theirs.seconds)
        if step == "Export of a task":
            yield _row("Peak memory of an export", "MiB", [ours.peak_mib], [theirs.peak_mib])


def _in_turns(step: str, many: ServiceProcess, few: ServiceProcess) -> tuple[StepCost, StepCost]:
    for each in (many, few):
        each.do(step, WARM_UP)
    pairs = [(many.do(step, AT_A_TIME), few.do(step, AT_A_TIME)) for _ in range(ROUNDS)]
    ours, theirs = (
        StepCost([each for cost in side for each in cost.seconds], side[-1].peak_mib)
        for side in zip(*pairs, strict=True)
    )
    return ours, theirs


def _row(name: str, unit: str, ours: list[float], theirs: list[float]) -> Comparison:
    if unit == "CPU ms":
        ours, theirs = [1000 * each for each in ours], [1000 * each for each in theirs]
    return Comparison(
        name=name,
        unit=unit,
        figure=median(ours),
        baseline=median(theirs),
        against=f"{FEW:,} tasks instead of {MANY:,}",
        bound="<=",
        target=TARGET,
        spread=f"{described(ours, '.3g')} and {described(theirs, '.3g')}",
    )


@contextmanager
def _servers() -> Iterator[dict[str, object]]:
    """Throw-away PostgreSQL and Redis, as settings."""
    with ExitStack() as cleanup:
        home = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="agelens-")))
        postgres = EmbeddedPostgres(home, durable=False)
        cleanup.callback(postgres.stop)
        redis = EmbeddedRedis(home)
        cleanup.callback(redis.stop)
        yield {
            "env": "development",
            "home": home,
            "database_url": postgres.start(),
            "redis_url": redis.start(),
            "secret_key": "only measured with",
            "metrics_dir": None,
        }


def _on_its_own(settings: Settings, number: int) -> Settings:
    """Databases of their own on the same servers; that of PostgreSQL is migrated."""
    server = make_url(str(settings.database_url))
    name = f"growth_{number}"
    server_url = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        # no helpers, whose time nobody would count
        connection.execute(
            f"alter database {name} set max_parallel_workers_per_gather = 0".encode()
        )
    url = server.set(database=name).render_as_string(hide_password=False)
    engine = open_engine(url)
    migrate(engine)
    with session_factory(engine).begin() as session:
        publishing.register_shipped(session)
    engine.dispose()
    redis_url = f"{settings.redis_url}?db={number}"
    return settings.model_copy(
        update={"database_url": url, "redis_url": redis_url, "home": settings.home / name}
    )
