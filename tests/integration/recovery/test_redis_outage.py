"""Redis dies while somebody waits for a task: nobody is told that it has ended, and workers carry on."""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from integration.recovery.stack import BreakableStack, wait_for

PANEL = {"systolic_bp": 134, "bone_density": 0.9, "vision_sharpness": 0.5}
SCORING_SECONDS, WAIT_SECONDS = 4, 25
NOTICED = "the worker waits for it"


@pytest.mark.slow
def test_who_waits_gets_the_finished_task_all_the_same(
    make_stack: Callable[..., BreakableStack],
) -> None:
    stack = make_stack()
    worker = stack.script("slow_worker.py", SCORING_SECONDS)
    wait_for(lambda: stack.answers("/readyz"), 60)
    answers: list[httpx.Response] = []
    with stack.person() as http:

        def predict() -> None:
            prefer = {"Prefer": f"wait={WAIT_SECONDS}"}
            answers.append(http.post("/api/tasks/predict", json={"answers": PANEL}, headers=prefer))

        asking = threading.Thread(target=predict)
        asking.start()
        wait_for(lambda: tasks(stack, http, "running") == 1, 60)
        stack.servers.redis.kill()
        killed = time.monotonic()
        asking.join(WAIT_SECONDS + 10)
        assert (answers[0].status_code, answers[0].json()["status"]) == (200, "succeeded")
        assert time.monotonic() - killed < SCORING_SECONDS + 10
        wait_for(lambda: NOTICED in (stack.logs / "workers.log").read_text(), 30)
        stack.servers.redis.start()
        again = http.post(
            "/api/tasks/predict",
            json={"answers": PANEL},
            headers={"Prefer": f"wait={WAIT_SECONDS}"},
        )
        assert (again.status_code, again.json()["status"]) == (200, "succeeded")
        assert http.get("/api/wallet").json()["balance"] == 10_000 - 20
    assert worker.poll() is None, "it is the same worker"


@pytest.mark.slow
def test_a_worker_without_redis_stops_when_it_is_told_to(
    make_stack: Callable[..., BreakableStack],
) -> None:
    stack = make_stack()
    worker = stack.script("slow_worker.py", 0)
    wait_for(lambda: stack.answers("/readyz"), 60)
    stack.servers.redis.kill()
    worker.terminate()
    assert worker.wait(15) in (0, -signal.SIGTERM)  # the latter if it had not begun to listen


def tasks(stack: BreakableStack, http: httpx.Client, status: str) -> int:
    """How many of somebody's tasks have this status, on a connection of its own."""
    found: dict[str, Any] = httpx.get(
        f"{stack.url}/api/tasks", params={"status": status}, headers=http.headers
    ).json()
    return len(found["items"])
