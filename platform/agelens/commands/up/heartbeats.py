"""Notice children that run and do nothing: frozen ones, by the heartbeats that they miss."""

import time
from collections.abc import Sequence

from redis.exceptions import RedisError

from agelens.commands.up.supervisor import Child
from agelens.queueing.heartbeat import SCHEDULER, alive, pids_here
from agelens.queueing.queue import QUEUES, open_redis

LOOK_EVERY_SECONDS = 2.0
SILENT_SECONDS = 8.0  # after the twelve in which a heartbeat counts as recent
FIRST_BEAT_SECONDS = 90.0  # imports, clocks and a database that is still away take their time


class HeartbeatMonitor:
    """Compares the children with the heartbeats in Redis.

    While Redis is away, or after this process itself was frozen, nobody can be told from anybody:
    then everybody's silence is counted anew.
    """

    def __init__(self, redis_url: str) -> None:
        """Connects when it first looks."""
        self._redis = open_redis(redis_url)
        self._looked_at = float("-inf")
        self._last_heard: dict[int, float] = {}
        self._have_beaten: set[int] = set()

    def children_without_heartbeat(self, children: Sequence[Child]) -> list[Child]:
        """The children whose heartbeat is missing for too long; asks Redis every few seconds."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY_SECONDS:
            return []
        was_away = now - self._looked_at > SILENT_SECONDS
        self._looked_at = now
        watched = [child for child in children if child.has_heartbeat and child.process]
        try:
            beating = self._beating()
        except (RedisError, OSError):
            beating, was_away = set(), True
        self._note(watched, beating, now, excused=was_away)
        return [child for child in watched if self._is_overdue(child, now)]

    def _beating(self) -> set[int]:
        return pids_here([name for key in (*QUEUES, SCHEDULER) for name in alive(self._redis, key)])

    def _note(
        self, watched: Sequence[Child], beating: set[int], now: float, *, excused: bool
    ) -> None:
        pids = {child.process.pid for child in watched if child.process}
        self._have_beaten = (self._have_beaten | beating) & pids
        heard = pids if excused else beating & pids
        last_heard = {pid: heard_at for pid, heard_at in self._last_heard.items() if pid in pids}
        self._last_heard = last_heard | dict.fromkeys(heard, now)

    def _is_overdue(self, child: Child, now: float) -> bool:
        if child.process is None:
            return False
        pid = child.process.pid
        allowed = SILENT_SECONDS if pid in self._have_beaten else FIRST_BEAT_SECONDS
        return now - self._last_heard.get(pid, child.started_at) > allowed
