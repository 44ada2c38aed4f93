"""Which queues a worker takes."""

from collections.abc import Sequence

import pytest
from agelens.cli import cli
from agelens.jobs import worker
from click.testing import CliRunner, Result


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The queues of the workers that were started."""
    started: list[tuple[str, ...]] = []

    def main(queues: Sequence[str]) -> None:
        started.append(tuple(queues))

    monkeypatch.setattr(worker, "main", main)
    monkeypatch.setattr(worker, "train", lambda: started.append(("training",)))
    return started


def run(*queues: str) -> Result:
    servers = {"DATABASE_URL": "postgresql://nowhere/x", "REDIS_URL": "redis://nowhere"}
    return CliRunner().invoke(cli, ["worker", *queues], env=servers)


def test_a_worker_takes_predictions_and_cohorts_unless_told_otherwise(
    started: list[tuple[str, ...]],
) -> None:
    assert run().exit_code == run("cohorts").exit_code == 0
    assert started == [("predictions", "cohorts"), ("cohorts",)]


def test_training_is_for_workers_that_take_nothing_else(started: list[tuple[str, ...]]) -> None:
    assert run("training").exit_code == 0
    refused = run("predictions", "training")
    assert refused.exit_code == 2
    assert "nothing else" in refused.output
    assert started == [("training",)]


def test_an_unknown_queue_is_named(started: list[tuple[str, ...]]) -> None:
    refused = run("predictoins")
    assert refused.exit_code == 2
    assert "predictoins" in refused.output
    assert started == []
