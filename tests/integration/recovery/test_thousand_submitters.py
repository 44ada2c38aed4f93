"""A thousand submitters at the same moment: accepted or told to come back, soon, and nobody in the way of others."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import httpx
import pytest
from integration.people import PANEL
from integration.recovery.stack import BreakableStack, wait_for

SUBMITTERS = 1000
LONGEST_SECONDS = 30.0  # instead of a minute's wait, on a busy machine
HEALTHY_WITHIN_SECONDS = 5.0
SCORED_WITHIN_SECONDS = 240.0


class Answer(NamedTuple):
    """What somebody was told, and after how many seconds."""

    status: int
    headers: str
    seconds: float


async def ask(port: int, request: bytes) -> Answer:
    """Send one request on a connection of its own; a client of HTTP would need the processor itself."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = (await reader.read()).decode().partition("\r\n\r\n")[0]
    writer.close()
    return Answer(int(head.split()[1]), head.lower(), time.monotonic() - began)


async def crowd(port: int, submission: bytes, n_people: int) -> tuple[list[Answer], list[Answer]]:
    """Everybody at once, and the answers of /healthz meanwhile."""
    health: list[Answer] = []

    async def watch() -> None:
        while True:
            health.append(await ask(port, b"GET /healthz HTTP/1.0\r\nHost: us\r\n\r\n"))
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    answers = await asyncio.gather(*(ask(port, submission) for _ in range(n_people)))
    watching.cancel()
    return answers, health


def submission_of(http: httpx.Client) -> bytes:
    body = json.dumps({"answers": PANEL})
    lines = [
        "POST /api/tasks/predict HTTP/1.1",
        "Host: us",
        f"Authorization: {http.headers['Authorization']}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        body,
    ]
    return "\r\n".join(lines).encode()


@pytest.mark.slow
@pytest.mark.serial
@pytest.mark.timeout(600)
def test_a_thousand_at_once_are_answered_soon(make_stack: Callable[..., BreakableStack]) -> None:
    stack = make_stack()
    for number in (1, 2):
        stack.start_part(f"worker-{number}", "worker")
    wait_for(lambda: stack.answers("/readyz"), 60)
    with stack.person(topups=2) as http:
        price = http.get("/api/ml-models/default").json()["price"]
        before = http.get("/api/wallet").json()["balance"]
        port = stack.settings.api_port
        answers, health = asyncio.run(crowd(port, submission_of(http), SUBMITTERS))
        told = Counter(answer.status for answer in answers)
        worst, ill = (max(each.seconds for each in some) for some in (answers, health))
        print(f"{dict(told)}, the last after {worst:.1f} s; /healthz within {ill:.2f} s")
        assert set(told) <= {202, 503}
        assert told[202] >= SUBMITTERS / 4, "as many as there are places to wait, at least"
        assert all("retry-after: " in each.headers for each in answers if each.status == 503)
        assert worst < LONGEST_SECONDS
        assert {each.status for each in health} == {200}
        assert ill < HEALTHY_WITHIN_SECONDS
        wait_for(lambda: http.get("/api/wallet").json()["held"] == 0, SCORED_WITHIN_SECONDS)
        assert http.get("/api/wallet").json()["balance"] == before - told[202] * price
    assert stack.audit().returncode == 0
