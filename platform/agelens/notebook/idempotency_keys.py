"""Idempotency keys: a panel that may already have been ordered is never paid twice."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from agelens.client import TaskCanceled, TaskFailed


class IdempotencyKeys:
    """A panel keeps its key until its task has ended, whichever way.

    A click before the answer, or after none came, has the key of the one before; what failed has
    another one, for with the same it would be the same failed task.
    """

    def __init__(self) -> None:
        self._mine = uuid.uuid4().hex
        self._over: set[str] = set()

    def key_for(self, model: str, request: Mapping[str, Any]) -> str:
        """The key of a panel now."""
        panel_json = json.dumps([model, request], sort_keys=True)
        panel = f"{self._mine}-{hashlib.sha256(panel_json.encode()).hexdigest()[:24]}"
        times = 0
        while f"{panel}-{times}" in self._over:
            times += 1
        return f"{panel}-{times}"

    def is_over(self, key: str) -> bool:
        """Whether the task of this key has ended."""
        return key in self._over

    @contextmanager
    def used(self, key: str) -> Iterator[None]:
        """Within, ask for the task, wait for it and take its result; what goes on is not over."""
        try:
            yield
        except (TaskFailed, TaskCanceled):
            self._over.add(key)
            raise
        self._over.add(key)
