"""A home on a disk of its own: filled to the last byte under load, read-only, and tiny."""

import os
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from agelens.services.storage_probe import ANSWERS_WITHIN_SECONDS, FRESH_SECONDS
from agelens.settings import without_ours
from integration.kept_cohorts import people
from integration.people import PANEL, PASSWORD
from servers import short_home

from .conftest import PATIENCE_SECONDS, Start, Up, wait_for

pytestmark = pytest.mark.slow

MEBIBYTE = 1024 * 1024
FULL_SECONDS = 20.0
RECOVERS_WITHIN_SECONDS = 30.0
PEOPLE = 4

Disk = Callable[..., Path]


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Mount small file systems; only those who may mount can."""
    with ExitStack() as cleanup:

        def mount(mebibytes: int) -> Path:
            place = cleanup.enter_context(short_home())
            options = ["-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", str(place)]
            done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                pytest.skip(f"mounting a tmpfs is not permitted here: {done.stderr.strip()}")
            cleanup.callback(subprocess.run, ["umount", "--lazy", str(place)], check=True)
            return place

        yield mount


@contextmanager
def filled(place: Path) -> Iterator[None]:
    """Take every last byte, and keep taking what others free, until the end."""
    over = threading.Event()

    def fill() -> None:
        with (place / "filler").open("wb", buffering=0) as filler:
            while not over.wait(0.02):
                for size in (MEBIBYTE, 4096, 1):
                    try:
                        while filler.write(bytes(size)):
                            pass
                    except OSError:
                        continue

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        (place / "filler").unlink()


class Load:
    """People who submit predictions and cohorts without a pause and note what they are told."""

    def __init__(self, up: Up) -> None:
        self.up = up
        self.answers: Counter[int] = Counter()
        self.unkind: list[str] = []
        self.accepted: list[tuple[str, str]] = []
        self.over = threading.Event()
        kinds = [predict] * PEOPLE + [submit_cohort]
        self.threads = [threading.Thread(target=self._submit, args=(kind,)) for kind in kinds]

    def __enter__(self) -> "Load":
        self.tokens = [log_in(self.up) for _ in self.threads]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _submit(self, send: Callable[[httpx.Client], httpx.Response]) -> None:
        token = self.tokens.pop()
        with httpx.Client(base_url=self.up.url, headers=bearer(token), timeout=60) as http:
            while not self.over.wait(0.05):
                try:
                    answer = send(http)
                except httpx.TransportError:
                    self.answers[0] += 1
                    continue
                self.answers[answer.status_code] += 1
                if answer.status_code == 202:
                    self.accepted.append((token, answer.headers["Location"]))
                elif answer.status_code not in {503, 507} or "Retry-After" not in answer.headers:
                    self.unkind.append(f"{answer.status_code} {answer.text[:300]}")


def predict(http: httpx.Client) -> httpx.Response:
    return http.post("/api/tasks/predict", json={"answers": PANEL})


def submit_cohort(http: httpx.Client) -> httpx.Response:
    return http.post("/api/cohorts", content=people(20), headers={"Content-Type": "text/csv"})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(up: Up) -> str:
    body = {"email": f"{secrets.token_hex(6)}@example.org", "password": PASSWORD}
    with httpx.Client(base_url=up.url, timeout=60) as http:
        http.post("/api/auth/register", json=body).raise_for_status()
        token: str = http.post("/api/auth/login", json=body).json()["access_token"]
        for _ in range(5):
            topup = http.post("/api/wallet/topup", json={"amount": 10_000}, headers=bearer(token))
            topup.raise_for_status()
    return token


def status_of(up: Up, token: str, path: str) -> str:
    answer = httpx.get(f"{up.url}{path}", headers=bearer(token), timeout=60)
    return str(answer.json()["status"]) if answer.status_code == 200 else f"{answer.status_code}"


def agelens(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agelens.cli", *command],
        env=without_ours(AGELENS_HOME=str(home), AGELENS_API_PORT="0", AGELENS_WEB_PORT="0"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def readyz(up: Up) -> tuple[int, str]:
    try:
        answer = httpx.get(f"{up.url}/readyz", timeout=10)
    except httpx.TransportError:
        return 0, "no answer"
    return answer.status_code, answer.json().get("detail", "")


def seen_while_full(up: Up) -> Counter[tuple[int, str]]:
    """What /readyz says once what its processes remember of an emptier disk is old."""
    states: Counter[tuple[int, str]] = Counter()
    began = time.monotonic()
    while since(began) < FULL_SECONDS:
        state = readyz(up)
        if since(began) > FRESH_SECONDS + ANSWERS_WITHIN_SECONDS:
            states[state] += 1
        time.sleep(0.2)
    return states


def test_a_disk_filled_under_load_and_freed_loses_nothing(disk: Disk, start: Start) -> None:
    place = disk(600)
    up = start(place / "home", AGELENS_RATE_LIMITS="off").wait_ready()
    with Load(up) as load:
        workers = up.children("worker")
        for worker in workers:  # so that there is work to be done when the disk is full
            worker.suspend()
        waiting = len(load.accepted) + 20
        assert wait_for(lambda: len(load.accepted) > waiting)
        with filled(place):
            for worker in workers:
                worker.resume()
            assert wait_for(lambda: readyz(up)[0] == 503), up.said()
            states = seen_while_full(up)
            assert not up.ended(), up.said()
        freed = time.monotonic()
        assert wait_for(up.is_ready, RECOVERS_WITHIN_SECONDS), (readyz(up), up.said())
        accepted = len(load.accepted)
        assert wait_for(
            lambda: len(load.accepted) > accepted, RECOVERS_WITHIN_SECONDS - since(freed)
        )
        recovered = since(freed)
    last = [readyz(up), load.answers, states]

    def left() -> Counter[str]:
        return Counter(status_of(up, *one) for one in load.accepted)

    assert wait_for(lambda: set(left()) == {"succeeded"}, 60), left()
    ended = f"all {len(load.accepted)} had ended after {since(freed):.1f} s"
    print(
        f"recovered in {recovered:.1f} s, {ended}; callers saw {dict(load.answers)}; readyz {states}"
    )
    assert any("/cohorts/" in path for _, path in load.accepted)
    assert load.unkind == []
    assert {code for code, _ in states} <= {503}, last
    assert "cannot be written (No space left on device)" in up.said()
    assert "can be written again." in up.said()
    audit = agelens(up.home, "audit", "--files")
    assert audit.returncode == 0, audit.stdout + audit.stderr


def since(moment: float) -> float:
    return time.monotonic() - moment


def test_a_tiny_disk_is_said_at_the_start(disk: Disk) -> None:
    place = disk(20)
    said = agelens(place / "home", "up")
    assert said.returncode == 1
    assert "MiB of free space, AgeLens needs 128 MiB to start" in said.stderr
    assert said.stderr.startswith("Error: ")
    assert "Traceback" not in said.stderr


def test_a_read_only_home_is_said_at_the_start(disk: Disk) -> None:
    place = disk(20)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    said = agelens(place / "home", "up")
    assert said.returncode == 1
    assert said.stderr == (
        f"Error: AgeLens did not start. {os.path.realpath(place)}/home: Read-only file system\n"
    )
