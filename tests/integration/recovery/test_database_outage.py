"""PostgreSQL away for five seconds while tasks are queued and workers are busy."""

import time
from collections.abc import Callable

import httpx
import pytest
from integration.recovery.stack import BreakableStack, wait_for

PANEL = {"systolic_bp": 134, "bone_density": 0.9, "vision_sharpness": 0.5}
AWAY_SECONDS = 5.0
SECRETS = ("psycopg", "sqlalchemy", "select", "insert", "update", "postgres", "traceback")


@pytest.mark.slow
def test_requests_get_503_and_every_task_ends(make_stack: Callable[..., BreakableStack]) -> None:
    stack = make_stack()
    for _ in range(2):
        stack.script("slow_worker.py", 0.4)
    wait_for(lambda: stack.answers("/readyz"), 30)
    with stack.person() as http:
        ids = [
            http.post("/api/tasks/predict", json={"answers": PANEL}).json()["task_id"]
            for _ in range(20)
        ]
        wait_for(
            lambda: any(http.get(f"/api/tasks/{i}").json()["status"] == "running" for i in ids), 20
        )
        answers = ask_during_outage(stack, http, ids[-1])
        states = {i: http.get(f"/api/tasks/{i}?wait=30").json() for i in ids}
    assert {task["status"] for task in states.values()} == {"succeeded"}
    assert {task["charged"] for task in states.values()} == {10}
    check_problems(answers)
    audit = stack.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr


def ask_during_outage(
    stack: BreakableStack, http: httpx.Client, task_id: str
) -> list[httpx.Response]:
    """Stop the server, ask for five seconds, start it; the answers meanwhile."""
    answers = []
    stack.servers.postgres.stop()
    back_at = time.monotonic() + AWAY_SECONDS
    while time.monotonic() < back_at:
        assert http.get("/healthz").status_code == 200
        answers.append(http.get(f"/api/tasks/{task_id}"))
        answers.append(http.post("/api/tasks/predict", json={"answers": PANEL}))
        answers.append(http.get("/readyz"))
        time.sleep(0.2)
    stack.servers.postgres.start()
    wait_for(lambda: stack.answers("/readyz"), 20)
    return answers


def check_problems(answers: list[httpx.Response]) -> None:
    """While it was away: 503 problems with Retry-After, and not a word of the database's."""
    away = [answer for answer in answers if answer.status_code == 503]
    assert len(away) >= 9
    assert {answer.status_code for answer in answers} <= {200, 202, 503}
    for answer in away:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"]
        text = answer.text.lower()
        assert not [word for word in SECRETS if word in text]
