"""Trainers that are killed or told to stop in the middle of a notebook: nothing is lost or left."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from agelens.client import Client, Retraining
from integration.recovery.stack import wait_for
from integration.retraining.conftest import MakeStack, TrainingStack
from integration.retraining.notebook import orders, printed

pytestmark = pytest.mark.slow

MODEL = "kaggle-age"
PATIENCE_SECONDS = 120  # of a busy machine
NOTHING = b'{"cells": []}'


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack) -> TrainingStack:
    """A service whose trainers the tests start, and stop."""
    return make_stack()


@pytest.fixture(scope="module")
def client(stack: TrainingStack) -> Iterator[Client]:
    with stack.admin() as client:
        yield client


@pytest.fixture
def trainer(stack: TrainingStack) -> Iterator[psutil.Process]:
    yield stack.start_trainer()
    stack.stop("trainer")
    assert stack.notebook_processes() == []


class Held:
    """A retraining whose notebook goes on for as long as it is held."""

    def __init__(self, client: Client, folder: Path) -> None:
        """Nothing is requested yet."""
        self._client, self._folder = client, folder
        self._begun, self._hold = folder / "begun", folder / "hold"

    def start(self, *, busy: bool = False, **said: Any) -> str:
        """Request it, and wait until its notebook obeys the orders."""
        self._hold.touch()
        places = {"begun": str(self._begun), "while_there": str(self._hold), "busy": busy}
        data = orders(self._folder, manifest={}, **places, **said)
        requested = self._client.admin.retrain(MODEL, data)
        wait_for(self._begun.exists, PATIENCE_SECONDS)
        assert self._client.admin.retraining(requested.id).status == "running"
        return requested.id

    def let_go(self) -> None:
        """The next attempt runs to its end."""
        self._hold.unlink()


@pytest.fixture
def held(client: Client, tmp_path: Path) -> Held:
    return Held(client, tmp_path)


def horse(trainer: psutil.Process) -> psutil.Process:
    (child,) = trainer.children()
    return child


def ended(client: Client, key: str) -> Retraining:
    return client.admin.wait_for_retraining(key, timeout=PATIENCE_SECONDS)


def nothing_runs(stack: TrainingStack) -> None:
    wait_for(lambda: stack.notebook_processes() == [], PATIENCE_SECONDS)


def taken(client: Client, key: str) -> None:
    """Wait until a trainer has it, and cancel it."""
    wait_for(lambda: client.admin.retraining(key).status == "running", PATIENCE_SECONDS)
    client.admin.cancel_retraining(key)


def test_a_killed_job_leaves_no_process_and_no_data_and_is_tried_again(
    client: Client, stack: TrainingStack, trainer: psutil.Process, held: Held
) -> None:
    key = held.start(start=True)
    before = stack.notebook_processes()
    assert len(before) >= 3  # papermill, its kernel, and what the kernel was told to start
    horse(trainer).kill()
    wait_for(lambda: not any(p.is_running() for p in before), PATIENCE_SECONDS)
    held.let_go()
    stack.long_ago(key, "lease_expires_at")
    found = ended(client, key)
    assert (found.status, found.attempts) == ("succeeded", 2)
    nothing_runs(stack)
    assert stack.scratch() == []


def test_a_killed_trainer_takes_even_a_busy_kernel_along_and_another_one_goes_on(
    client: Client, stack: TrainingStack, trainer: psutil.Process, held: Held
) -> None:
    key = held.start(busy=True, start=True)
    trainer.kill()
    nothing_runs(stack)
    assert client.admin.retraining(key).status == "running"
    held.let_go()
    stack.start_trainer()
    stack.long_ago(key, "lease_expires_at")
    found = ended(client, key)
    assert (found.status, found.attempts) == ("succeeded", 2)


def test_job_and_trainer_killed_at_once_leave_no_kernel(
    client: Client, stack: TrainingStack, trainer: psutil.Process, held: Held
) -> None:
    key = held.start(busy=True)
    child = horse(trainer)
    trainer.suspend()
    child.kill()
    trainer.kill()
    nothing_runs(stack)
    held.let_go()
    stack.start_trainer()
    stack.long_ago(key, "lease_expires_at")
    assert ended(client, key).attempts == 2
    assert stack.scratch() == []


def test_a_trainer_told_to_stop_at_once_gives_its_retraining_back(
    client: Client, stack: TrainingStack, trainer: psutil.Process, held: Held
) -> None:
    key = held.start()
    trainer.send_signal(signal.SIGQUIT)
    trainer.wait(PATIENCE_SECONDS)
    nothing_runs(stack)
    assert stack.scratch() == []
    given_back = client.admin.retraining(key)
    assert (given_back.status, given_back.attempts) == ("queued", 0)
    held.let_go()
    stack.start_trainer()
    stack.long_ago(key, "enqueued_at")
    found = ended(client, key)
    assert (found.status, found.attempts) == ("succeeded", 1)


def test_a_canceled_retraining_ends_its_notebook_and_frees_the_trainer(
    client: Client, stack: TrainingStack, trainer: psutil.Process, held: Held, tmp_path: Path
) -> None:
    key = held.start()
    assert client.admin.cancel_retraining(key).status == "canceled"
    nothing_runs(stack)
    assert trainer.is_running()
    taken(client, client.admin.retrain(MODEL, orders(tmp_path, manifest={})).id)
    canceled = client.admin.retraining(key)
    assert (canceled.status, canceled.candidate, canceled.error) == ("canceled", None, None)


def test_after_three_dead_trainers_a_retraining_fails_with_a_reason(
    client: Client, stack: TrainingStack, trainer: psutil.Process, held: Held
) -> None:
    key = held.start()
    for attempt in (1, 2, 3):
        wait_for(
            lambda a=attempt: client.admin.retraining(key).attempts == a,  # type: ignore[misc]
            PATIENCE_SECONDS,
        )
        child = horse(trainer)
        child.kill()
        child.wait(PATIENCE_SECONDS)  # else it might renew its lease once more
        stack.long_ago(key, "lease_expires_at")
    found = ended(client, key)
    assert found.status == "failed"
    assert found.error is not None
    assert found.error.code == "worker_lost"
    assert "3 times" in found.error.message


def test_a_retraining_survives_an_emptied_redis(
    client: Client, stack: TrainingStack, tmp_path: Path
) -> None:
    requested = client.admin.retrain(MODEL, orders(tmp_path, manifest={}))
    stack.servers.redis.kill()
    stack.servers.redis.start()
    assert client.admin.retraining(requested.id).status == "queued"
    stack.start_trainer()
    stack.long_ago(requested.id, "enqueued_at")
    assert ended(client, requested.id).status == "succeeded"
    stack.stop("trainer")


def test_what_takes_too_long_is_ended_and_its_notebook_kept(
    client: Client, stack: TrainingStack, tmp_path: Path
) -> None:
    data = orders(tmp_path, begun=str(tmp_path / "x"), while_there=str(tmp_path), busy=True)
    for seconds in (6, 12, 24, 48):  # as long as it takes this machine to come to the loop
        stack.start_trainer(training_seconds=seconds, lease_seconds=3)
        found = ended(client, client.admin.retrain(MODEL, data).id)
        stack.stop("trainer")
        assert found.error is not None
        assert found.error.code == "notebook_timeout"
        assert "AGELENS_TRAINING_SECONDS" in found.error.message
        assert found.attempts == 1, "its lease of 3 seconds was renewed"
        kept = client.admin.retraining_notebook(found.id) if found.has_notebook else NOTHING
        if "orders read" in printed(kept):
            break
    else:
        pytest.fail("nothing of the notebook was kept")
    nothing_runs(stack)
