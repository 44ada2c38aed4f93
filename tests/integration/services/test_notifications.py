"""Who waits for tasks is woken when they have ended, in any process and after any interruption."""

import os
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from agelens.queueing import Listener, Waiter, announce, open_redis
from agelens.settings import Settings
from redis import Redis

SOON = 10.0  # seconds on a busy machine; a look without being told comes later in what is tested
NOT_YET = 0.3


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    made = open_redis(str(settings.redis_url))
    yield made
    made.close()


@pytest.fixture
def listener(redis: Redis) -> Listener:
    return Listener(redis)


def hears(waiter: Waiter) -> None:
    """Wait until the subscription is there; it wakes, as something may have ended before."""
    assert waiter.pause(SOON)
    assert waiter.hears


def test_an_announcement_wakes_whoever_waits_for_it(listener: Listener, redis: Redis) -> None:
    mine, other = uuid.uuid4(), uuid.uuid4()
    with listener.waiting(mine) as waiter:
        hears(waiter)
        announce(redis, other)
        assert not waiter.pause(NOT_YET)
        announce(redis, other, mine)
        assert waiter.pause(SOON)


def test_of_several_the_last_one_wakes(listener: Listener, redis: Redis) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    with listener.waiting(first, second) as waiter:
        hears(waiter)
        announce(redis, first)
        assert not waiter.pause(NOT_YET)
        announce(redis, second)
        assert waiter.pause(SOON)


def test_what_was_seen_to_have_ended_is_waited_for_no_more(
    listener: Listener, redis: Redis
) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    with listener.waiting(first, second) as waiter:
        hears(waiter)
        waiter.needs_only([second])  # the first one was announced before anybody listened
        announce(redis, second)
        assert waiter.pause(SOON)
    with listener.waiting(first) as waiter:
        waiter.needs_only([])
        assert waiter.pause(SOON)


def test_a_broken_connection_wakes_and_is_made_again(listener: Listener, redis: Redis) -> None:
    mine = uuid.uuid4()
    with listener.waiting(mine) as waiter:
        hears(waiter)
        redis.client_kill_filter(_type="pubsub")
        assert waiter.pause(SOON), "what ended meanwhile is found by looking"
        deadline = time.monotonic() + SOON
        while not waiter.hears:
            assert time.monotonic() < deadline
            waiter.pause(0.1)
        waiter.pause(NOT_YET)  # the new subscription wakes, too
        announce(redis, mine)
        assert waiter.pause(SOON)


def test_without_redis_one_is_told_to_look(settings: Settings) -> None:
    away = Listener(open_redis("unix:///nowhere/redis.sock"))
    with away.waiting(uuid.uuid4()) as waiter:
        assert waiter.pause(SOON)
        assert not waiter.hears


def test_one_connection_serves_all_who_wait(listener: Listener, redis: Redis) -> None:
    before = int(redis.pubsub_numsub("agelens:ended")[0][1])
    keys = [uuid.uuid4() for _ in range(20)]
    woken: list[bool] = []

    def wait(key: uuid.UUID, ready: threading.Barrier) -> None:
        with listener.waiting(key) as waiter:
            while not waiter.hears:
                waiter.pause(0.1)
            waiter.pause(NOT_YET)  # of the subscription
            ready.wait(SOON)
            woken.append(waiter.pause(SOON))

    ready = threading.Barrier(len(keys) + 1)
    threads = [threading.Thread(target=wait, args=(key, ready)) for key in keys]
    for thread in threads:
        thread.start()
    ready.wait(SOON)
    assert int(redis.pubsub_numsub("agelens:ended")[0][1]) == before + 1
    announce(redis, *keys)
    for thread in threads:
        thread.join(2 * SOON)
    assert woken == [True] * len(keys)


def test_a_fork_listens_for_itself(listener: Listener, redis: Redis) -> None:
    mine = uuid.uuid4()
    with listener.waiting(uuid.uuid4()) as waiter:
        hears(waiter)
        child = os.fork()
        if child == 0:
            with listener.waiting(mine) as waiter:
                subscribed = waiter.pause(SOON) and waiter.hears
                os._exit(0 if subscribed and waiter.pause(SOON) else 1)
        deadline, status = time.monotonic() + 2 * SOON, (0, 0)
        while status[0] == 0 and time.monotonic() < deadline:
            announce(redis, mine)
            time.sleep(0.1)
            status = os.waitpid(child, os.WNOHANG)
    assert status == (child, 0)
