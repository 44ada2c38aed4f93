"""`agelens lab` where people cannot add credits themselves, and where no server is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from agelens.client import Client
from agelens.commands.lab import command
from agelens.commands.lab.credits import ENOUGH_CREDITS, provide
from click.testing import CliRunner
from unit.client.stub import client_of, problem

SERVER = ["flask", "sqlalchemy", "redis", "rq", "structlog", "dash", "psycopg"]
START = f"""
import os, sys
sys.modules.update(dict.fromkeys({SERVER}))  # importing one of them fails
os.execve = lambda program, arguments, environment: print(" ".join(arguments))
from agelens.cli import main
main()
"""


def wallet(available: int, topup: httpx.Response) -> Client:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return topup
        balance = {"balance": available, "held": 0, "available": available}
        return httpx.Response(200, json=balance)

    return client_of(answer)


def test_where_only_administrators_add_credits_it_says_what_to_ask_for() -> None:
    with wallet(1_000, problem(403, "forbidden")) as client:
        words = provide(client, "ada@example.org")
    assert words is not None
    assert f"add {ENOUGH_CREDITS - 1_000:,} to the wallet of ada@example.org" in words


def test_a_lower_cap_is_told_in_the_services_words() -> None:
    errors = [{"pointer": "/amount", "field": "amount", "message": "must be at most 100 credits"}]
    with wallet(0, problem(422, "invalid_input", errors=errors)) as client:
        words = provide(client, "ada@example.org")
    assert words is not None
    assert "must be at most 100 credits" in words


def test_who_has_enough_is_given_nothing() -> None:
    with wallet(ENOUGH_CREDITS, problem(500, "no top-up is asked for")) as client:
        assert provide(client, "ada@example.org") is None


def test_it_needs_no_package_of_the_server(tmp_path: Path) -> None:
    ours = {k: v for k, v in os.environ.items() if not k.startswith("AGELENS_")}
    done = subprocess.run(
        [sys.executable, "-c", START, "lab", "--port=1"],
        env={**ours, "AGELENS_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "-m jupyterlab" in done.stdout
    assert "--port=1" in done.stdout


@pytest.mark.slow
def test_notebooks_see_nothing_of_the_services_own_settings(tmp_path: Path) -> None:
    secrets = {
        "DATABASE_URL": "postgresql://u:hidden@db/agelens",
        "REDIS_URL": "redis://:hidden@queue/0",
        "AGELENS_SECRET_KEY": "hidden",
        "AGELENS_SMTP_PASSWORD": "hidden",
        "AGELENS_ADMIN_PASSWORD": "hidden",
        "PGPASSWORD": "hidden",
        "AWS_SECRET_ACCESS_KEY": "hidden",
    }
    theirs = {"AGELENS_URL": "http://127.0.0.1:9", "AGELENS_TOKEN": "mine", "MY_DATA": "/data"}
    (tmp_path / "jupyterlab").mkdir()
    # a JupyterLab that only tells what it was given
    (tmp_path / "jupyterlab" / "__main__.py").write_text(
        "import json, os; print('GIVEN', json.dumps(dict(os.environ)))"
    )
    (tmp_path / "jupyterlab" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "agelens.cli", "lab"],
        env={**os.environ, **secrets, **theirs, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout.partition("GIVEN ")[2])
    assert given.items() >= theirs.items()
    assert not given.keys() & secrets.keys()
    assert "hidden" not in " ".join(given.values())


def test_without_jupyterlab_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from agelens.cli import cli

    monkeypatch.setattr(command, "find_spec", lambda name: None)
    done = CliRunner().invoke(cli, ["lab"])
    assert done.exit_code == 1
    assert "pip install 'agelens[lab]'" in done.output


def test_the_questions_of_jupyterlab_are_settled_by_files_in_the_package() -> None:
    page = json.loads((command.QUIET / "labconfig" / "page_config.json").read_text())
    assert page["buildCheck"] is page["buildAvailable"] is False
