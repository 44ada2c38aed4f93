"""The rows about starting and idling: imports, one row scored, `agelens up`, and what logins leave behind."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import click
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
from agelens.commands.up.server import EmbeddedServerError
from agelens.settings import Settings

from benchmarks import REPOSITORY
from benchmarks.comparison import Comparison, NotMeasuredError
from benchmarks.process_costs import environment, medians, tree_mib

ROUNDS, STARTS = 20, 5
READY_WITHIN_SECONDS, SETTLES_WITHIN_SECONDS, LOOK_EVERY_SECONDS = 120.0, 60.0, 3.0
MOST_IDLE_MIB, MOST_SCORE_SECONDS, HASH_MIB = 500.0, 0.25, 19.0
PYTHON = (sys.executable, "-c")
AGELENS = (sys.executable, "-m", "agelens.cli")
ROW = (
    "chronological_age,sex,albumin,creatinine,glucose,crp,lymphocytes,mcv,rdw,alkaline_phosphatase,wbc\n"
    "50,female,45,70,5.1,1.2,30,90,13,70,6\n"
)
LOGINS = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from agelens.services import passwords
def resident():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
kept = passwords.hash_password("correct horse battery")
before = resident()
with ThreadPoolExecutor(32) as threads:
    list(threads.map(lambda _: passwords.verify_password(kept, "a wrong one"), range(64)))
print(resident() - before)
"""


def measure(_: Settings) -> Iterator[Comparison]:
    """Every row, as it is measured.

    Raises
    ------
    NotMeasuredError
        If something does not start, or fails.
    """
    with _folder() as folder:
        yield from _imports()
        yield _one_row(folder)
        yield _logins()
        yield from _up(folder / "home")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="agelens-start-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _imports() -> Iterator[Comparison]:
    click.echo("measuring: imports ...")
    theirs, shown, imported = medians(
        ROUNDS,
        (*PYTHON, "import click, httpx"),
        (*AGELENS, "--help"),
        (*PYTHON, "from agelens.client import Client"),
    )
    for name, ours in (("agelens --help", shown), ("importing agelens.client's Client", imported)):
        yield Comparison(
            name=name,
            unit="CPU ms",
            figure=1000 * ours,
            baseline=1000 * theirs,
            against="importing click and httpx",
            bound="<=",
            target=1.3,
            spread=f"medians of {ROUNDS}",
        )


def _one_row(folder: Path) -> Comparison:
    click.echo("measuring: one row through agelens score ...")
    (folder / "row.csv").write_text(ROW)
    score = ("score", str(folder / "row.csv"), "--clock", "phenoage", "-o", str(folder / "o.csv"))
    libraries = "import numpy, pyarrow.compute, pyarrow.csv"
    ours, theirs = medians(ROUNDS, (*AGELENS, *score), (*PYTHON, libraries))
    return Comparison(
        name="one row through agelens score",
        unit="CPU s",
        figure=ours,
        baseline=MOST_SCORE_SECONDS,
        against="what is wanted at most",
        bound="<=",
        target=1.0,
        spread=f"medians of {ROUNDS}; importing numpy and pyarrow alone takes {theirs:.2f} s",
    )


def _logins() -> Comparison:
    click.echo("measuring: 64 logins ...")
    command = (*PYTHON, LOGINS)
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True
    )
    if done.returncode:
        raise NotMeasuredError(done.stderr[-500:])
    return Comparison(
        name="memory that 64 logins leave behind",
        unit="MiB",
        figure=max(float(done.stdout), 0.0),
        baseline=HASH_MIB,
        against="what one hash takes for a moment",
        bound="<=",
        target=1.0,
        spread="32 threads, one process",
    )


def _up(home: Path) -> Iterator[Comparison]:
    click.echo("measuring: agelens up ...")
    ours: list[float] = []
    theirs: list[float] = []
    with _running(home):
        pass  # the first start makes the database
    for _ in range(STARTS):
        theirs.append(_servers_seconds(home))
        started = time.perf_counter()
        with _running(home) as pid:
            ours.append(time.perf_counter() - started)
            idle = _idle_mib(pid) if len(ours) == STARTS else 0.0
    yield Comparison(
        name="second agelens up, to ready",
        unit="s",
        figure=median(ours),
        baseline=median(theirs),
        against="PostgreSQL and Redis alone",
        bound="<=",
        target=3.0,
        spread=f"{STARTS} starts each, {min(ours):.1f} to {max(ours):.1f} s",
    )
    yield Comparison(
        name="idle memory of agelens up, all processes",
        unit="MiB PSS",
        figure=idle,
        baseline=MOST_IDLE_MIB,
        against="what is wanted at most",
        bound="<=",
        target=1.0,
        spread="API, web app, 2 workers, trainer, scheduler, PostgreSQL, Redis",
    )


@contextmanager
def _running(home: Path) -> Iterator[int]:
    """The process of an `agelens up` that is ready; afterwards it has stopped."""
    given = environment(
        AGELENS_HOME=str(home), AGELENS_API_PORT="0", AGELENS_WEB_PORT="0", PYTHONUNBUFFERED="1"
    )
    with subprocess.Popen(
        (*AGELENS, "up"), cwd=REPOSITORY, env=given, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            said = []
            for line in process.stdout or ():
                said.append(line)
                if "is ready after" in line:
                    break
            else:
                raise NotMeasuredError(f"agelens up did not become ready: {''.join(said)[-500:]}")
            yield process.pid
        finally:
            process.terminate()


def _servers_seconds(home: Path) -> float:
    """From nothing until both answer, on the same data."""
    servers = (EmbeddedPostgres(home), EmbeddedRedis(home))
    started = time.perf_counter()
    try:
        for server in servers:
            server.spawn()
        while not all(server.ask() for server in servers):
            if time.perf_counter() - started > READY_WITHIN_SECONDS:
                raise NotMeasuredError("PostgreSQL and Redis did not start")
            time.sleep(0.02)
        return time.perf_counter() - started
    except EmbeddedServerError as error:
        raise NotMeasuredError(str(error)) from error
    finally:
        for server in servers:
            server.stop()


def _idle_mib(pid: int) -> float:
    """When it has stopped changing: the trainer starts after the others."""
    deadline = time.monotonic() + SETTLES_WITHIN_SECONDS
    before, found = 0.0, tree_mib(pid)
    while abs(found - before) > 0.01 * found and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)
        before, found = found, tree_mib(pid)
    return found
