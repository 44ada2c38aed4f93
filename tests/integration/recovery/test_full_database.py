"""A database without room for a result: the attempt counts as none, however often that happens.

The error is PostgreSQL's own `disk_full` (53100): the table of tasks lies on a tiny file system of its own.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from agelens.jobs import connections
from agelens.jobs.predict import predict_queued
from agelens.services import task_claims, task_scoring
from agelens.settings import environment
from integration.people import PANEL
from integration.recovery.disks import Disk, fill, free
from integration.recovery.stack import BreakableStack
from sqlalchemy import make_url

LEASE_SECONDS = 2.0
ATTEMPTS = task_claims.MAX_ATTEMPTS + 1


@contextmanager
def as_a_worker(stack: BreakableStack) -> Iterator[None]:
    """Jobs of this process work for the stack."""
    cached = (
        connections.settings,
        connections.sessions,
        connections.autocommit_sessions,
        connections.queue,
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(stack.settings).items():
            patch.setenv(name, value)
        for each in cached:
            each.cache_clear()
        try:
            yield
        finally:
            connections.sessions().kw["bind"].dispose()
            connections.queue().redis.close()
            for each in cached:
                each.cache_clear()


def move_tasks(stack: BreakableStack, place: Path) -> None:
    """Put the table of tasks on a disk; its results always into a file of their own (TOAST)."""
    owner = stack.servers.postgres.data.stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    plain = make_url(str(stack.settings.database_url)).set(drivername="postgresql")
    address = plain.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"create tablespace tiny location '{place}'".encode())
        connection.execute("alter table tasks alter column result set storage external")
        connection.execute("alter table tasks set tablespace tiny")


def shown(http: httpx.Client, key: str) -> dict[str, Any]:
    found: dict[str, Any] = http.get(f"/api/tasks/{key}").raise_for_status().json()
    return found


def test_a_result_that_found_no_room_uses_up_no_attempt(
    make_stack: Callable[..., BreakableStack], disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = disk(8)
    stack = make_stack(lease_seconds=LEASE_SECONDS, sweep_seconds=0.5)
    move_tasks(stack, place)
    score = task_scoring.score

    def score_until_full(*what: Any) -> Any:
        fill(place)
        return score(*what)

    with ExitStack() as cleanup:
        http = cleanup.enter_context(stack.person())
        key = http.post("/api/tasks/predict", json={"answers": PANEL}).json()["task_id"]
        cleanup.enter_context(as_a_worker(stack))
        monkeypatch.setattr(task_scoring, "score", score_until_full)
        for _ in range(ATTEMPTS):
            predict_queued()  # any error but `disk_full` would be raised
            free(place)
            found = shown(http, key)
            assert (found["status"], found["attempts"], found["charged"]) == ("queued", 0, 0)
        assert http.get("/api/wallet").json()["held"] == found["price"]
        monkeypatch.undo()
        stack.start_part("worker", "worker")
        ended = http.get(f"/api/tasks/{key}?wait=30").json()
        assert (ended["status"], ended["attempts"]) == ("succeeded", 1)
        assert http.get("/api/wallet").json()["held"] == 0
    audit = stack.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr
