"""A drain without tasks is woken by the next one, and no wake-up is lost in between."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from agelens.jobs import connections, predict
from agelens.queueing import PREDICT, JobQueue
from agelens.queueing.idle_drains import IDLE_DRAINS_KEY, WAKE_CHANNEL, IdleDrains
from agelens.queueing.queue import COHORTS, IN_PROCESS
from agelens.settings import Settings
from integration.conftest import PersonFactory
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

SOON, A_MOMENT = 10.0, 0.05  # seconds
RunJobs = Callable[[], None]
KEYS = [Queue.redis_queue_namespace_prefix + name for name in IN_PROCESS]


@pytest.fixture
def queue(settings: Settings, run_jobs: RunJobs) -> Iterator[JobQueue]:
    run_jobs()
    made = JobQueue(str(settings.redis_url), job_timeout_seconds=30)
    made.redis.delete(IDLE_DRAINS_KEY)
    yield made
    run_jobs()
    made.redis.delete(IDLE_DRAINS_KEY)
    made.redis.close()


@pytest.fixture
def waiting(settings: Settings) -> Iterator[Callable[[float], "Waiting"]]:
    """Begin to wait as a drain of another process does."""
    made: list[Waiting] = []

    def begin(seconds: float) -> Waiting:
        made.append(Waiting(str(settings.redis_url), seconds))
        return made[-1]

    yield begin
    for each in made:
        each.join(SOON)
        each.redis.close()


class Waiting(threading.Thread):
    """A drain that waits; `woken` is what it was told."""

    def __init__(self, redis_url: str, seconds: float) -> None:
        super().__init__()
        self.redis = Redis.from_url(redis_url)
        self.drains = IdleDrains(self.redis)
        self.seconds = seconds
        self.woken: bool | None = None
        self.start()

    def run(self) -> None:
        self.woken = self.drains.wait(self.seconds, KEYS)


def registered(queue: JobQueue, count: int) -> None:
    """Wait until so many drains wait."""
    ends = time.monotonic() + SOON
    while queue.redis.zcard(IDLE_DRAINS_KEY) != count:
        assert time.monotonic() < ends
        time.sleep(0.001)


def jobs(queue: JobQueue) -> int:
    return len(queue.waiting(PREDICT.queue))


def test_a_ring_wakes_a_drain_that_waits_instead_of_enqueueing_a_job(
    queue: JobQueue, waiting: Callable[[float], Waiting]
) -> None:
    drain = waiting(SOON)
    registered(queue, 1)
    queue.enqueue_drain()
    drain.join(SOON / 2)
    assert (drain.woken, jobs(queue)) == (True, 0)


def test_each_ring_wakes_another_drain_and_the_next_one_enqueues_a_job(
    queue: JobQueue, waiting: Callable[[float], Waiting]
) -> None:
    drains = [waiting(SOON), waiting(SOON)]
    registered(queue, 2)
    queue.enqueue_drain()
    queue.enqueue_drain()
    for drain in drains:
        drain.join(SOON / 2)
    assert ([drain.woken for drain in drains], jobs(queue)) == ([True, True], 0)
    queue.enqueue_drain()
    assert jobs(queue) == 1


def test_a_drain_that_nobody_needs_takes_its_registration_back(queue: JobQueue) -> None:
    assert not queue.wait_to_be_woken(A_MOMENT)
    assert queue.redis.zcard(IDLE_DRAINS_KEY) == 0


def test_the_registration_of_a_drain_that_died_expires(queue: JobQueue) -> None:
    seconds, _ = queue.redis.time()
    queue.redis.zadd(IDLE_DRAINS_KEY, {f"{uuid.uuid4().hex}/1": seconds * 1000 - 1})
    queue.enqueue_drain()
    assert jobs(queue) == 1


def test_expired_registrations_are_cleared_away(queue: JobQueue) -> None:
    seconds, _ = queue.redis.time()
    queue.redis.zadd(
        IDLE_DRAINS_KEY, {f"{number}/1": seconds * 1000 - number for number in range(1, 9)}
    )
    assert not queue.wait_to_be_woken(A_MOMENT)
    assert queue.redis.zcard(IDLE_DRAINS_KEY) == 0


@pytest.mark.parametrize("name", [PREDICT.queue, COHORTS])
def test_where_a_job_waits_nobody_waits_for_tasks(queue: JobQueue, name: str) -> None:
    key = Queue(name, connection=queue.redis, serializer=JSONSerializer).key
    queue.redis.rpush(key, "a-job")
    try:
        started = time.monotonic()
        assert not queue.wait_to_be_woken(SOON)
        assert time.monotonic() - started < SOON / 2
        assert queue.redis.zcard(IDLE_DRAINS_KEY) == 0
    finally:
        queue.redis.delete(key)


def test_a_ring_of_the_last_moment_is_heard(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> bool:
        queue.enqueue_drain()
        return False

    monkeypatch.setattr(IdleDrains, "_is_woken", too_late)
    assert queue.wait_to_be_woken(SOON)
    assert jobs(queue) == 0


def test_what_woke_an_earlier_wait_does_not_end_the_next_one(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_a_ring_of_the_last_moment_is_heard(queue, monkeypatch)  # its message is still to be read
    monkeypatch.undo()
    assert not queue.wait_to_be_woken(A_MOMENT)


def test_a_broken_subscription_is_reason_to_look_and_the_next_wait_hears(
    queue: JobQueue, waiting: Callable[[float], Waiting], settings: Settings
) -> None:
    first = waiting(SOON)
    registered(queue, 1)
    queue.redis.client_kill_filter(_type="pubsub")
    first.join(SOON / 2)
    assert first.woken is True
    again = threading.Thread(target=first.run)
    again.start()
    registered(queue, 2)
    queue.enqueue_drain()
    again.join(SOON / 2)
    assert not again.is_alive()
    assert jobs(queue) == 0


def test_garbage_in_the_place_of_the_registry_stops_nothing(queue: JobQueue) -> None:
    queue.redis.set(IDLE_DRAINS_KEY, "not ours")
    queue.enqueue_drain()
    assert jobs(queue) == 1
    assert queue.redis.type(IDLE_DRAINS_KEY) == b"none"


def test_every_wake_up_is_heard_and_every_other_ring_leaves_a_job(
    queue: JobQueue, settings: Settings
) -> None:
    """Drains wait for moments of all lengths while tasks come."""
    stopped = threading.Event()
    heard: set[bytes] = set()

    def drain(seed: int) -> None:
        own, lengths = Redis.from_url(str(settings.redis_url)), random.Random(seed)
        drains = IdleDrains(own)
        while not stopped.is_set():
            if drains.wait(lengths.uniform(0.001, 0.004), KEYS):
                heard.add(f"{drains._name}/{drains._turn}".encode())
        own.close()

    threads = [threading.Thread(target=drain, args=(seed,)) for seed in range(3)]
    woken = queue.redis.pubsub(ignore_subscribe_messages=True)
    woken.psubscribe(WAKE_CHANNEL + "*")
    woken.get_message(timeout=SOON)
    for thread in threads:
        thread.start()
    key, pauses = KEYS[IN_PROCESS.index(PREDICT.queue)], random.Random(9)
    n_calls, n_jobs, wake_ups = 400, 0, set[bytes]()
    for _ in range(n_calls):
        queue.enqueue_drain()
        n_jobs += queue.redis.llen(key)
        queue.redis.delete(key)  # as a worker that takes the job
        time.sleep(pauses.uniform(0, 0.003))
    while message := woken.get_message(timeout=0.2):
        wake_ups.add(
            message["channel"].removeprefix(WAKE_CHANNEL.encode()) + b"/" + message["data"]
        )
    stopped.set()
    for thread in threads:
        thread.join(SOON)
    woken.close()
    assert 0 < len(wake_ups) < n_calls
    assert len(wake_ups) + n_jobs == n_calls
    assert wake_ups <= heard


def test_a_drain_scores_what_wakes_it(
    person: PersonFactory, queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(20)
    first, late = one.queued(), list[str]()
    queue.redis.delete(KEYS[IN_PROCESS.index(PREDICT.queue)])  # this is the drain that it enqueued
    wait = JobQueue.wait_to_be_woken

    def submit_once_it_waits() -> None:
        registered(queue, 1)
        late.append(one.elsewhere().queued())

    def submit_meanwhile(this: JobQueue, seconds: float) -> bool:
        if not late:
            submitter = threading.Thread(target=submit_once_it_waits)
            submitter.start()
            heard = wait(this, SOON)
            submitter.join()
            return heard
        return wait(this, seconds)

    monkeypatch.setattr(JobQueue, "wait_to_be_woken", submit_meanwhile)
    monkeypatch.setattr(predict, "SLICE_SECONDS", SOON)
    assert connections.settings().prediction_batch > 1
    predict.predict_queued()
    assert [one.task(key)["status"] for key in (first, *late)] == ["succeeded"] * 2
    assert jobs(queue) == 0
