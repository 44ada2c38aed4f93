"""A service under load to which faults happen, and what became of everything that was accepted."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from integration.kept_cohorts import people
from integration.people import PANEL
from integration.recovery.disks import fill
from integration.recovery.stack import BreakableStack

COHORT_ROWS = 30
SINGLES_A_ROUND = 6
ROUNDS_PER_RETRAINING = 4
ENDED = ("succeeded", "failed", "canceled")
LOST = {"status": "lost", "price": 0}  # the service does not know it any more
STUCK_SECONDS = 120.0  # without an end of anything: then it is stuck
RETRAINED = "kaggle-age"
ORDERS = b'{"manifest": {}, "sleep_seconds": 1}'  # to the notebook of the tests
KINDS = {
    "tasks": "/api/tasks",
    "cohorts": "/api/cohorts",
    "retrainings": "/api/admin/retrainings",
}


@dataclass
class Part:
    """How to start a process of the service; `variables` and `directory` are those of its host."""

    command: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    directory: Path | None = None


def parts() -> dict[str, Part]:
    """The processes of a service on one host."""
    return {
        "api": Part(("api",)),
        "scheduler": Part(("scheduler",)),
        "worker-1": Part(("worker",)),
        "worker-2": Part(("worker",)),
        # a notebook's kernel needs its time to start on a busy machine, so it has a longer lease
        "trainer": Part(("worker", "training"), {"AGELENS_LEASE_SECONDS": "10"}),
    }


@dataclass
class Figures:
    """What is printed at the end."""

    name: str
    injected: Counter[str] = field(default_factory=Counter)
    seen_by_callers: Counter[str] = field(default_factory=Counter)
    recovered_after: dict[str, float] = field(default_factory=dict)
    rolled_back: int = 0  # accepted after a backup that was restored later
    not_injected: dict[str, str] = field(default_factory=dict)

    def lines(self, work: Counter[str], lost: int, double: int, stuck: int) -> Iterator[str]:
        yield f"{self.name}: {self.injected.total()} faults under {dict(work)}"
        yield f"  injected {dict(self.injected)}"
        yield from (f"  not injected: {fault}: {why}" for fault, why in self.not_injected.items())
        yield f"  lost {lost}, charged twice {double}, stuck {stuck}, rolled back by a restore {self.rolled_back}"
        slowest = sorted(self.recovered_after.items(), key=lambda each: -each[1])
        seconds = ", ".join(f"{fault} {seconds:.1f}" for fault, seconds in slowest)
        yield f"  seconds from the break, or what mended it, until the load was accepted and all ready: {seconds}"
        yield f"  what callers saw: {dict(self.seen_by_callers)}"


def _last_words(log: str) -> str:
    lines = [line for line in log.splitlines() if "request failed" not in line]
    return "\n".join(lines[-40:])


class Story:
    """One stack, one person, one administrator, and what happens to them."""

    def __init__(
        self, stack: BreakableStack, http: httpx.Client, admin: httpx.Client, figures: Figures
    ) -> None:
        """Nothing happens yet."""
        self.stack, self.http, self.admin, self.figures = stack, http, admin, figures
        self.chance = random.Random(figures.name)
        self.parts = parts()
        self.down: set[str] = set()  # parts that are not started again for the time being
        self.accepted: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.disk: Path | None = None  # the home's, where it has one of its own
        self.is_full = False
        self.forgotten_cohorts: list[str] = []  # newer than a dump that was restored
        self._due: list[tuple[float, Callable[[], object]]] = []
        self._rounds = 0
        self._last_change = time.monotonic()  # of what is broken

    @property
    def home(self) -> Path:
        """The service's."""
        return self.stack.settings.home

    def load(self) -> None:
        """Submit singles, a cohort and now and then a retraining."""
        for _ in range(SINGLES_A_ROUND):
            answer = self._until_accepted(self.http, "/api/tasks/predict", json={"answers": PANEL})
            self.accepted["tasks"].append(answer["task_id"])
        files = {"file": ("people.csv", people(COHORT_ROWS), "text/csv")}
        said = {"model": RETRAINED, "id_column": "patient"}
        answer = self._until_accepted(self.http, "/api/cohorts", files=files, data=said)
        self.accepted["cohorts"].append(answer["id"])
        if self._rounds % ROUNDS_PER_RETRAINING == 0:
            files = {"data": ("orders.json", ORDERS, "application/octet-stream")}
            path = KINDS["retrainings"]
            answer = self._until_accepted(self.admin, path, files=files, data={"model": RETRAINED})
            self.accepted["retrainings"].append(answer["id"])
        self._rounds += 1

    def _until_accepted(self, http: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
        """Send a request; one that is not answered, or refused for now, again with its key."""
        key, began = f"{self.chance.getrandbits(64):x}", time.monotonic()
        while True:
            self.keep_running()
            try:
                answer = http.post(path, headers={"Idempotency-Key": key}, **body)
                self.figures.seen_by_callers[str(answer.status_code)] += 1
                if answer.status_code == 202:
                    found: dict[str, Any] = answer.json()
                    return found
                assert answer.status_code in (409, 503, 507), answer.text + self._why(path)
            except httpx.TransportError as error:
                self.figures.seen_by_callers[type(error).__name__] += 1
            assert time.monotonic() - began < STUCK_SECONDS, self._why(path)
            time.sleep(0.2)

    def _why(self, path: str) -> str:
        logs = {log: log.read_text(errors="replace") for log in self.stack.logs.glob("*.log")}
        ends = [f"== {log.name}\n{_last_words(text)}" for log, text in logs.items()]
        return "\n".join([f"\n{path}: {self.stack.said('/readyz')} {self.figures}", *ends])

    def afterwards(self, seconds: float, mend: Callable[[], object]) -> None:
        """Do this later, in this thread: the servers die with the thread that started them."""
        self._due.append((time.monotonic() + seconds, mend))

    def keep_running(self) -> None:
        """Do what is due, and start again whatever has ended, as a supervisor would."""
        while due := self._next_due():
            self._due.remove(due)
            due[1]()
            self._last_change = time.monotonic()
        if self.is_full and self.disk is not None:
            fill(self.disk)
        for name, part in self.parts.items():
            process = self.stack.parts.get(name)
            if name not in self.down and (process is None or process.poll() is not None):
                self.stack.start_on(name, part.command, part.variables, part.directory)

    def _next_due(self) -> tuple[float, Callable[[], object]] | None:
        """One at a time: what is done may itself call `keep_running`."""
        return next((each for each in self._due if time.monotonic() > each[0]), None)

    def kill(self, *names: str) -> None:
        """Kill parts, which stay down."""
        self.down |= set(names)
        for name in names:
            if process := self.stack.parts.get(name):
                process.kill()
                process.wait()

    def meet(self, name: str, fault: Callable[["Story"], None]) -> None:
        """One fault, the load that meets it, and the time until all is well again."""
        self.figures.injected[name] += 1
        fault(self)
        self._last_change = time.monotonic()
        self.load()
        self.wait_until_ready()
        seconds = time.monotonic() - self._last_change
        slowest = self.figures.recovered_after
        slowest[name] = max(seconds, slowest.get(name, 0.0))

    def wait_until_ready(self) -> None:
        """Until everything is mended and a prediction would be scored."""
        began = time.monotonic()
        while self._due or not self.stack.answers("/readyz"):
            self.keep_running()
            assert time.monotonic() - began < STUCK_SECONDS, self._why("/readyz")
            time.sleep(0.1)

    def ended(self) -> dict[str, dict[str, Any]]:
        """Everything accepted, by kind, once it has ended; what never does is left out."""
        found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        last = time.monotonic()
        while time.monotonic() - last < STUCK_SECONDS:
            self.keep_running()
            open_ = [
                (k, key) for k, ids in self.accepted.items() for key in ids if key not in found[k]
            ]
            if not open_:
                break
            for kind, key in open_:
                shown = self._shown(kind, key)
                if shown["status"] in (*ENDED, LOST["status"]):
                    found[kind][key] = shown
                    last = time.monotonic()
            time.sleep(0.2)
        return found

    def _shown(self, kind: str, key: str) -> dict[str, Any]:
        http = self.admin if kind == "retrainings" else self.http
        try:
            answer = http.get(f"{KINDS[kind]}/{key}")
        except httpx.TransportError:
            return {"status": "unknown"}
        if answer.status_code == 404:
            return LOST
        found: dict[str, Any] = answer.json() if answer.is_success else {"status": "unknown"}
        return found

    def has_every_row(self, cohort: dict[str, Any]) -> bool:
        """Whether the file of a succeeded cohort has an answer for each person."""
        path = f"/api/cohorts/{cohort['id']}/results?format=json"
        rows = self.http.get(path).raise_for_status().json()
        answered = [row for row in rows if row["prediction"] is not None]
        return len(answered) == cohort["rows_scored"] == COHORT_ROWS
