"""The `agelens` command. Each subcommand imports what it needs when it runs.

Exit codes and the form of errors are in `agelens.cli.errors`.
"""

import sys
from pathlib import Path

import click

from agelens.cli.backups import backup, restore
from agelens.cli.errors import WRONG_CALL, CommandError, ReportingGroup
from agelens.cli.models import models
from agelens.cli.process_settings import connected_settings, process_settings, read_settings
from agelens.cli.score import score
from agelens.cli.storage import storage
from agelens.cli.users import users
from agelens.version import __version__


@click.group("agelens", cls=ReportingGroup)
@click.version_option(__version__)
def cli() -> None:
    """Biological age from health biomarkers, with every number explained.

    Exit codes: 0 done, 1 the job failed, 2 the call is wrong. Errors are one line on standard error
    that begins "Error:".

    \b
    Example:
      agelens score people.csv --clock phenoage -o ages.csv
    """


@cli.command()
def up() -> None:
    """Run everything: PostgreSQL, Redis, API, workers, trainer, scheduler, web app.

    Blocks until Ctrl-C; the data stay in AGELENS_HOME. What is set by DATABASE_URL and REDIS_URL is
    used, not started.

    \b
    Example:
      agelens up
    """
    from agelens.commands.up.command import run

    sys.exit(run(process_settings(), lambda command: cli(command, prog_name="agelens")))


@cli.command()
def status() -> None:
    """Show what runs on AGELENS_HOME; exits 1 unless everything is healthy.

    Processes, addresses, PostgreSQL, Redis and the queues of the AgeLens that `agelens up` started.

    \b
    Example:
      agelens status
    """
    settings = process_settings()
    from agelens.commands.up.status import run

    run(settings)


@cli.command()
def stop() -> None:
    """Stop what `agelens up` started on AGELENS_HOME and wait for its end; the data stay.

    Harmless when nothing runs.

    \b
    Example:
      agelens stop
    """
    settings = process_settings()
    from agelens.commands.up.stop import run

    run(settings)


@cli.command()
def api() -> None:
    """Serve the API; needs DATABASE_URL and REDIS_URL.

    \b
    Example:
      agelens api
    """
    from agelens.commands import lean_imports

    lean_imports.without_terminal_packages()
    from agelens.commands.api import run

    run(connected_settings())


@cli.command()
def dash() -> None:
    """Serve the web app for the API at AGELENS_URL.

    \b
    Example:
      agelens dash
    """
    from agelens.commands import lean_imports
    from agelens.settings import WebSettings

    lean_imports.without_terminal_packages()
    settings = process_settings(WebSettings)
    from agelens.commands.dash import run

    run(settings)


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open the notebooks in JupyterLab, logged in as somebody with credits.

    ARGUMENTS are handed to JupyterLab.

    \b
    Example:
      agelens lab --no-browser --port=8899
    """
    from agelens.commands.lab import run
    from agelens.settings import LabSettings

    run(read_settings(LabSettings), arguments)


@cli.command()
@click.argument("queues", nargs=-1)
def worker(queues: tuple[str, ...]) -> None:
    """Run jobs from QUEUES (default: predictions and cohorts).

    The queue training needs a worker of its own.

    \b
    Examples:
      agelens worker
      agelens worker training
    """
    from agelens.commands import lean_imports
    from agelens.native_threads import one_thread

    lean_imports.without_terminal_packages()
    from agelens.queueing.queue import IN_PROCESS, QUEUES, TRAINING

    if TRAINING not in queues:
        one_thread()  # before numpy is loaded
        lean_imports.without_pandas()
    from agelens.jobs.worker import main as work
    from agelens.jobs.worker import train

    if unknown := set(queues) - set(QUEUES):
        raise CommandError(
            f"There is no queue {', '.join(sorted(unknown))}; known: {', '.join(QUEUES)}.",
            WRONG_CALL,
        )
    if TRAINING in queues and set(queues) != {TRAINING}:
        raise CommandError(f"{TRAINING} is for workers that take nothing else.", WRONG_CALL)
    connected_settings()
    if TRAINING in queues:
        train()
    else:
        work(queues or IN_PROCESS)


@cli.command()
def scheduler() -> None:
    """Re-queue lost tasks and start scheduled retrainings, every AGELENS_SWEEP_SECONDS.

    \b
    Example:
      agelens scheduler
    """
    from agelens.commands import lean_imports

    lean_imports.without_terminal_packages()
    lean_imports.without_pandas()
    from agelens.jobs.scheduler import main as schedule

    connected_settings()
    schedule()


@cli.command()
def migrate() -> None:
    """Upgrade the database schema and publish the shipped clocks.

    \b
    Example:
      agelens migrate
    """
    from agelens.commands import database

    database.migrate(process_settings())


@cli.command()
@click.option("--files", is_flag=True, help="Also compare the files of cohorts with the database.")
def audit(files: bool) -> None:
    """Recompute every wallet from its ledger; exits 1 on any difference.

    With --files also lists result files that are missing, and folders of cohorts that the database
    does not know, as after a restore. Nothing is changed or deleted.

    \b
    Examples:
      agelens audit
      agelens audit --files
    """
    from agelens.commands import database

    sys.exit(1 if database.run_audit(process_settings(), files=files) else 0)


@cli.command()
@click.option("--yes", is_flag=True, help="Do not ask before a running AgeLens is added to.")
def demo(yes: bool) -> None:
    """Show two people and an administrator at work; exits 1 if a check fails.

    Where `agelens up` runs, the demo says what it adds to that database, and asks. Elsewhere it
    starts throw-away servers and leaves nothing behind.

    \b
    Examples:
      agelens demo
      agelens demo --yes
    """
    from agelens.commands.demo import run

    sys.exit(run(process_settings(), yes=yes))


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def bench(options: tuple[str, ...]) -> None:
    """Run the benchmarks, as `make bench` does; needs the repository.

    OPTIONS are --only clocks|service|cohorts|growth|start and --record.

    \b
    Example:
      agelens bench --only clocks
    """
    from agelens.commands.bench import run

    sys.exit(run(options))


@cli.command()
@click.argument("clock")
@click.option("--data", required=True, help="A file, a folder of NHANES files, or kagglehub.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--version", help="Of the bundle; a published version is never replaced.")
@click.option(
    "--validation",
    type=click.Path(exists=True, path_type=Path),
    help="Other people, on whom the trained clock is measured.",
)
@click.option(
    "--clock",
    "of",
    help="Of `reference`: NAME, NAME@VERSION or a bundle; every shipped one when not given.",
)
@click.option(
    "--ethnicity", help="Of `reference`: white, black, mexican-american or other people only."
)
def train(
    clock: str,
    data: str,
    out: Path,
    version: str | None,
    validation: Path | None,
    of: str | None,
    ethnicity: str | None,
) -> None:
    """Train CLOCK, any shipped one, and write its bundle.

    With `reference` as CLOCK no clock is trained: the age gaps of the people in DATA are summarised
    into a percentile reference. Survey weights are used where DATA has them.

    \b
    Example:
      agelens train kaggle --data kaggle_train.csv --version 1.2.0 --out my-bundle
      agelens train reference --data nhanes-xpt/ --clock kdm --out kdm-reference.json
    """
    from agelens.commands.train import run, run_reference

    if clock == "reference":
        run_reference(data, out, of, version=version, ethnicity=ethnicity, validation=validation)
    elif of is not None or ethnicity is not None:
        raise click.UsageError("--clock and --ethnicity are of `agelens train reference`")
    else:
        run(clock, data, out, version, validation)


cli.add_command(score)
cli.add_command(users)
cli.add_command(models)
cli.add_command(storage)
cli.add_command(backup)
cli.add_command(restore)


def main() -> None:
    """The console script, also as `python -m agelens.cli`."""
    cli(prog_name="agelens")
