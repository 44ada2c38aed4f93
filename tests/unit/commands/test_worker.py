"""Which queues a worker takes."""

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest
from agelens.cli import cli
from agelens.jobs import worker
from agelens.native_threads import ONE_THREAD
from click.testing import CliRunner, Result


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The queues of the workers that were started."""
    started: list[tuple[str, ...]] = []

    def main(queues: Sequence[str]) -> None:
        started.append(tuple(queues))

    for name in ONE_THREAD:
        monkeypatch.setenv(name, "7")  # so that it is put back as it was afterwards
        monkeypatch.delenv(name)
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


def test_scoring_takes_one_thread_so_that_workers_do_not_wait_for_each_others_processors(
    started: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("training")
    assert "OPENBLAS_NUM_THREADS" not in os.environ
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    run()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["MKL_NUM_THREADS"] == "3"


@pytest.mark.slow
def test_a_worker_says_so_before_numpy_is_loaded() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, agelens.cli, agelens.queueing.queue; print('numpy' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "False\n"
