"""Read-only links to results, and what they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

from agelens import wire as wire_shapes
from agelens.client.assessments import PATH as ASSESSMENTS
from agelens.client.assessments import Assessment
from agelens.client.connection import Resource
from agelens.client.decoding import decode, decoder
from agelens.client.pages import Page, page_of
from agelens.client.results import Result, Task

TASKS = "/api/tasks"
SHARED = "/api/shared"
LINKS = "/api/links"
Shareable: TypeAlias = Result | Task | Assessment
# what a link does not tell, as the shapes of those who own it have it
UNTOLD_OF_TASK = {"price": 0, "charged": 0, "attempts": 0, "validation_errors": []}
UNTOLD = {"price": 0, "charged": 0, "age_from_profile": False}


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
        for wire in self._connection.pages(LINKS, {"limit": 100}):
            yield decode(OwnLink, wire)

    def page(self, *, cursor: str | None = None, limit: int = 25) -> Page[OwnLink]:
        """Some of them, newest first, from where `cursor` says."""
        return page_of(
            self._connection, LINKS, {"cursor": cursor, "limit": limit}, decoder(OwnLink)
        )

    def create(self, shown: Shareable, *, days: int = 7) -> SharedLink:
        """As `client.share`."""
        return decode(SharedLink, self._connection.post(_place(shown), {"days": days}))

    def of(self, shown: Shareable) -> list[SharedLink]:
        """Those of a result that still work, newest first; never their addresses."""
        return [decode(SharedLink, wire) for wire in self._connection.pages(_place(shown))]

    def revoke(self, shown: Shareable | OwnLink, link_id: str | None = None) -> None:
        """End one: by what it shows and its id, or as iterating gives it."""
        if isinstance(shown, OwnLink):
            link_id = shown.id
        if link_id is None:
            raise TypeError("say which link of this result: revoke(result, link.id)")
        self._connection.delete(f"{_place(shown)}/{quote(link_id, safe='')}")

    def open(self, link: str) -> SharedResult:
        """What a link shows, by its address or the end of it; needs no login.

        Raises
        ------
        NotFound
            If it is unknown, expired or revoked.
        """
        token = urlsplit(link).path.rstrip("/").rpartition("/")[2]
        found = self._connection.get(f"{SHARED}/{quote(token, safe='')}")
        return decode(SharedResult, _filled(decode(_Told, found)))


@dataclass(frozen=True)
class _Told:
    expires_at: str
    task: dict[str, wire_shapes.Json] | None
    assessment: dict[str, wire_shapes.Json] | None


def _place(shown: Shareable | OwnLink) -> str:
    """Where the links to something are."""
    if isinstance(shown, OwnLink):
        of, key = (
            (ASSESSMENTS, shown.assessment_id) if shown.assessment_id else (TASKS, shown.task_id)
        )
        return f"{of}/{quote(key or '', safe='')}/links"
    if isinstance(shown, Assessment):
        return f"{ASSESSMENTS}/{quote(shown.id, safe='')}/links"
    task = shown.task if isinstance(shown, Result) else shown
    return f"{TASKS}/{quote(task.id, safe='')}/links"


def _filled(told: _Told) -> dict[str, Any]:
    task, assessment = told.task, told.assessment
    return {
        "expires_at": told.expires_at,
        "task": None if task is None else _filled_task(task),
        "assessment": None if assessment is None else _filled_assessment(assessment),
    }


def _filled_task(task: Mapping[str, Any]) -> dict[str, Any]:
    return {**task, **UNTOLD_OF_TASK}


def _filled_assessment(assessment: Mapping[str, Any]) -> dict[str, Any]:
    return {**assessment, **UNTOLD, "tasks": [_filled_task(task) for task in assessment["tasks"]]}
