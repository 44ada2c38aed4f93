"""A notebook that runs when `agelens up` ends, in whatever way, ends with it."""

import signal
from pathlib import Path

import psutil
import pytest
from agelens.client import Client
from integration.retraining.notebook import orders, write_notebook

from .conftest import Start, Up, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def training(start: Start, tmp_path: Path) -> Up:
    """One whose trainer has a notebook under way that would take ten minutes."""
    up = start(AGELENS_NOTEBOOKS=str(write_notebook(tmp_path))).wait_ready()
    with Client(up.url) as client:
        client.login(*(up.credentials() or {}).values())
        requested = client.admin.retrain("kaggle-age", orders(tmp_path, sleep_seconds=600))
        assert wait_for(lambda: len(kernels(up)) == 1, 60), requested
    return up


def kernels(up: Up) -> list[psutil.Process]:
    (trainer,) = up.children("training")
    descendants = trainer.children(recursive=True)
    return [p for p in descendants if "agelens.jobs.notebooks.kernel" in p.cmdline()]


def test_ctrl_c_ends_the_notebook_too(training: Up) -> None:
    kernel = kernels(training)[0]
    assert training.end(signal.SIGINT) == 0
    assert not kernel.is_running()
    assert training.left() == []
    assert "killing it" not in training.said()


def test_a_killed_one_takes_the_notebook_along(training: Up) -> None:
    assert [line for line in training.left() if "agelens.jobs.notebooks.kernel" in line]
    training.process.kill()
    training.process.wait()
    assert wait_for(lambda: training.left() == [], 20), training.left()
