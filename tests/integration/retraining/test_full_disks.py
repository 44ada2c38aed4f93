"""A disk that is full while a notebook runs: the retraining waits for room and uses up no attempt."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from agelens.client import Client
from integration.recovery.disks import fill, free, mount_or_skip
from integration.recovery.stack import wait_for
from integration.retraining.conftest import MakeStack, TrainingStack
from integration.retraining.notebook import orders

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 120  # of a busy machine


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack) -> TrainingStack:
    """A service without a trainer."""
    return make_stack()


@pytest.fixture
def disk(stack: TrainingStack) -> Iterator[Path]:
    """A small disk on which the retrainings have their folders."""
    with ExitStack() as cleanup:
        place = mount_or_skip(32, cleanup)
        link = stack.settings.home / "retrainings"
        link.symlink_to(place)
        cleanup.callback(link.unlink)
        yield place


@pytest.fixture
def trainer(stack: TrainingStack, disk: Path) -> Iterator[psutil.Process]:
    yield stack.start_trainer()
    stack.stop("trainer")


def test_a_retraining_that_meets_a_full_disk_is_tried_again_as_if_it_had_not_begun(
    client: Client, stack: TrainingStack, trainer: psutil.Process, disk: Path, tmp_path: Path
) -> None:
    begun, hold = tmp_path / "begun", tmp_path / "hold"
    hold.touch()
    data = orders(tmp_path, manifest={}, begun=str(begun), while_there=str(hold))
    key = client.admin.retrain("kaggle-age", data).id
    wait_for(begun.exists, PATIENCE_SECONDS)
    first = stack.notebook_processes()
    fill(disk)
    hold.unlink()
    wait_for(lambda: not any(p.is_running() for p in first), PATIENCE_SECONDS)
    free(disk)
    found = client.admin.wait_for_retraining(key, timeout=PATIENCE_SECONDS)
    assert (found.status, found.attempts) == ("succeeded", 1)
