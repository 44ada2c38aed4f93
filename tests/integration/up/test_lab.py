"""`agelens lab` beside a real AgeLens: whom the notebooks act for, and what JupyterLab is told."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from agelens.client import Client
from agelens.commands.lab import command
from agelens.commands.lab.credits import ENOUGH_CREDITS
from agelens.commands.lab.service import OF_THE_HOME
from agelens.settings import LabSettings
from proxies import free_port

from .conftest import PATIENCE_SECONDS, Up

pytestmark = pytest.mark.slow

Lab = Callable[..., Mapping[str, str]]


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AGELENS_", "JUPYTER")):
            monkeypatch.delenv(name)


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Run the command up to where it becomes JupyterLab; the environment that this would have."""
    became: list[tuple[Sequence[str], Mapping[str, str]]] = []

    def instead(_: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        became.append((arguments, environment))

    monkeypatch.setattr(command.os, "execve", instead)

    def run(**settings: Any) -> Mapping[str, str]:
        command.run(LabSettings(**settings), ["--no-browser"])
        arguments, environment = became[-1]
        assert arguments[-1] == "--no-browser"
        return environment

    return run


def client_in(environment: Mapping[str, str]) -> Client:
    return Client(environment["AGELENS_URL"], environment["AGELENS_TOKEN"])


@pytest.fixture
def fresh(running: Up) -> Up:
    """The AgeLens that runs, on a home where JupyterLab was never started."""
    (running.home / "lab.json").unlink(missing_ok=True)
    return running


def test_a_first_start_makes_an_account_with_enough_credits_and_says_so(
    fresh: Up, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = lab(home=fresh.home)
    assert environment["AGELENS_URL"] == fresh.url
    with client_in(environment) as client:
        email = client.me().email
        assert client.wallet.available == ENOUGH_CREDITS
        assert [token.name for token in client.tokens] == ["JupyterLab"]
    kept = fresh.home / "lab.json"
    said = capsys.readouterr().out
    assert str(email) in said
    assert str(kept) in said
    assert environment["AGELENS_TOKEN"] not in said
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_second_start_is_the_same_person_and_fills_up_what_was_spent(fresh: Up, lab: Lab) -> None:
    first = lab(home=fresh.home)
    with client_in(first) as client:
        example = client.models.example("kaggle-age")
        client.predict(example.answers, model="kaggle-age")
        assert client.wallet.available < ENOUGH_CREDITS
    second = lab(home=fresh.home)
    assert second["AGELENS_TOKEN"] == first["AGELENS_TOKEN"]
    with client_in(second) as client:
        assert client.wallet.available == ENOUGH_CREDITS


def test_a_revoked_token_is_replaced_and_the_person_stays(fresh: Up, lab: Lab) -> None:
    first = lab(home=fresh.home)
    with client_in(first) as client:
        email = client.me().email
        client.tokens.revoke(next(iter(client.tokens)).id)
    second = lab(home=fresh.home)
    assert second["AGELENS_TOKEN"] != first["AGELENS_TOKEN"]
    with client_in(second) as client:
        assert client.me().email == email


def test_who_was_erased_is_replaced_by_somebody_new(fresh: Up, lab: Lab) -> None:
    with client_in(lab(home=fresh.home)) as client:
        erased = client.me().email
        client.erase()
    with client_in(lab(home=fresh.home)) as client:
        assert client.me().email != erased
        assert client.wallet.available == ENOUGH_CREDITS


def test_somebodys_own_token_is_used_as_it_is_and_their_wallet_left_alone(
    fresh: Up, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    with Client(fresh.url, "") as client:
        client.register("own@example.org", "correct horse battery")
        client.login("own@example.org", "correct horse battery")
        token = str(client.tokens.create("mine").access_token)
        environment = lab(home=fresh.home, token=token)
        assert environment["AGELENS_TOKEN"] == token
        assert client.wallet.balance == 20  # those that `agelens up` welcomes people with
    assert "own@example.org, who has 20 credits" in capsys.readouterr().out
    assert not (fresh.home / "lab.json").exists()


def test_a_token_that_is_not_taken_is_named_and_jupyterlab_starts(
    fresh: Up, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab(home=fresh.home, token="agl_nobody")["AGELENS_TOKEN"] == "agl_nobody"
    assert "does not take AGELENS_TOKEN" in capsys.readouterr().out


def test_the_home_is_the_same_service_under_whatever_port_and_others_have_names_of_their_own(
    fresh: Up, lab: Lab, tmp_path: Path
) -> None:
    lab(home=fresh.home)
    lab(home=fresh.home, api_url=fresh.url)
    assert list(json.loads((fresh.home / "lab.json").read_text())) == [OF_THE_HOME]
    lab(home=tmp_path, api_url=fresh.url)  # from another home it is somebody else's
    assert list(json.loads((tmp_path / "lab.json").read_text())) == [fresh.url]


def test_without_an_agelens_it_says_what_to_start_and_jupyterlab_starts(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = lab(home=tmp_path / "none")
    assert not {"AGELENS_URL", "AGELENS_TOKEN"} & set(environment)
    assert "`make up` in another terminal" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_an_address_where_nobody_listens_is_said_and_jupyterlab_starts(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    environment = lab(home=tmp_path, api_url=address)
    assert environment["AGELENS_URL"] == address
    assert f"{address} does not answer" in capsys.readouterr().out


def test_it_becomes_a_jupyterlab_that_shows_the_notebooks(fresh: Up, tmp_path: Path) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    ours = {"AGELENS_HOME": str(fresh.home), "AGELENS_NOTEBOOKS": str(notebooks)}
    done = subprocess.run(
        [sys.executable, "-m", "agelens.cli", "lab", "--show-config-json"],
        env={**os.environ, **ours},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    said, _, config = done.stdout.partition("\n")
    assert "The notebooks work on" in said
    found = json.loads(config)
    assert found["ServerApp"]["root_dir"] == str(tmp_path.resolve())
    assert found["LabApp"]["default_url"] == "/lab/tree/notebooks"
