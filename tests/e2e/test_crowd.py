"""Two hundred clients at once: everybody gets an answer, and the service stays alive."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from agelens.commands.stack import Stack
from e2e.at_once import at_once
from e2e.conftest import MakePerson
from e2e.panels import SHORT

CLIENTS = 200
LONGEST_SECONDS = 30.0


@contextmanager
def watched_health(service: Stack) -> Iterator[list[int]]:
    """The answers of /healthz while the block runs; 0 stands for none within five seconds."""
    answers: list[int] = []
    over = threading.Event()

    def watch() -> None:
        with httpx.Client(base_url=service.url, timeout=5) as client:
            while not over.wait(0.1):
                try:
                    answers.append(client.get("/healthz").status_code)
                except httpx.TransportError:
                    answers.append(0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join()


@pytest.mark.serial
def test_everybody_in_a_crowd_gets_an_answer(service: Stack, make_person: MakePerson) -> None:
    person = make_person()
    price = person.models.default.price
    person.wallet.topup(150 * price)
    token = person.tokens.create("crowd").access_token
    headers = {"Authorization": f"Bearer {token}"}

    def submit() -> tuple[int, float]:
        started = time.monotonic()
        url = f"{service.url}/api/tasks/predict"
        response = httpx.post(
            url, json={"answers": SHORT}, headers=headers, timeout=LONGEST_SECONDS
        )
        return response.status_code, time.monotonic() - started

    with watched_health(service) as health:
        answers = at_once(CLIENTS, submit)
    statuses = [status for status, _ in answers]
    assert set(statuses) <= {202, 402, 429, 503}
    assert statuses.count(429) == 0, "rate limits are off here"
    assert statuses.count(503) < 20, "a crowd of this size is no overload"
    assert 100 <= statuses.count(202) <= 150
    assert max(seconds for _, seconds in answers) < LONGEST_SECONDS
    assert health
    assert set(health) == {200}
    for task in person.history():
        assert person.wait(task.id).task.charged == price
    assert person.wallet.balance == (150 - statuses.count(202)) * price
