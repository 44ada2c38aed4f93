"""Everything that a call of the client can raise.

ClientError
├── Unreachable             no answer: nobody listens, the connection broke, or it took too long
├── UnexpectedAnswer        the service answered something of another shape than this client knows
├── ApiError                the service answered with a problem; has .status, .code and .request_id
│   ├── InvalidInput        fields that a person can correct: .problems names each (422)
│   │   ├── InvalidAnswers  a panel that cannot be scored
│   │   └── InvalidBundle   a clock bundle that cannot be trusted
│   ├── InsufficientCredits (402)
│   ├── Unauthenticated     nobody is logged in, or the credentials are wrong (401)
│   ├── Forbidden           (403)
│   ├── NotFound            there is no such thing, or it is somebody else's (404)
│   ├── Conflict            the state of the thing forbids it (409)
│   ├── TooLarge            (413)
│   ├── RateLimited         too many requests; .retry_after_seconds says when (429)
│   ├── Unavailable         a part of the service is away for now (502, 503, 504)
│   └── ServerError         the service's own fault (any other 5xx)
├── TaskError               the request went well, the task did not; has .task
│   ├── TaskFailed          it ended without a result and was not charged
│   ├── TaskCanceled
│   └── WaitTimeout         it goes on; `client.wait(error.task.id)` waits further
├── CohortError             the same of a cohort; has .cohort
│   ├── CohortFailed        it ended without results and was not charged
│   ├── CohortCanceled
│   └── CohortTimeout       it goes on; `error.cohort.wait()` waits further
└── MissingExtra            a package of an extra of agelens is not installed (also an ImportError)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx


class TaskLike(Protocol):
    """A task, as far as its error knows it: `client.task(id)` has all of it."""

    @property
    def id(self) -> str: ...


class CohortLike(Protocol):
    """A cohort, as far as its error knows it."""

    @property
    def id(self) -> str: ...

    def wait(self, timeout: float | None = None, progress: bool = True) -> object: ...


@dataclass(frozen=True)
class FieldProblem:
    """One field that needs correcting, and how."""

    pointer: str
    field: str
    message: str


class ClientError(Exception):
    """Base of every error that the client raises on purpose."""


class Unreachable(ClientError):
    """The service could not be asked, or its answer never came."""


class UnexpectedAnswer(ClientError):
    """The service answered something of another shape than this client knows."""


class ApiError(ClientError):
    """The service answered with a problem (RFC 9457)."""

    def __init__(
        self,
        response: httpx.Response,
        problem: Mapping[str, object],
        retry_after_seconds: float | None = None,
    ) -> None:
        self.status = response.status_code
        self.title = str(problem.get("title") or response.reason_phrase)
        self.detail = str(problem.get("detail") or self.title)
        self.code = str(problem.get("code") or "")
        self.request_id = str(problem.get("request_id") or "")
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.detail)


class InvalidInput(ApiError):
    """Input that a person can correct, field by field."""

    def __init__(
        self,
        response: httpx.Response,
        problem: Mapping[str, object],
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(response, problem, retry_after_seconds)
        entries = problem.get("errors")
        self.problems = tuple(
            FieldProblem(*(str(entry.get(name, "")) for name in ("pointer", "field", "message")))
            for entry in (entries if isinstance(entries, list) else ())
        )

    def __str__(self) -> str:
        lines = [f"  {problem.field}: {problem.message}" for problem in self.problems]
        return "\n".join([self.title, *lines]) if lines else self.detail


class InvalidAnswers(InvalidInput):
    """A panel that cannot be scored."""


class InvalidBundle(InvalidInput):
    """A clock bundle that cannot be trusted."""


class InsufficientCredits(ApiError):
    """The wallet's available credits do not cover the price."""


class Unauthenticated(ApiError):
    """Nobody is logged in, or the credentials are wrong."""


class Forbidden(ApiError):
    """Logged in, but not allowed to."""


class NotFound(ApiError):
    """There is no such thing, or it belongs to somebody else."""


class Conflict(ApiError):
    """The state of the thing forbids what was asked."""


class TooLarge(ApiError):
    """The request is larger than the service takes."""


class RateLimited(ApiError):
    """Too many requests."""


class Unavailable(ApiError):
    """A part of the service is away for now; trying again helps."""


class ServerError(ApiError):
    """The service's own fault; the request id lets its operator find it."""


class TaskError(ClientError):
    """A task that has no result for us."""

    def __init__(self, task: TaskLike, what_happened: str) -> None:
        super().__init__(f"Task {task.id} {what_happened}")
        self.task = task


class TaskFailed(TaskError):
    """The task ended without a result and was not charged."""


class TaskCanceled(TaskError):
    """The task was canceled."""


class WaitTimeout(TaskError):
    """The task did not end within the time that we were willing to wait."""


class CohortError(ClientError):
    """A cohort that has no results for us."""

    def __init__(self, cohort: CohortLike, what_happened: str) -> None:
        super().__init__(f"Cohort {cohort.id} {what_happened}")
        self.cohort = cohort


class CohortFailed(CohortError):
    """The cohort ended without results and was not charged."""


class CohortCanceled(CohortError):
    """The cohort was canceled."""


class CohortTimeout(CohortError):
    """The cohort did not end within the time that we were willing to wait."""


class MissingExtra(ClientError, ImportError):
    """What was asked for needs packages that the base installation does not have."""
