"""The client: accounts and predictions here, further resources as attributes."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx

from agelens.client.accounts import Tokens
from agelens.client.admin import Admin
from agelens.client.connection import Connection
from agelens.client.drafts import Drafts, panel
from agelens.client.errors import TaskCanceled, TaskFailed, Unauthenticated, WaitTimeout
from agelens.client.models import Models
from agelens.client.results import Result
from agelens.client.shapes import AccessToken, Task, User, known, task_from_wire
from agelens.client.wallet import Wallet

LONGEST_WAIT_SECONDS = 25.0  # the service waits up to 30; proxies between may be less patient
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 1.0


class Client:
    """Talks to one AgeLens service, as one person.

    `base_url` and `token` default to AGELENS_URL and AGELENS_TOKEN. `timeout` is for one answer,
    `patience` for a call with all its retries; both in seconds. `transport` is httpx's.
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
        patience: float = 60.0,
    ) -> None:
        self._connection = Connection(
            base_url,
            token,
            transport=transport,
            timeout_seconds=timeout,
            patience_seconds=patience,
        )
        self.tokens = Tokens(self._connection)
        self.wallet = Wallet(self._connection)
        self.models = Models(self._connection)
        self.drafts = Drafts(self._connection)
        self.admin = Admin(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._connection.base_url!r})"

    def close(self) -> None:
        """Let the sockets go."""
        self._connection.close()

    # ------------------------------------------------------------ accounts

    def register(self, email: str, password: str) -> User:
        """Create an account; log in afterwards."""
        body = {"email": email, "password": password}
        return User(**known(User, self._connection.post("/api/auth/register", body)))

    def login(self, email: str, password: str) -> AccessToken:
        """Log in; this client uses the token from now on."""
        body = {"email": email, "password": password}
        token = AccessToken(
            **known(AccessToken, self._connection.post_once_more("/api/auth/login", body))
        )
        self._connection.token = token.access_token
        return token

    def logout(self) -> None:
        """Revoke the token that this client uses."""
        with suppress(Unauthenticated):  # it is revoked or expired already
            self._connection.post_once_more("/api/auth/logout")
        self._connection.token = None

    def me(self) -> User:
        """Who is logged in."""
        return User(**known(User, self._connection.get("/api/auth/me")))

    def export(self) -> dict[str, Any]:
        """Everything that the service keeps about oneself."""
        kept: dict[str, Any] = self._connection.get("/api/auth/me/export")
        return kept

    def erase(self) -> None:
        """Have one's answers, results, tokens and name erased. This cannot be undone."""
        self._connection.delete("/api/auth/me")
        self._connection.token = None

    def biomarkers(self) -> list[dict[str, Any]]:
        """The registry: every biomarker with its units and ranges."""
        return list(self._connection.pages("/api/biomarkers"))

    # --------------------------------------------------------- predictions

    def predict(
        self,
        answers: Mapping[str, Any],
        *,
        model: str | None = None,
        units: Mapping[str, str] | None = None,
        chronological_age: float | None = None,
        timeout: float = 120.0,
        idempotency_key: str | None = None,
    ) -> Result:
        """Submit a panel and wait for its explained age."""
        task_id = self.submit(
            answers,
            model=model,
            units=units,
            chronological_age=chronological_age,
            idempotency_key=idempotency_key,
        )
        return self.wait(task_id, timeout=timeout)

    def submit(
        self,
        answers: Mapping[str, Any],
        *,
        model: str | None = None,
        units: Mapping[str, str] | None = None,
        chronological_age: float | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Submit a panel; the id of its task."""
        body = panel(answers, model, units, chronological_age)
        wire = self._connection.post("/api/tasks/predict", body, key=idempotency_key)
        return str(wire["task_id"])

    def wait(self, task_id: str, *, timeout: float = 120.0) -> Result:
        """The result of a task, once it has one. Raises TaskFailed, TaskCanceled or WaitTimeout."""
        deadline, pause = time.monotonic() + timeout, FIRST_PAUSE_SECONDS
        while True:
            left = max(0.0, deadline - time.monotonic())
            task = self.task(task_id, wait=min(left, LONGEST_WAIT_SECONDS))
            if task.is_finished:
                return _result_of(task)
            left = deadline - time.monotonic()
            if left <= 0 or task.status == "draft":
                raise WaitTimeout(task, f"is still {task.status}")
            time.sleep(min(pause, left))  # a busy service may answer at once although asked to wait
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def task(self, task_id: str, *, wait: float = 0.0) -> Task:
        """One task; with `wait`, as soon as it is finished or these seconds (up to 30) are over."""
        params = {"wait": round(wait, 3)} if wait > 0 else {}
        return task_from_wire(
            self._connection.get(f"/api/tasks/{task_id}", params, seconds_more=wait)
        )

    def run(self, task_id: str) -> str:
        """Queue a draft; its id again. Running it twice is harmless."""
        return str(self._connection.post(f"/api/tasks/{task_id}/run")["task_id"])

    def cancel(self, task_id: str) -> Task:
        """End a queued or running task; it costs nothing."""
        return task_from_wire(self._connection.post(f"/api/tasks/{task_id}/cancel"))

    def delete(self, task_id: str) -> None:
        """Take a draft or a finished task away."""
        self._connection.delete(f"/api/tasks/{task_id}")

    def history(
        self, *, status: str | None = None, model: str | None = None, page_size: int = 100
    ) -> Iterator[Task]:
        """One's tasks, newest first."""
        params = {"status": status, "model": model, "limit": page_size}
        for wire in self._connection.pages("/api/tasks/history", params):
            yield task_from_wire(wire)


def _result_of(task: Task) -> Result:
    if task.result is not None:
        return task.result
    if task.status == "canceled":
        raise TaskCanceled(task, "was canceled")
    reason = task.error.message if task.error else "for an unknown reason"
    raise TaskFailed(task, f"failed: {reason}")
