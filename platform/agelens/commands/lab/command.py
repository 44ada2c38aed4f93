"""`agelens lab`: connect, say as whom, and become JupyterLab."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from agelens.client import ClientError, Unauthenticated
from agelens.commands.lab import credits
from agelens.commands.lab.researcher import Accounts
from agelens.commands.lab.service import Service, find
from agelens.settings import LabSettings, connected

# Files chosen in a widget arrive; no news, and no question whether to fetch them; nor, beside Dash,
# which brings an extension of JupyterLab along, the question whether to build it, in a dialog that
# blocks all clicks.
QUIET = Path(__file__).with_name("jupyter")


def run(settings: LabSettings, arguments: Sequence[str]) -> None:
    """Replace this process by JupyterLab (exec), which gets the arguments."""
    if find_spec("jupyterlab") is None:
        raise click.ClickException("JupyterLab is not installed: pip install 'agelens[lab]'")
    command = [sys.executable, "-m", "jupyterlab", *_options(settings), *arguments]
    environment = connected(_connect(settings))
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [str(QUIET), *filter(None, [environment.get("JUPYTER_CONFIG_PATH")])]
    )
    sys.stdout.flush()
    # the command is our own Python with what the person at the terminal typed
    os.execve(sys.executable, command, environment)  # noqa: S606


def _options(settings: LabSettings) -> list[str]:
    """The notebooks in the file browser, with what their links lead to beside them."""
    notebooks = settings.notebooks.expanduser().resolve()
    as_root = ["--allow-root"] if os.geteuid() == 0 else []
    return [
        f"--ServerApp.root_dir={notebooks.parent}",
        f"--LabApp.default_url=/lab/tree/{notebooks.name}",
        *as_root,
    ]


def _connect(settings: LabSettings) -> LabSettings:
    """The settings with address and token in them, as far as they could be had."""
    service = find(settings)
    if service is None:
        click.echo(
            f"No AgeLens runs on {settings.home.expanduser().resolve()}. JupyterLab starts without "
            "one. The researcher's notebook needs one: start it with `make up` in another terminal, "
            "then this again; or set AGELENS_URL."
        )
        return settings
    try:
        token = _introduce(service, settings)
    except ClientError as error:
        click.echo(f"The notebooks are not connected. {error}")
        token = settings.token
    return settings.model_copy(update={"api_url": service.address, "token": token})


def _introduce(service: Service, settings: LabSettings) -> str | None:
    """Say who works where with how many credits; the token of that person."""
    if settings.token:
        try:
            with service.client(settings.token) as client:
                _say(service, client.me().email, client.wallet.available, "of AGELENS_TOKEN")
        except Unauthenticated:
            click.echo(f"{service.address} does not take AGELENS_TOKEN: is it expired, or revoked?")
        return settings.token
    accounts = Accounts(settings.home)
    researcher = accounts.researcher(service)
    with service.client(str(researcher.token)) as client:
        refusal = credits.provide(client, researcher.email)
        _say(service, researcher.email, client.wallet.available, f"kept in {accounts.path}")
    if refusal:
        click.echo(refusal)
    return researcher.token


def _say(service: Service, email: str | None, available: int, account: str) -> None:
    click.echo(
        f"The notebooks work on {service.address} as {email}, who has {available:,} credits. "
        f"The account is {account}."
    )
