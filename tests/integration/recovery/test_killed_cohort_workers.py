"""Workers killed in the middle of a cohort, Redis emptied: the same results for the same money."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import httpx
import pytest
from agelens.queueing import JobQueue
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.files import Files
from integration.kept_cohorts import PRICE, Cohorts, people
from integration.recovery.stack import BreakableStack, wait_for

pytestmark = pytest.mark.slow
ROWS, PART_ROWS, BAD = 110, 5, (7, 8, 60)
FIRST = ["claimed, claim not committed", "claim committed", "scored", "result half written"]
THEN = [
    "result written, not counted",
    "counted, count not committed",
    "counted, job not acknowledged",
    "settled, not committed",
    "settled, answers not deleted",
]
WITHIN_SECONDS = 120


@contextmanager
def cohorts_on(stack: BreakableStack, http: httpx.Client) -> Iterator[Cohorts]:
    """A person's cohorts; submitted here, since parts are as small as the API never makes them."""
    servers, storage = stack.servers, Files(stack.settings.storage_url)
    engine = open_engine(servers.postgres.url)
    queue = JobQueue(servers.redis.url, job_timeout_seconds=30)
    owner_id = http.get("/api/auth/me").json()["id"]
    try:
        yield Cohorts(session_factory(engine), storage, queue, owner_id)
    finally:
        queue.redis.close()
        engine.dispose()


def digests(results: list[bytes]) -> list[str]:
    """Of the files, part by part: the files themselves are too long to be told apart by eye."""
    return [sha256(part).hexdigest() for part in results]


def test_a_cohort_whose_workers_are_killed_ends_as_an_undisturbed_one(
    make_stack: Callable[..., BreakableStack],
) -> None:
    stack = make_stack(lease_seconds=1.0, sweep_seconds=0.2)
    content = people(ROWS, bad=BAD)
    with stack.person() as http, cohorts_on(stack, http) as theirs:
        disturbed = theirs.create(content, part_rows=PART_ROWS)
        assert stack.script("dying_cohort_workers.py", *FIRST).wait(WITHIN_SECONDS) == 0
        assert theirs.get(disturbed).status == "running"
        theirs.queue.redis.flushall()
        assert stack.script("dying_cohort_workers.py", *THEN).wait(WITHIN_SECONDS) == 0
        assert theirs.get(disturbed).status == "succeeded"
        parts = theirs.parts(disturbed)
        assert sum(part.attempts - 1 for part in parts) >= len(FIRST), "too few parts were lost"
        assert theirs.has_files(disturbed, "/parts"), "the last worker died before"

        undisturbed = theirs.create(content, part_rows=PART_ROWS)
        stack.script("slow_worker.py", 0)
        wait_for(lambda: theirs.get(undisturbed).status == "succeeded", WITHIN_SECONDS)

        assert digests(theirs.results(disturbed)) == digests(theirs.results(undisturbed))
        one, other = theirs.get(disturbed), theirs.get(undisturbed)
        assert one.summary == other.summary
        assert one.charged == other.charged == (ROWS - len(BAD)) * PRICE
        left = 10_000 - 2 * one.charged
        assert http.get("/api/wallet").json() == {"balance": left, "held": 0, "available": left}
        entries = http.get("/api/wallet/transactions").json()["items"]
        for key in (disturbed, undisturbed):
            kinds = [e["kind"] for e in entries if e["cohort_id"] == str(key)]
            assert kinds == ["release", "capture", "hold"]
    audit = stack.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr
