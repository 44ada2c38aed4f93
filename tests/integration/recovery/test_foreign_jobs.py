"""Whoever can write to Redis runs no code: foreign jobs are dropped, garbage ends no worker."""

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from integration.recovery.stack import BreakableStack, wait_for
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

PANEL = {"systolic_bp": 134, "bone_density": 0.9, "vision_sharpness": 0.5, "hearing_ability": 40}
KEY = "rq:queue:predictions"


def foreign_jobs(redis: Redis, canary: Path) -> None:
    """Jobs that would leave a file behind, each in another way, and data that nobody can read."""
    queue = Queue("predictions", connection=redis, serializer=JSONSerializer)
    queue.enqueue("os.system", f"touch {canary}")
    queue.enqueue("os.system", f"touch {canary}", job_id=f"predict-{uuid.uuid4()}-1")
    ours = f"predict-{uuid.uuid4()}-1"
    queue.enqueue(
        "agelens.jobs.predict.predict_queued",
        job_id=ours,
    )
    redis.hset(Job.key_for(ours), "success_callback_name", "callback_of_a_stranger.run")
    redis.hset(Job.key_for(ours), "success_callback_timeout", "10")
    bomb = f"predict-{uuid.uuid4()}-2"
    redis.hset(
        Job.key_for(bomb), mapping={"data": b"\x78\x9c" + b"x" * 5000, "origin": "predictions"}
    )
    pickled = f"predict-{uuid.uuid4()}-3"
    redis.hset(
        Job.key_for(pickled), mapping={"data": b"cos\nsystem\n(S'true'\ntR.", "created_at": "?"}
    )
    redis.rpush(KEY, bomb, pickled, "", "no-such-job", "a" * 100_000)
    redis.rpush(KEY, json.dumps({"func": "os.system"}))


def is_scored(http: httpx.Client) -> bool:
    """Whether a prediction that is asked for now arrives."""
    task = http.post("/api/tasks/predict", json={"answers": PANEL}).json()["task_id"]
    return bool(http.get(f"/api/tasks/{task}?wait=30").json()["status"] == "succeeded")


def test_foreign_jobs_run_nothing_and_end_no_worker(
    make_stack: Callable[..., BreakableStack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "canary"
    callback = f"from pathlib import Path\n\ndef run(*_):\n    Path({str(canary)!r}).touch()\n"
    (tmp_path / "callback_of_a_stranger.py").write_text(callback)
    importable = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, importable)))
    stack = make_stack()
    worker = stack.start_part("worker", "worker")
    redis = Redis.from_url(str(stack.settings.redis_url))
    foreign_jobs(redis, canary)
    with stack.person() as http:
        assert is_scored(http)
        wait_for(lambda: redis.llen(KEY) == 0, seconds=60)  # one drain may score it before the rest
        redis.rpush(KEY, b"\xff\xfe no text")
        assert is_scored(http)
        redis.delete(KEY)
        redis.set(KEY, "not a list")  # the queue itself is garbage
        assert is_scored(http)
    assert not canary.exists()
    assert worker.poll() is None, "the worker that met the garbage is still the same"
    log = (stack.logs / "worker.log").read_text()
    assert log.count("foreign job dropped") >= 4
    assert stack.audit().returncode == 0
