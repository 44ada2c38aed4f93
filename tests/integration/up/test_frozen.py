"""Parts that run and do nothing are ended and started again."""

import httpx
import psutil
import pytest

from .conftest import Start, Up, wait_for

pytestmark = pytest.mark.slow


def test_a_frozen_worker_and_a_frozen_scheduler_are_replaced(start: Start) -> None:
    up = start().wait_ready()
    frozen = [up.children("worker")[0], *up.children("scheduler")]
    for process in frozen:
        process.suspend()
    assert wait_for(lambda: ready(up).status_code == 503), up.said()
    assert ready(up).json()["detail"] == "Not ready: scheduler."
    assert wait_for(lambda: not any(is_there(process) for process in frozen)), up.said()
    for part in ("worker-1", "scheduler"):
        assert f"{part} runs and sends no heartbeat, ending it" in up.said()
        ended = f"{part} ended (signal SIGKILL), starting it again in"
        assert wait_for(lambda ended=ended: ended in up.said()), up.said()
    assert "worker-2 runs and sends no heartbeat" not in up.said()
    assert wait_for(up.is_ready), up.said()


def test_a_frozen_redis_makes_nobody_suspect(start: Start) -> None:
    """Without it no heartbeat is seen; the parts themselves are well."""
    up = start().wait_ready()
    before = up.children("worker") + up.children("scheduler")
    (redis,) = up.children("redis")
    redis.suspend()
    try:
        assert wait_for(lambda: ready(up).status_code == 503)
        # longer than a heartbeat counts, and silence is borne
        assert not wait_for(lambda: "sends no heartbeat" in up.said(), 30)
    finally:
        redis.resume()
    assert wait_for(up.is_ready), up.said()
    assert up.children("worker") + up.children("scheduler") == before


def ready(up: Up) -> httpx.Response:
    return httpx.get(f"{up.url}/readyz", timeout=60)


def is_there(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
