"""Exit codes and error messages, the same for every command.

0: done. 1: the job failed. 2: the call is wrong, so that the same call fails again: an unknown option,
a file that is not there, a clock, version, user or queue that nobody knows, a setting that makes no
sense. 130 and 143 are the shell's own codes of Ctrl-C and SIGTERM.

An error is one line on standard error that begins "Error:". What is not expected here is a bug and
keeps its traceback.
"""

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from agelens.domain.errors import AgeLensError, ScoringError, Unavailable

FAILED = 1
WRONG_CALL = 2
INTERRUPTED = 130

# the extra of `pip install` that brings what a command imports; the others need "server"
EXTRAS = {
    "dash": "web",
    "demo": "server,embedded",
    "lab": "lab",
    "score": "score",
    "status": "server,embedded",
    "stop": "server,embedded",
    "train": "train",
    "up": "server,embedded,web",
}
OURS = ("agelens", "dash_app", "model_training")


class CommandError(click.ClickException):
    """An error in words, with its exit code."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code  # type: ignore[misc]  # as click.exceptions.Exit does


class ReportingGroup(click.Group):
    """A group of commands whose expected errors become one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            command_error = in_words(error, ctx.invoked_subcommand or "")
            if command_error is None:
                raise
            raise command_error from error

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Click's own, but a wrong call is told in one line, without the usage above it."""
        run: Any = partial(
            super().main, args, prog_name, complete_var, standalone_mode=False, **extra
        )
        if not standalone_mode:
            return run()
        try:
            code: Any = run()
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(f"Error: {_message(error)}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("Error: interrupted.", err=True)
            sys.exit(INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def _message(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message} See `{error.ctx.command_path} --help`."
    return message


def in_words(error: Exception, command: str = "") -> CommandError | None:
    """What went wrong, with its exit code; None for what nobody foresaw."""
    if isinstance(error, Unavailable | ScoringError):
        return CommandError(str(error))
    if isinstance(error, AgeLensError):
        return CommandError(str(error), WRONG_CALL)
    if isinstance(error, BrokenPipeError):  # whoever reads, such as head, has seen enough: click's
        return None
    if isinstance(error, ModuleNotFoundError):
        return _missing_package(error, command)
    if isinstance(error, OSError):
        return CommandError(_of_the_system(error))
    return _of_a_server(error) or _of_the_stack(error)


def _missing_package(error: ModuleNotFoundError, command: str) -> CommandError | None:
    name = (error.name or "").split(".")[0]
    if not name or name in OURS:
        return None
    extra = EXTRAS.get(command, "server")
    return CommandError(
        f"`agelens {command}` needs {name}, which is not installed: pip install 'agelens[{extra}]'"
    )


def _of_the_system(error: OSError) -> str:
    if error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__


def _of_a_server(error: Exception) -> CommandError | None:
    """PostgreSQL and Redis, whose libraries are imported only where they were used."""
    if "sqlalchemy" in sys.modules:
        from sqlalchemy import exc

        if isinstance(error, exc.ArgumentError | exc.NoSuchModuleError):
            return CommandError(f"DATABASE_URL is not a PostgreSQL address: {error}", WRONG_CALL)
        if isinstance(error, exc.ProgrammingError) and _lacks_tables(error):
            return CommandError(
                "The database has not the tables of this version: run `agelens migrate`."
            )
        if isinstance(error, exc.OperationalError | exc.InterfaceError | exc.TimeoutError):
            reason = getattr(error, "orig", None) or error
            return CommandError(f"PostgreSQL does not answer: {reason}")
    if "redis" in sys.modules:
        from redis.exceptions import RedisError

        if isinstance(error, RedisError):
            return CommandError(f"Redis does not answer: {error}")
    return None


def _lacks_tables(error: Exception) -> bool:
    sqlstate = getattr(getattr(error, "orig", None), "sqlstate", None)
    return sqlstate in {"42P01", "42703"}  # undefined table, undefined column


def _of_the_stack(error: Exception) -> CommandError | None:
    """Servers and processes that a command starts itself."""
    for module, name in (
        ("agelens.commands.up.server", "EmbeddedServerError"),
        ("agelens.commands.up.ports", "PortInUseError"),
        ("agelens.commands.stack", "PartFailedError"),
    ):
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return CommandError(str(error))
    return None
