"""Every process killed, frozen or restarted, in an order that a seed decides, under a load of tasks and cohorts.

`make test-faults` runs more seeds and prints the figures; the ordinary test run has one.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from integration.kept_cohorts import people
from integration.recovery.stack import BreakableStack

SEEDS = [int(seed) for seed in os.environ.get("AGELENS_TEST_SEEDS", "20261128").split(",")]
FAULTS = int(os.environ.get("AGELENS_TEST_FAULTS", "12"))
PANEL = {"systolic_bp": 134, "bone_density": 0.9, "vision_sharpness": 0.5, "hearing_ability": 40}
FIRST_CREDITS = 10_000
COHORT_ROWS = 30
SINGLES_A_ROUND = 6
ENDED = ("succeeded", "failed", "canceled")
LEASE_SECONDS = 3.0
FROZEN_SECONDS = LEASE_SECONDS + 1.0  # past the lease
STUCK_SECONDS = 120.0  # without an end of anything: then it is stuck
PARTS = {
    "api": ("api",),
    "scheduler": ("scheduler",),
    "worker-1": ("worker",),
    "worker-2": ("worker",),
}


@dataclass
class Figures:
    """What is printed at the end."""

    seed: int
    injected: Counter[str] = field(default_factory=Counter)
    seen_by_callers: Counter[str] = field(default_factory=Counter)
    recovered_after: list[float] = field(default_factory=list)

    def lines(self, lost: int, double: int, stuck: int) -> Iterator[str]:
        yield f"seed {self.seed}: {self.injected.total()} faults: {dict(self.injected)}"
        yield f"  lost {lost}, charged twice {double}, stuck {stuck}"
        longest = max(self.recovered_after, default=0.0)
        yield f"  longest time until ready again, after the load that met the fault: {longest:.1f} s"
        yield f"  what callers saw: {dict(self.seen_by_callers)}"


class Story:
    """One stack, one person, and what happens to both."""

    def __init__(self, stack: BreakableStack, http: httpx.Client, seed: int) -> None:
        self.stack, self.http = stack, http
        self.chance = random.Random(seed)
        self.figures = Figures(seed)
        self.tasks: list[str] = []
        self.cohorts: list[str] = []
        self.mending: tuple[float, Callable[[], object]] | None = None

    def load(self) -> None:
        """Submit singles and a cohort; a request that is not answered is sent again with its key."""
        for _ in range(SINGLES_A_ROUND):
            answer = self._until_accepted("/api/tasks/predict", json={"answers": PANEL})
            self.tasks.append(answer["task_id"])
        files = {"file": ("people.csv", people(COHORT_ROWS), "text/csv")}
        answer = self._until_accepted(
            "/api/cohorts", files=files, data={"model": "kaggle-age", "id_column": "patient"}
        )
        self.cohorts.append(answer["id"])

    def _until_accepted(self, path: str, **body: Any) -> dict[str, Any]:
        key, began = f"{self.chance.getrandbits(64):x}", time.monotonic()
        while True:
            self.keep_running()
            try:
                answer = self.http.post(path, headers={"Idempotency-Key": key}, **body)
                self.figures.seen_by_callers[str(answer.status_code)] += 1
                if answer.status_code == 202:
                    found: dict[str, Any] = answer.json()
                    return found
                assert answer.status_code in (409, 503, 507), answer.text
            except httpx.TransportError as error:
                self.figures.seen_by_callers[type(error).__name__] += 1
            assert time.monotonic() - began < STUCK_SECONDS, self._why(path)
            time.sleep(0.2)

    def _why(self, path: str) -> str:
        log = (self.stack.logs / "api.log").read_text(errors="replace")[-3000:]
        return f"{path} is not accepted any more after {self.figures}\n{log}"

    def break_something(self) -> None:
        """One fault; what was killed comes back as a supervisor would bring it back."""
        faults = [
            *(("kill", name) for name in PARTS),
            ("freeze", "worker-1"),
            ("freeze", "scheduler"),
            ("empty", "redis"),
            ("kill", "redis"),
            ("restart", "postgres"),
        ]
        what, where = self.chance.choice(faults)
        self.figures.injected[f"{what} {where}"] += 1
        servers, later = self.stack.servers, self.chance.uniform(0.2, 2.0)
        if what == "empty":
            _redis(self.stack).flushall()
        elif where == "redis":
            servers.redis.kill()
            self._afterwards(later, servers.redis.start)
        elif where == "postgres":
            servers.postgres.stop()
            self._afterwards(later, servers.postgres.start)
        elif what == "kill":
            self.stack.parts[where].kill()
        else:
            part = self.stack.parts[where]
            part.send_signal(signal.SIGSTOP)
            self._afterwards(FROZEN_SECONDS, lambda: part.send_signal(signal.SIGCONT))

    def _afterwards(self, seconds: float, mend: Callable[[], object]) -> None:
        """In this thread: the servers die with the thread that started them."""
        self.mending = (time.monotonic() + seconds, mend)

    def wait_until_ready(self) -> None:
        """Until everything that is needed for a prediction is there again."""
        began = time.monotonic()
        while self.mending is not None or not self.stack.answers("/readyz"):
            self.keep_running()
            assert time.monotonic() - began < STUCK_SECONDS, "never ready again"
            time.sleep(0.1)
        self.figures.recovered_after.append(time.monotonic() - began)

    def keep_running(self) -> None:
        """Start again whatever has ended, and mend what is due."""
        if self.mending is not None and time.monotonic() > self.mending[0]:
            mend, self.mending = self.mending[1], None
            mend()
        for name, command in PARTS.items():
            part = self.stack.parts.get(name)
            if part is None or part.poll() is not None:
                self.stack.start_part(name, *command)

    def ended(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Every task and cohort, once it has ended; those that never do are left out."""
        found: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        last = time.monotonic()
        kinds = (("tasks", self.tasks, found[0]), ("cohorts", self.cohorts, found[1]))
        while time.monotonic() - last < STUCK_SECONDS:
            self.keep_running()
            for kind, ids, done in kinds:
                for key in ids:
                    if key not in done:
                        shown = self.http.get(f"/api/{kind}/{key}").raise_for_status().json()
                        if shown["status"] in ENDED:
                            done[key] = shown
                            last = time.monotonic()
            if all(len(done) == len(ids) for _, ids, done in kinds):
                break
            time.sleep(0.2)
        return found


def _redis(stack: BreakableStack) -> Any:
    from redis import Redis

    return Redis.from_url(str(stack.settings.redis_url))


def has_every_row(http: httpx.Client, cohort: dict[str, Any]) -> bool:
    """Whether the file of a succeeded cohort has an answer for each person."""
    path = f"/api/cohorts/{cohort['id']}/results?format=json"
    rows = http.get(path).raise_for_status().json()
    answered = [row for row in rows if row["prediction"] is not None]
    return len(answered) == cohort["rows_scored"] == COHORT_ROWS


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_stuck_or_paid_twice(
    make_stack: Callable[..., BreakableStack], seed: int
) -> None:
    stack = make_stack(lease_seconds=LEASE_SECONDS, sweep_seconds=0.5)
    with stack.person() as http:
        story = Story(stack, http, seed)
        story.keep_running()
        story.wait_until_ready()
        for _ in range(FAULTS):
            story.break_something()
            story.load()
            story.wait_until_ready()
        tasks, cohorts = story.ended()
        balance = http.get("/api/wallet").json()
        whole = [has_every_row(http, c) for c in cohorts.values() if c["status"] == "succeeded"]
    everything = [*tasks.values(), *cohorts.values()]
    stuck = len(story.tasks) + len(story.cohorts) - len(everything)
    due = sum(each["price"] for each in everything if each["status"] == "succeeded")
    spent = FIRST_CREDITS - balance["balance"]
    double = max(0, spent - due)
    lost = sum(each["status"] == "canceled" for each in everything) + whole.count(False)
    print(*story.figures.lines(lost, double, stuck), sep="\n")
    assert (lost, double, stuck) == (0, 0, 0)
    assert spent == due, "what succeeded is paid for, and nothing else"
    assert balance["held"] == 0
    failed = [each["error"] for each in everything if each["status"] == "failed"]
    assert all(error["code"] == "worker_lost" for error in failed), failed
    audit = stack.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr
