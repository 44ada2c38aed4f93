"""Workers killed at the worst moments, Redis killed and emptied: nothing lost, nothing paid twice."""

import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from integration.recovery.stack import BreakableStack

SEED = 20_261_123
TASKS = 200
WORKERS = 3
REDIS_IS_AWAY_SECONDS = 6.0  # longer than clients try again
LOST_SECONDS = 120.0  # without an end of any task; how long all take depends on the machine
DEATHS, KINDS = 15, 4  # fewer would not mean anything
PANEL = {"systolic_bp": 134, "bone_density": 0.9, "vision_sharpness": 0.5, "hearing_ability": 40}


class Breaker:
    """Keeps workers running as a supervisor would, and kills them as fate would."""

    def __init__(self, stack: BreakableStack, moments: Path, probability: float) -> None:
        self.stack, self.moments, self.probability = stack, moments, probability
        self.chance = random.Random(SEED)
        self.started = 0
        self.kills_from_outside = 0
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def crashes(self) -> Counter[str]:
        """How often workers died, by the moment."""
        return Counter(self.moments.read_text().splitlines())

    @property
    def has_done_enough(self) -> bool:
        """Whether what was survived means anything."""
        died = self.crashes
        return len(died) >= KINDS and died.total() + self.kills_from_outside >= DEATHS

    def round(self, *, dangerous: bool) -> None:
        """Replace dead workers; now and then kill one that lives."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < WORKERS:
            self.started += 1
            probability = self.probability if dangerous else 0.0
            self.workers.append(
                self.stack.script(
                    "crashing_worker.py", SEED + self.started, probability, self.moments
                )
            )
        if dangerous and self.chance.random() < 0.03:
            self.chance.choice(self.workers).kill()
            self.kills_from_outside += 1


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("batch", "probability"), [(1, 0.05), (32, 0.15)])
def test_every_task_ends_and_is_charged_at_most_once(
    make_stack: Callable[..., BreakableStack], tmp_path: Path, batch: int, probability: float
) -> None:
    stack = make_stack(lease_seconds=3.0, sweep_seconds=0.5, prediction_batch=batch)
    moments = tmp_path / "moments"
    moments.touch()
    breaker = Breaker(stack, moments, probability)
    breaker.round(dangerous=True)
    with stack.person() as http:
        ids = submit_and_break_redis(stack, breaker, http)
        tasks = wait_for_all(http, ids, breaker)
        balance = http.get("/api/wallet").json()
    print(f"killed from outside: {breaker.kills_from_outside}; inside: {dict(breaker.crashes)}")
    assert breaker.has_done_enough, "too few moments were hit to mean anything"
    states = Counter(task["status"] for task in tasks.values())
    assert set(states) <= {"succeeded", "failed"}
    assert states["succeeded"] > TASKS / 2
    for task in tasks.values():
        assert task["charged"] == (task["price"] if task["status"] == "succeeded" else 0)
        assert (task["result"] is not None) == (task["status"] == "succeeded")
    spent = sum(task["charged"] for task in tasks.values())
    assert balance == {"balance": 10_000 - spent, "held": 0, "available": 10_000 - spent}
    audit = stack.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr


def submit_and_break_redis(
    stack: BreakableStack, breaker: Breaker, http: httpx.Client
) -> list[str]:
    """Submit all tasks; Redis dies after a third of them and comes back empty a while later."""
    ids = []
    died_at = None
    for number in range(TASKS):
        if number == TASKS // 3:
            stack.servers.redis.kill()
            died_at = time.monotonic()
        answer = http.post("/api/tasks/predict", json={"answers": PANEL})
        assert answer.status_code == 202, answer.text
        ids.append(answer.json()["task_id"])
        breaker.round(dangerous=True)
    assert died_at is not None
    while time.monotonic() < died_at + REDIS_IS_AWAY_SECONDS:
        breaker.round(dangerous=True)
        time.sleep(0.1)
    stack.servers.redis.start()
    return ids


def wait_for_all(http: httpx.Client, ids: list[str], breaker: Breaker) -> dict[str, Any]:
    """Look until every task has ended; the killing stops once it was enough, as fate does."""
    tasks: dict[str, Any] = {}
    last_ended = time.monotonic()
    while len(tasks) < len(ids):
        since = time.monotonic() - last_ended
        assert since < LOST_SECONDS, f"{len(ids) - len(tasks)} tasks never ended"
        breaker.round(dangerous=len(tasks) < len(ids) / 2 or not breaker.has_done_enough)
        for task_id in ids:
            if task_id not in tasks:
                task = http.get(f"/api/tasks/{task_id}").raise_for_status().json()
                if task["status"] not in ("queued", "running"):
                    tasks[task_id] = task
                    last_ended = time.monotonic()
        time.sleep(0.2)
    return tasks
