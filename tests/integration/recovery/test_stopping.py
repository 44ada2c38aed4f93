"""A server that is told to stop answers those who wait instead of keeping everybody."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
from integration.people import PANEL
from integration.recovery.stack import BreakableStack, wait_for

pytestmark = pytest.mark.slow
AT_ONCE = 6
ASKED_TO_WAIT_SECONDS = 30


def accepted(stack: BreakableStack) -> int:
    """How many connections the processes of the API have taken."""
    master = psutil.Process(stack.parts["api"].pid)
    return sum(
        connection.status == psutil.CONN_ESTABLISHED
        and connection.laddr.port == stack.settings.api_port
        for process in master.children(recursive=True)
        for connection in process.net_connections("tcp")
    )


def test_stopping_does_not_wait_for_those_who_wait(
    make_stack: Callable[..., BreakableStack],
) -> None:
    stack = make_stack()  # nobody works: what is queued stays queued
    with stack.person() as http, ThreadPoolExecutor(AT_ONCE) as threads:
        task_id = http.post("/api/tasks/predict", json={"answers": PANEL}).json()["task_id"]

        def wait(_: int) -> httpx.Response:
            place = f"{stack.url}/api/tasks/{task_id}?wait={ASKED_TO_WAIT_SECONDS}"
            return httpx.get(place, headers=http.headers, timeout=60)

        asked = time.monotonic()
        answers = [threads.submit(wait, number) for number in range(AT_ONCE)]
        wait_for(lambda: accepted(stack) >= AT_ONCE, 60)
        time.sleep(1)  # they are read, and wait; nothing tells from outside
        assert not any(answer.done() for answer in answers)
        api = stack.parts["api"]
        api.terminate()
        assert api.wait(60) == 0
        assert time.monotonic() - asked < ASKED_TO_WAIT_SECONDS
        assert {one.result().json()["status"] for one in answers} == {"queued"}
