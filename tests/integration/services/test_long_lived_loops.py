"""Loops that run for as long as their process: no error of the operating system ends them."""

import threading
import time

import pytest
from agelens.jobs import scheduler
from agelens.jobs.lease_renewal import LeaseRenewal
from agelens.queueing import JobQueue, heartbeat
from agelens.queueing.heartbeat import SCHEDULER, Heartbeat, alive
from sqlalchemy.orm import Session

PATIENCE_SECONDS = 30.0


def write_on_a_full_disk() -> None:
    """OSError: No space left on device."""
    with open("/dev/full", "wb", buffering=0) as full:
        full.write(b"x")


class FullAtFirst:
    """A step that meets a full disk twice, and then does not."""

    def __init__(self) -> None:
        self.calls = 0
        self.succeeded = threading.Event()

    def __call__(self, *_: Session) -> bool:
        self.calls += 1
        if self.calls <= 2:
            write_on_a_full_disk()
        self.succeeded.set()
        return True


@pytest.mark.usefixtures("_jobs_know_the_servers")
def test_a_lease_goes_on_being_renewed() -> None:
    renew = FullAtFirst()
    with LeaseRenewal(renew, 0.5) as lease:
        assert renew.succeeded.wait(PATIENCE_SECONDS)
        assert not lease.lost.is_set()


def test_a_heartbeat_goes_on(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.05)
    with Heartbeat(queue.redis, "a-scheduler", [SCHEDULER], is_well=FullAtFirst()):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not alive(queue.redis, SCHEDULER) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert alive(queue.redis, SCHEDULER) == ["a-scheduler"]


@pytest.mark.usefixtures("_jobs_know_the_servers")
def test_a_scheduler_puts_a_step_off(queue: JobQueue) -> None:
    step = FullAtFirst()
    assert [scheduler._attempt("anything", step, queue) for _ in range(3)] == [False, False, True]
