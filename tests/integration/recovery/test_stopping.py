"""A server that is told to stop answers those who wait instead of keeping everybody."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from agelens.commands.stack import ENDS_WITHIN_SECONDS
from integration.people import PANEL
from integration.recovery.stack import BreakableStack

pytestmark = pytest.mark.slow
AT_ONCE = 6


def test_stopping_does_not_wait_for_those_who_wait(
    make_stack: Callable[..., BreakableStack],
) -> None:
    stack = make_stack()  # nobody works: what is queued stays queued
    with stack.person() as http, ThreadPoolExecutor(AT_ONCE) as threads:
        task_id = http.post("/api/tasks/predict", json={"answers": PANEL}).json()["task_id"]

        def wait(_: int) -> httpx.Response:
            place = f"{stack.url}/api/tasks/{task_id}?wait=30"
            return httpx.get(place, headers=http.headers, timeout=60)

        answers = [threads.submit(wait, number) for number in range(AT_ONCE)]
        time.sleep(2)  # they wait now; nothing tells from outside
        assert not any(answer.done() for answer in answers)
        api = stack.parts["api"]
        told = time.monotonic()
        stack.stop("api")
        assert time.monotonic() - told < ENDS_WITHIN_SECONDS
        assert api.returncode == 0, "it ended by itself"
        assert {one.result().json()["status"] for one in answers} == {"queued"}
