"""The commands of `agelens`, found in click's own tree, and how a test calls them."""

import inspect
import shlex
from collections.abc import Iterator

import click
from agelens.cli import cli
from click.testing import CliRunner, Result

AWAY = {  # nothing listens on port 1
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1",
}


def every_command(
    command: click.Command = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command and group under its path, without the program's name."""
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from every_command(child, (*path, name))


COMMANDS = dict(every_command())
LEAVES = {path: each for path, each in COMMANDS.items() if not isinstance(each, click.Group)}


def called(path: tuple[str, ...]) -> str:
    """A command's name in the report of a test."""
    return "-".join(path) or "agelens"


def run(*arguments: str, **environment: str | None) -> Result:
    """One call, as from a shell."""
    return CliRunner().invoke(cli, arguments, env=environment, prog_name="agelens")


def examples(command: click.Command) -> list[list[str]]:
    """The calls under "Example:" in a command's help, without the program's name."""
    _, _, shown = inspect.cleandoc(command.help or "").partition("\nExample")
    lines = [line.strip() for line in shown.splitlines()[1:] if line.strip()]
    calls = [shlex.split(line) for line in lines]
    assert all(call[0] == "agelens" for call in calls)
    return [call[1:] for call in calls]
