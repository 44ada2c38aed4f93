"""PostgreSQL away for five seconds while tasks are queued and workers are busy."""

import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from integration.recovery.stack import BreakableStack, wait_for

PANEL = {"systolic_bp": 134, "bone_density": 0.9, "vision_sharpness": 0.5}
AWAY_SECONDS = 5.0
ENOUGH_ANSWERS = 9
NOTICED_AFTER_SECONDS = 1.0
SECRETS = ("psycopg", "sqlalchemy", "select", "insert", "update", "postgres", "traceback")
# As SQLAlchemy and psycopg write statements and their parameters.
SQL = re.compile(
    r"\bSELECT\s|\bINSERT INTO\b|\bUPDATE [a-z_]+\s|\bDELETE FROM\b|\[SQL:|\[parameters:|\bWHERE \w+\."
)


@pytest.mark.slow
def test_requests_get_503_and_every_task_ends(make_stack: Callable[..., BreakableStack]) -> None:
    stack = make_stack()
    for _ in range(2):
        stack.script("slow_worker.py", 0.4)
    wait_for(lambda: stack.answers("/readyz"), 60)
    with stack.person() as http:
        ids = [
            http.post("/api/tasks/predict", json={"answers": PANEL}).json()["task_id"]
            for _ in range(20)
        ]
        wait_for(lambda: is_any_running(http), 60)
        answers = ask_during_outage(stack, http, ids[-1])
        states = {i: ended(http, i) for i in ids}
    assert {task["status"] for task in states.values()} == {"succeeded"}
    assert {task["charged"] for task in states.values()} == {10}
    check_problems(answers)
    assert lines_with_sql(stack) == []
    audit = stack.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr


def is_any_running(http: httpx.Client) -> bool:
    """By one look: one task after the other would take a busy machine longer than they run."""
    return bool(http.get("/api/tasks", params={"status": "running"}).json()["items"])


def ended(http: httpx.Client, task_id: str) -> dict[str, Any]:
    """The task, once nobody works on it any more."""
    for _ in range(5):
        task: dict[str, Any] = http.get(f"/api/tasks/{task_id}?wait=30").json()
        if task["status"] not in {"queued", "running"}:
            break
    return task


def ask_during_outage(
    stack: BreakableStack, http: httpx.Client, task_id: str
) -> list[httpx.Response]:
    """Stop the server, ask for five seconds or until there are enough answers, start it; the
    answers of when it was surely away."""
    answers = []
    stack.servers.postgres.stop()
    back_at = time.monotonic() + AWAY_SECONDS
    surely_away_at = time.monotonic() + NOTICED_AFTER_SECONDS
    while time.monotonic() < back_at or len(answers) < ENOUGH_ANSWERS:
        assert http.get("/healthz").status_code == 200
        sent_at = time.monotonic()
        three = [
            http.get(f"/api/tasks/{task_id}"),
            http.post("/api/tasks/predict", json={"answers": PANEL}),
            http.get("/readyz"),
        ]
        assert {answer.status_code for answer in three} <= {200, 202, 503}
        if sent_at > surely_away_at:
            answers += three
        time.sleep(0.2)
    stack.servers.postgres.start()
    wait_for(lambda: stack.answers("/readyz"), 60)
    return answers


def check_problems(answers: list[httpx.Response]) -> None:
    """503 problems with Retry-After, each of them, and not a word of the database's."""
    assert len(answers) >= ENOUGH_ANSWERS
    assert {answer.status_code for answer in answers} == {503}
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"]
        text = answer.text.lower()
        assert not [word for word in SECRETS if word in text]


def lines_with_sql(stack: BreakableStack) -> list[str]:
    """Where the service's own logs quote statements, or the private answers in their parameters."""
    logs = {name: (stack.logs / f"{name}.log") for name in ("api", "workers", "scheduler")}
    assert all("OperationalError" in logs[name].read_text() for name in ("api", "scheduler"))
    return [
        f"{name}: {line[:200]}"
        for name, log in logs.items()
        for line in log.read_text(errors="replace").splitlines()
        if SQL.search(line) or "bone_density" in line
    ]
