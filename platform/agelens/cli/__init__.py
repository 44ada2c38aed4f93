"""The `agelens` command. Each subcommand imports what it needs when it runs."""

import sys
from pathlib import Path

import click

from agelens import __version__
from agelens.cli.models import models
from agelens.cli.process_settings import connected_settings, process_settings, read_settings
from agelens.cli.score import score
from agelens.cli.users import users
from agelens.domain.errors import AgeLensError, InvalidInput
from agelens.settings import LabSettings, WebSettings, one_thread

FilePath = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@click.version_option(__version__)
def cli() -> None:
    """Biological age from health biomarkers, with every number explained."""


@cli.command()
def up() -> None:
    """Run everything: PostgreSQL, Redis, API, workers, trainer, scheduler, web app."""
    from agelens.commands.up.command import run

    sys.exit(run(process_settings()))


@cli.command()
def api() -> None:
    """Serve the API."""
    from agelens.commands.api import run

    run(connected_settings())


@cli.command()
def dash() -> None:
    """Serve the web app, for the API at AGELENS_URL."""
    settings = process_settings(WebSettings)
    try:
        from agelens.commands.dash import run

        run(settings)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("agelens", "dash_app")):
            raise
        raise click.ClickException(
            f"the web app needs {error.name}, which is not installed: pip install 'agelens[web]'"
        ) from error


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open the notebooks in JupyterLab, which gets ARGUMENTS, connected as somebody with credits."""
    from agelens.commands.lab import run

    run(read_settings(LabSettings), arguments)


@cli.command()
@click.argument("queues", nargs=-1)
def worker(queues: tuple[str, ...]) -> None:
    """Take jobs from QUEUES (default: predictions and cohorts); training needs a worker alone."""
    from agelens.queueing.queue import IN_PROCESS, QUEUES, TRAINING

    if TRAINING not in queues:
        one_thread()  # before numpy is loaded
    from agelens.jobs.worker import main as work
    from agelens.jobs.worker import train

    connected_settings()
    if unknown := set(queues) - set(QUEUES):
        raise click.BadParameter(
            f"unknown queue {', '.join(sorted(unknown))}; known: {', '.join(QUEUES)}"
        )
    if set(queues) == {TRAINING}:
        train()
    elif TRAINING in queues:
        raise click.BadParameter(f"{TRAINING} is for workers that take nothing else")
    else:
        work(queues or IN_PROCESS)


@cli.command()
def scheduler() -> None:
    """Find what was lost, every few seconds."""
    from agelens.jobs.scheduler import main as schedule

    connected_settings()
    schedule()


@cli.command()
def migrate() -> None:
    """Bring the database up to date and publish the shipped clocks."""
    from agelens.commands import database

    database.migrate(process_settings())


@cli.command()
def audit() -> None:
    """Recompute every wallet from its ledger; exits 1 on any difference."""
    from agelens.commands import database

    sys.exit(1 if database.run_audit(process_settings()) else 0)


@cli.command()
def demo() -> None:
    """Show two people and an administrator at work; exits 1 if anything is not as it should be."""
    from agelens.commands.demo import run

    sys.exit(run(process_settings()))


@cli.command()
@click.option(
    "--only",
    type=click.Choice(["clocks", "service", "cohorts"]),
    help="The clocks, on one core, or the service or cohorts, on throw-away servers; all when not given.",
)
def bench(only: str | None) -> None:
    """Measure the clocks against trees explained by shap, the service against RQ doing nothing,
    cohorts against the clock alone."""
    from agelens.commands.bench import run

    sys.exit(run(process_settings(), only))


@cli.command()
@click.argument("clock")
@click.option("--data", required=True, help="A file, a folder of NHANES files, or kagglehub.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--version", help="Of the bundle; a published version is never replaced.")
@click.option(
    "--validation",
    type=click.Path(exists=True, path_type=Path),
    help="Other people, on whom the trained clock is measured.",
)
def train(clock: str, data: str, out: Path, version: str | None, validation: Path | None) -> None:
    """Train CLOCK (kaggle, mortality, phenoage, kdm, dysregulation) and write its bundle."""
    from agelens.commands.train import run

    sys.exit(run(clock, data, out, version, validation))


cli.add_command(score)
cli.add_command(users)
cli.add_command(models)


def main() -> None:
    """The console script: AgeLens' own errors become one line, not a traceback."""
    try:
        cli(standalone_mode=True)
    except InvalidInput as error:
        for problem in error.problems:
            click.echo(f"error: {problem.field}: {problem.message}", err=True)
        sys.exit(2)
    except AgeLensError as error:
        click.echo(f"error: {error.detail}", err=True)
        sys.exit(2)
