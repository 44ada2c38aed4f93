"""The `agelens` command. Each subcommand imports what it needs when it runs."""

import sys
from pathlib import Path
from typing import TypeVar, overload

import click
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from agelens import __version__
from agelens.domain.errors import AgeLensError, InvalidInput
from agelens.settings import LabSettings, Settings, WebSettings, one_thread, variable

S = TypeVar("S", bound=BaseSettings)

FilePath = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@click.version_option(__version__)
def cli() -> None:
    """Biological age from health biomarkers, with every number explained."""


@cli.command()
def up() -> None:
    """Run everything: PostgreSQL, Redis, API, workers, trainer, scheduler, web app."""
    from agelens.commands.up.command import run

    sys.exit(run(_settings()))


@cli.command()
def api() -> None:
    """Serve the API."""
    from agelens.commands.api import run

    run(_connected())


@cli.command()
def dash() -> None:
    """Serve the web app, for the API at AGELENS_URL."""
    settings = _settings(WebSettings)
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

    run(_read(LabSettings), arguments)


@cli.command()
@click.argument("queues", nargs=-1)
def worker(queues: tuple[str, ...]) -> None:
    """Take jobs from QUEUES (default: predictions and cohorts); training needs a worker alone."""
    from agelens.queueing.queue import IN_PROCESS, QUEUES, TRAINING

    if TRAINING not in queues:
        one_thread()  # before numpy is loaded
    from agelens.jobs.worker import main as work
    from agelens.jobs.worker import train

    _connected()
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

    _connected()
    schedule()


@cli.command()
def migrate() -> None:
    """Bring the database up to date and publish the shipped clocks."""
    from agelens.commands import database

    database.migrate(_settings())


@cli.command()
def audit() -> None:
    """Recompute every wallet from its ledger; exits 1 on any difference."""
    from agelens.commands import database

    sys.exit(1 if database.run_audit(_settings()) else 0)


@cli.command()
def demo() -> None:
    """Show two people and an administrator at work; exits 1 if anything is not as it should be."""
    from agelens.commands.demo import run

    sys.exit(run(_settings()))


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

    sys.exit(run(_settings(), only))


@cli.command()
@click.argument("data", type=FilePath)
@click.option(
    "--clock",
    default="kaggle-age",
    show_default=True,
    help="Name of a shipped clock, or a bundle directory.",
)
@click.option(
    "--columns",
    type=click.Choice(["agelens", "kaggle", "bioage-r"]),
    default="agelens",
    show_default=True,
    help="Whose column names and units: ours, the Kaggle file's, the R package BioAge's.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A .csv or .parquet file; stdout when not given.",
)
def score(data: Path, clock: str, columns: str, out: Path | None) -> None:
    """Score DATA (.csv or .parquet) offline; no server is needed.

    Rows keep their order; one that cannot be scored says why in the column error, and how many
    there are goes to stderr. Exits 0 when the answers were written, even if no row could be scored,
    and 1 when the file, its header or the clock cannot be used.
    """
    from agelens.commands.score import run

    sys.exit(run(data, clock, columns, out))


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


@cli.group()
def users() -> None:
    """People and their credits."""


@users.command("list")
def list_users() -> None:
    """Show people and their credits."""
    from agelens.commands import database

    database.list_users(_settings())


@users.command("create-admin")
@click.argument("email")
def create_admin(email: str) -> None:
    """Create an administrator (password: AGELENS_ADMIN_PASSWORD, else made up and shown once)."""
    from agelens.commands import database

    database.create_admin(_settings(), email)


@users.command("topup")
@click.argument("email")
@click.argument("amount", type=int)
def topup(email: str, amount: int) -> None:
    """Add credits to a wallet."""
    from agelens.commands import database

    database.topup(_settings(), email, amount)


@users.command("adjust", context_settings={"ignore_unknown_options": True})
@click.argument("email")
@click.argument("amount", type=int)
@click.option("--reason", required=True)
def adjust(email: str, amount: int, reason: str) -> None:
    """Correct a balance by AMOUNT (may be negative)."""
    from agelens.commands import database

    database.adjust(_settings(), email, amount, reason)


@users.command("refund")
@click.argument("which", metavar="ID")
@click.option("--reason", required=True)
def refund(which: str, reason: str) -> None:
    """Give back what a task or a cohort cost, once."""
    from agelens.commands import database

    database.refund(_settings(), which, reason)


@cli.group()
def models() -> None:
    """Published clocks."""


@models.command("list")
def list_models() -> None:
    """Show every published version."""
    from agelens.commands import database

    database.list_models(_settings())


@models.command("publish")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help="Even if its figure is worse than the active one's, or it declares none.",
)
def publish(directory: Path, force: bool) -> None:
    """Check the bundle in DIRECTORY and publish it."""
    from agelens.commands import database

    database.publish(_settings(), directory, force=force)


@models.command("activate")
@click.argument("name")
@click.argument("version")
def activate(name: str, version: str) -> None:
    """Let new tasks use VERSION of clock NAME."""
    from agelens.commands import database

    database.activate(_settings(), name, version)


@models.command("rollback")
@click.argument("name")
def roll_back(name: str) -> None:
    """Return to the version of clock NAME that was active before."""
    from agelens.commands import database

    database.roll_back(_settings(), name)


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


def _connected() -> Settings:
    """Settings of a process that needs both servers and starts neither."""
    settings = _settings()
    for name in ("database_url", "redis_url"):
        if getattr(settings, name) is None:
            raise click.ClickException(
                f"{name.upper()} is not set. `agelens up` starts everything that is needed."
            )
    return settings


@overload
def _settings() -> Settings: ...
@overload
def _settings(kind: type[WebSettings]) -> WebSettings: ...
def _settings(kind: type[Settings | WebSettings] = Settings) -> Settings | WebSettings:
    settings = _read(kind)
    from agelens.logs import configure_logs

    configure_logs(settings.log_format)
    return settings


def _read(kind: type[S]) -> S:
    try:
        return kind()
    except ValidationError as error:
        raise click.ClickException(_in_words(kind, error)) from error


def _in_words(kind: type[BaseSettings], error: ValidationError) -> str:
    return "; ".join(f"{_named(kind, e['loc'])}: {e['msg']}" for e in error.errors())


def _named(kind: type[BaseSettings], place: tuple[int | str, ...]) -> str:
    """The environment variable behind a setting."""
    name = str(place[0]) if place else "settings"
    return variable(kind, name) if name in kind.model_fields else name


if __name__ == "__main__":
    main()
