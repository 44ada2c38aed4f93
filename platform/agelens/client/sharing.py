"""Read-only links to results, and what they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

from agelens import wire as wire_shapes
from agelens.client.assessments import ASSESSMENTS_PATH, Assessment
from agelens.client.connection import Resource
from agelens.client.decoding import decode, decoder
from agelens.client.pages import Page, page_of
from agelens.client.results import Result, Task

TASKS_PATH = "/api/tasks"
SHARED_PATH = "/api/shared"
LINKS_PATH = "/api/links"
Shareable: TypeAlias = Result | Task | Assessment
# what a link does not tell, as the shapes of those who own it have it
PRIVATE_TASK_FIELDS = {"price": 0, "charged": 0, "attempts": 0, "validation_errors": []}
PRIVATE_FIELDS = {"price": 0, "charged": 0, "age_from_profile": False}


@dataclass(frozen=True)
class SharedLink:
    """A read-only link; `url` is known in the answer that created it, only there.

    `last_opened_at` is to the minute, and None until it was opened.
    """

    id: str
    created_at: datetime
    expires_at: datetime
    last_opened_at: datetime | None
    url: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class OwnLink:
    """One of one's links, with the clocks and the day of measurement of the task or assessment it shows."""

    id: str
    task_id: str | None
    assessment_id: str | None
    models: tuple[str, ...]
    measured_on: date
    created_at: datetime
    expires_at: datetime
    last_opened_at: datetime | None


@dataclass(frozen=True)
class SharedResult:
    """What a link shows: a task, or an assessment with its tasks. Prices in them are 0."""

    expires_at: datetime
    task: Task | None
    assessment: Assessment | None

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The task, or those of the assessment."""
        if self.assessment is not None:
            return self.assessment.tasks
        return (self.task,) if self.task is not None else ()


class SharedLinks(Resource):
    """Read-only links to one's results: `client.shared_links`. Iterating gives all that still work."""

    def __iter__(self) -> Iterator[OwnLink]:
        for payload in self._connection.pages(LINKS_PATH, {"limit": 100}):
            yield decode(OwnLink, payload)

    def page(self, *, cursor: str | None = None, limit: int = 25) -> Page[OwnLink]:
        """Some of them, newest first, from where `cursor` says."""
        return page_of(
            self._connection, LINKS_PATH, {"cursor": cursor, "limit": limit}, decoder(OwnLink)
        )

    def create(self, shown: Shareable, *, days: int = 7) -> SharedLink:
        """As `client.share`."""
        return decode(SharedLink, self._connection.post(_links_path(shown), {"days": days}))

    def of(self, shown: Shareable) -> list[SharedLink]:
        """Those of a result that still work, newest first; never their addresses."""
        return [
            decode(SharedLink, payload) for payload in self._connection.pages(_links_path(shown))
        ]

    def revoke(self, shown: Shareable | OwnLink, link_id: str | None = None) -> None:
        """End one: by what it shows and its id, or as iterating gives it."""
        if isinstance(shown, OwnLink):
            link_id = shown.id
        if link_id is None:
            raise TypeError("say which link of this result: revoke(result, link.id)")
        self._connection.delete(f"{_links_path(shown)}/{quote(link_id, safe='')}")

    def open(self, link: str) -> SharedResult:
        """What a link shows, by its address or the end of it; needs no login.

        Raises
        ------
        NotFound
            If it is unknown, expired or revoked.
        """
        token = urlsplit(link).path.rstrip("/").rpartition("/")[2]
        payload = self._connection.get(f"{SHARED_PATH}/{quote(token, safe='')}")
        return decode(SharedResult, _with_private_fields(decode(_SharedPayload, payload)))


@dataclass(frozen=True)
class _SharedPayload:
    expires_at: str
    task: dict[str, wire_shapes.Json] | None
    assessment: dict[str, wire_shapes.Json] | None


def _links_path(thing: Shareable | OwnLink) -> str:
    """Where the links to something are."""
    if isinstance(thing, OwnLink):
        collection, thing_id = (
            (ASSESSMENTS_PATH, thing.assessment_id)
            if thing.assessment_id
            else (TASKS_PATH, thing.task_id)
        )
        return f"{collection}/{quote(thing_id or '', safe='')}/links"
    if isinstance(thing, Assessment):
        return f"{ASSESSMENTS_PATH}/{quote(thing.id, safe='')}/links"
    task = thing.task if isinstance(thing, Result) else thing
    return f"{TASKS_PATH}/{quote(task.id, safe='')}/links"


def _with_private_fields(shared: _SharedPayload) -> dict[str, Any]:
    task, assessment = shared.task, shared.assessment
    return {
        "expires_at": shared.expires_at,
        "task": None if task is None else _task_with_private_fields(task),
        "assessment": None if assessment is None else _assessment_with_private_fields(assessment),
    }


def _task_with_private_fields(task: Mapping[str, Any]) -> dict[str, Any]:
    return {**task, **PRIVATE_TASK_FIELDS}


def _assessment_with_private_fields(assessment: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **assessment,
        **PRIVATE_FIELDS,
        "tasks": [_task_with_private_fields(task) for task in assessment["tasks"]],
    }
