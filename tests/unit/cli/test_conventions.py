"""What holds for every command of `agelens`, also for one that is added tomorrow."""

import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from .commands_of import AWAY, COMMANDS, LEAVES, called, examples, run

OPENED = ("people.csv", "kaggle_train.csv", "NHANES4.parquet")  # files that examples name
# of commands that work on the database: a call that is right in form
ON_THE_DATABASE = (
    "migrate",
    "audit",
    "audit --files",
    "storage claim --yes",
    "users list",
    "users create-admin head@example.org",
    "users topup anna@example.org 5",
    "users reset-link anna@example.org",
    "users adjust anna@example.org 5 --reason because",
    "users refund 0198c0de-7a11-7e57-8000-000000000000 --reason because",
    "users block anna@example.org",
    "users unblock anna@example.org",
    "users promote anna@example.org",
    "users demote anna@example.org",
    "models list",
    "models activate kaggle-age 1.1.0",
    "models rollback kaggle-age",
    "models price kaggle-age 15",
)


def one_error(result: Result, exit_code: int) -> str:
    """The error of a call that ended so, in one line on standard error, without a traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == exit_code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").rstrip("\n")


@pytest.mark.parametrize("path", COMMANDS, ids=called)
def test_help_says_what_a_command_does_and_shows_an_example_of_it(path: tuple[str, ...]) -> None:
    shown = run(*path, "--help")
    assert shown.exit_code == 0
    assert COMMANDS[path].get_short_help_str(200).endswith(".")
    calls = examples(COMMANDS[path])
    assert calls
    assert all(tuple(call[: len(path)]) == path for call in calls)


@pytest.mark.parametrize("path", COMMANDS, ids=called)
def test_the_examples_can_be_called(
    path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-bundle").mkdir()
    for name in OPENED:
        (tmp_path / name).touch()
    reached: list[dict[str, Any]] = []
    for command in LEAVES.values():
        monkeypatch.setattr(command, "callback", lambda **given: reached.append(given))
    for call in examples(COMMANDS[path]):
        done = run(*call)
        assert done.exit_code == 0, done.output
        assert reached.pop() is not None


@pytest.mark.parametrize("path", COMMANDS, ids=called)
def test_an_unknown_option_is_a_wrong_call(path: tuple[str, ...]) -> None:
    if path in {("lab",), ("bench",), ("users", "adjust")}:
        pytest.skip("takes what begins with a dash: options that are handed on, negative amounts")
    message = one_error(run(*path, "--no-such-option"), 2)
    assert "--no-such-option" in message
    assert message.endswith("--help`.")


@pytest.mark.parametrize(
    "path", [p for p, c in COMMANDS.items() if isinstance(c, click.Group)], ids=called
)
def test_an_unknown_command_is_a_wrong_call(path: tuple[str, ...]) -> None:
    assert "No such command 'nonsense'" in one_error(run(*path, "nonsense"), 2)


@pytest.mark.parametrize(
    "path", [p for p, c in LEAVES.items() if any(x.required for x in c.params)], ids=called
)
def test_a_missing_argument_is_a_wrong_call(path: tuple[str, ...]) -> None:
    assert one_error(run(*path), 2).startswith("Missing ")


@pytest.mark.parametrize(
    "call",
    [
        "score absent.csv",
        "train kaggle --data absent.csv --out new",
        "train phenoage --data absent.parquet --out new",
        "train kaggle --data people.csv --out new --validation absent.csv",
        "models publish absent",
    ],
)
def test_a_file_that_is_not_there_is_a_wrong_call(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("sex\nfemale\n")
    assert "absent" in one_error(run(*shlex.split(call), **AWAY), 2)


@pytest.mark.parametrize(
    "call",
    [
        "score people.csv --clock horoscope",
        "score people.csv --clock phenoage@0.0.0",
        "train horoscope --data people.csv --out new",
        "worker horoscope",
    ],
)
def test_a_name_that_nobody_knows_is_a_wrong_call(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("sex\nfemale\n")
    message = one_error(run(*shlex.split(call), **AWAY), 2)
    assert "horoscope" in message or "0.0.0" in message


@pytest.mark.parametrize("path", LEAVES, ids=called)
def test_a_setting_that_makes_no_sense_is_a_wrong_call(
    path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path in {("score",), ("train",), ("bench",)}:
        pytest.skip("reads no settings")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-bundle").mkdir()
    variable = {("lab",): "AGELENS_URL"}.get(path, "AGELENS_WEB_PORT")
    call = examples(LEAVES[path])[0]
    message = one_error(run(*call, **AWAY, **{variable: "eighty"}), 2)
    assert message.startswith(f"{variable}: ")


@pytest.mark.parametrize("variable", ["DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize("command", ["up", "api", "scheduler", "worker", "audit"])
def test_an_address_of_something_else_is_a_wrong_call_and_is_not_repeated(
    command: str, variable: str
) -> None:
    address = {variable: "mysql://me:secret@example.org/x"}
    message = one_error(run(command, **(AWAY | address)), 2)
    assert message.startswith(f"{variable} must begin with ")
    assert "secret" not in message


@pytest.mark.parametrize("command", ["api", "scheduler", "worker"])
def test_a_process_of_the_service_needs_both_addresses(command: str) -> None:
    missing = {"DATABASE_URL": None, "REDIS_URL": None}
    assert one_error(run(command, **missing), 2).startswith("DATABASE_URL is not set")


@pytest.mark.parametrize("call", ON_THE_DATABASE)
def test_a_database_that_is_away_fails_the_job(call: str) -> None:
    message = one_error(run(*shlex.split(call), **AWAY), 1)
    assert message.startswith("PostgreSQL does not answer: ")


@pytest.mark.parametrize("call", ON_THE_DATABASE)
def test_without_any_database_the_message_says_how_to_get_one(call: str, tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": None, "AGELENS_HOME": str(tmp_path / "home")}
    message = one_error(run(*shlex.split(call), **nowhere), 1)
    assert "no `agelens up` runs on" in message


def test_every_command_on_the_database_is_tried_without_it() -> None:
    tried = {tuple(call.split()[: 2 if call.startswith(("users", "models")) else 1])
             for call in ON_THE_DATABASE}  # fmt: skip
    groups = {path for path in LEAVES if path[0] in {"users", "models"}}
    assert groups <= tried | {("models", "publish")}


def test_a_missing_package_is_told_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(**_: object) -> None:
        raise ModuleNotFoundError("No module named 'x.y'", name="x.y")

    for path, extra in ((("score",), "score"), (("users", "list"), "server")):
        monkeypatch.setattr(LEAVES[path], "callback", absent)
        message = one_error(run(*examples(LEAVES[path])[0]), 1)
        assert message.endswith(f"needs x, which is not installed: pip install 'agelens[{extra}]'")


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(LEAVES[("audit",)], "callback", broken)
    assert isinstance(run("audit").exception, ZeroDivisionError)


def test_ctrl_c_ends_a_command_with_the_shells_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LEAVES[("audit",)], "callback", interrupted)
    done = run("audit")
    assert done.exit_code == 130
    assert done.stderr.strip() == "Error: interrupted."
