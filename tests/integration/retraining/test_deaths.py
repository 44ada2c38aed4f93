"""Trainers that are killed or told to stop in the middle of a notebook: nothing is lost or left."""

import signal
import time
from collections.abc import Callable, Iterator
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
ENDS_WITHIN_SECONDS = 5


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


@pytest.fixture
def running(
    client: Client, stack: TrainingStack, trainer: psutil.Process, tmp_path: Path
) -> Callable[..., str]:
    """Request a retraining and wait until its notebook obeys the orders."""

    def start(**said: Any) -> str:
        requested = client.admin.retrain(MODEL, orders(tmp_path, manifest={}, **said))
        wait_for(lambda: client.admin.retraining(requested.id).status == "running", 20)
        # papermill, its kernel, and what the kernel was told to start
        wait_for(lambda: len(stack.notebook_processes()) == 2 + ("start" in said), 30)
        time.sleep(1.5)
        return requested.id

    return start


def horse(trainer: psutil.Process) -> psutil.Process:
    (child,) = trainer.children()
    return child


def ended(client: Client, key: str) -> Retraining:
    return client.admin.wait_for_retraining(key, timeout=60)


def nothing_runs(stack: TrainingStack) -> None:
    wait_for(lambda: stack.notebook_processes() == [], ENDS_WITHIN_SECONDS)


def test_a_killed_job_leaves_no_process_and_no_data_and_is_tried_again(
    client: Client,
    stack: TrainingStack,
    trainer: psutil.Process,
    running: Callable[..., str],
) -> None:
    key = running(sleep_seconds=6, start=True)
    before = stack.notebook_processes()
    horse(trainer).kill()
    wait_for(lambda: not any(p.is_running() for p in before), ENDS_WITHIN_SECONDS)
    found = ended(client, key)
    assert (found.status, found.attempts) == ("succeeded", 2)
    nothing_runs(stack)
    assert stack.scratch() == []


def test_a_killed_trainer_takes_even_a_busy_kernel_along_and_another_one_goes_on(
    client: Client,
    stack: TrainingStack,
    trainer: psutil.Process,
    running: Callable[..., str],
) -> None:
    key = running(busy_seconds=5, start=True)
    trainer.kill()
    nothing_runs(stack)
    assert client.admin.retraining(key).status == "running"
    stack.start_trainer()
    found = ended(client, key)
    assert (found.status, found.attempts) == ("succeeded", 2)


def test_job_and_trainer_killed_at_once_leave_no_kernel(
    client: Client,
    stack: TrainingStack,
    trainer: psutil.Process,
    running: Callable[..., str],
) -> None:
    key = running(busy_seconds=5)
    child = horse(trainer)
    trainer.suspend()
    child.kill()
    trainer.kill()
    nothing_runs(stack)
    stack.start_trainer()
    assert ended(client, key).attempts == 2
    assert stack.scratch() == []


def test_a_trainer_told_to_stop_at_once_gives_its_retraining_back(
    client: Client,
    stack: TrainingStack,
    trainer: psutil.Process,
    running: Callable[..., str],
) -> None:
    key = running(sleep_seconds=4)
    trainer.send_signal(signal.SIGQUIT)
    trainer.wait(ENDS_WITHIN_SECONDS)
    nothing_runs(stack)
    assert stack.scratch() == []
    given_back = client.admin.retraining(key)
    assert (given_back.status, given_back.attempts) == ("queued", 0)
    stack.start_trainer()
    found = ended(client, key)
    assert (found.status, found.attempts) == ("succeeded", 1)


def test_a_canceled_retraining_ends_its_notebook_and_frees_the_trainer(
    client: Client,
    stack: TrainingStack,
    trainer: psutil.Process,
    running: Callable[..., str],
    tmp_path: Path,
) -> None:
    key = running(sleep_seconds=600)
    assert client.admin.cancel_retraining(key).status == "canceled"
    nothing_runs(stack)
    assert trainer.is_running()
    following = client.admin.retrain(MODEL, orders(tmp_path, manifest={}))
    assert ended(client, following.id).status == "succeeded"
    canceled = client.admin.retraining(key)
    assert (canceled.status, canceled.candidate, canceled.error) == ("canceled", None, None)


def test_after_three_dead_trainers_a_retraining_fails_with_a_reason(
    client: Client, stack: TrainingStack, trainer: psutil.Process, running: Callable[..., str]
) -> None:
    key = running(sleep_seconds=600)
    for attempt in (1, 2, 3):
        wait_for(lambda a=attempt: client.admin.retraining(key).attempts == a, 30)  # type: ignore[misc]
        wait_for(lambda: trainer.children() != [], 10)
        horse(trainer).kill()
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
    assert ended(client, requested.id).status == "succeeded"
    stack.stop("trainer")


def test_what_takes_too_long_is_ended_and_its_notebook_kept(
    make_stack: MakeStack, tmp_path: Path
) -> None:
    impatient = make_stack(training_seconds=8.0)
    impatient.start_trainer()
    with impatient.admin() as client:
        requested = client.admin.retrain(MODEL, orders(tmp_path, busy_seconds=600))
        found = ended(client, requested.id)
        assert found.error is not None
        assert found.error.code == "notebook_timeout"
        assert "AGELENS_TRAINING_SECONDS" in found.error.message
        assert "orders read" in printed(client.admin.retraining_notebook(found.id))
    nothing_runs(impatient)
