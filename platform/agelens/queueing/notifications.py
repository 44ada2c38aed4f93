"""Publish that tasks or cohorts have ended, over Redis pub/sub, and hear it. Best effort: waiters also look."""

import os
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

log = structlog.get_logger()
CHANNEL = "agelens:ended"
HEARD_WITHIN_SECONDS = 1.0  # of a silent connection: whether somebody still waits
RECONNECT_SECONDS = 0.5
SILENCE_ENDS_AFTER_SECONDS = 60.0  # nobody waits: the connection is closed


def announce_after_commit(session: Session, row_id: uuid.UUID) -> None:
    """Note a finished row on the session; `JobQueue.commit` announces it after the commit."""
    session.info.setdefault("endings", []).append(row_id)


def announce(redis: Redis, *row_ids: uuid.UUID) -> None:
    """Wake whoever waits for one of these rows, in any process."""
    if not row_ids:
        return
    try:
        redis.publish(CHANNEL, ",".join(map(str, row_ids)))
    except RedisError as error:
        log.warning("redis is away, who waits will look", error=str(error))


class Waiter:
    """Somebody who waits until all of some rows have ended."""

    def __init__(self, listener: "Listener", names: Iterable[str]) -> None:
        self._listener = listener
        self._missing = set(names)
        self._woken = threading.Event()

    def has_ended(self, name: str) -> None:
        """One of the rows was announced."""
        self._missing.discard(name)
        if not self._missing:
            self.wake()

    def needs_only(self, row_ids: Iterable[uuid.UUID]) -> None:
        """What was looked at: the others have ended, and may have been announced before one listened."""
        with self._listener.lock:
            self._missing &= set(map(str, row_ids))
            if not self._missing:
                self.wake()

    def wake(self) -> None:
        """There is reason to look."""
        self._woken.set()

    def pause(self, seconds: float) -> bool:
        """Sleep until there is reason to look, or so long; whether there is."""
        woken = self._woken.wait(seconds)
        if woken:  # else somebody may wake us just now
            self._woken.clear()
        return woken

    @property
    def hears(self) -> bool:
        """Whether endings are heard now; else one has to look from time to time."""
        return self._listener.hears


class Listener:
    """The one subscription of a process, for all of its requests that wait.

    It is opened by a thread when somebody waits, in each process after a fork, and closed when nobody
    has waited for a while.
    """

    def __init__(self, redis: Redis) -> None:
        """Nothing is opened yet."""
        self._redis = redis
        self.lock = threading.Lock()
        self._waiters: defaultdict[str, set[Waiter]] = defaultdict(set)
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        self.hears = False

    @contextmanager
    def waiting(self, *row_ids: uuid.UUID) -> Iterator[Waiter]:
        """A waiter that is woken when these rows have all been announced, from now on."""
        names = {str(row_id) for row_id in row_ids}
        waiter = Waiter(self, names)
        with self.lock:
            self._forget_parent()
            for name in names:
                self._waiters[name].add(waiter)
        try:
            with self.lock:
                if self._thread is None:
                    thread = threading.Thread(target=self._listen, name="endings", daemon=True)
                    thread.start()  # it waits for the lock before it could say that it ends
                    self._thread = thread
            yield waiter
        finally:
            with self.lock:
                for name in names:
                    self._waiters[name].discard(waiter)
                    if not self._waiters[name]:
                        del self._waiters[name]

    def _forget_parent(self) -> None:
        """A fork has none of its parent's threads."""
        if self._pid != os.getpid():
            self._pid, self._thread, self.hears = os.getpid(), None, False
            self._waiters.clear()

    def _listen(self) -> None:
        while True:
            try:
                self._hear()
                return
            except (
                RedisError,
                OSError,
                ValueError,
            ) as error:  # the last, of a connection closed meanwhile
                log.warning("redis is away, who waits will look", error=str(error))
            except Exception:
                log.exception("the endings are not heard")
            self.hears = False
            self._wake_all()
            if self._nobody_waits_any_more():
                return
            threading.Event().wait(RECONNECT_SECONDS)

    def _hear(self) -> None:
        # redis-py leaves pubsub() without types
        with self._redis.pubsub(ignore_subscribe_messages=False) as subscription:  # type: ignore[no-untyped-call]
            subscription.subscribe(CHANNEL)
            silent_seconds = 0.0
            while True:
                message = subscription.get_message(timeout=HEARD_WITHIN_SECONDS)
                silent_seconds = (
                    0.0 if message or self._waiters else silent_seconds + HEARD_WITHIN_SECONDS
                )
                if message is None:
                    if (
                        silent_seconds >= SILENCE_ENDS_AFTER_SECONDS
                        and self._nobody_waits_any_more()
                    ):
                        return
                elif message["type"] == "subscribe":  # what ended before is found by looking
                    self.hears = True
                    self._wake_all()
                elif message["type"] == "message":
                    self._wake(message["data"])

    def _wake(self, data: bytes) -> None:
        names = data.decode(errors="replace").split(",")
        with self.lock:
            for name in names:
                for waiter in self._waiters.get(name, ()):
                    waiter.has_ended(name)

    def _wake_all(self) -> None:
        with self.lock:
            woken = {waiter for waiters in self._waiters.values() for waiter in waiters}
        for waiter in woken:
            waiter.wake()

    def _nobody_waits_any_more(self) -> bool:
        """Whether the thread may end; who waits from now on starts another."""
        with self.lock:
            if self._waiters:
                return False
            self._thread, self.hears = None, False
            return True
