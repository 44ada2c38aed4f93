"""Assessments: one panel that several clocks score, and what a panel still lacks."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Unpack, cast
from urllib.parse import quote

from agelens import wire as wire_shapes
from agelens.client.cards import HtmlCard, LiveHtmlCard
from agelens.client.connection import Resource
from agelens.client.conversions import outcomes_to_frame, results_to_forest
from agelens.client.decoding import decode, decoder
from agelens.client.drafts import panel_body
from agelens.client.errors import FieldProblem, WaitTimeout
from agelens.client.pages import Page, page_of
from agelens.client.predictions import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LONGEST_WAIT_SECONDS,
)
from agelens.client.results import Result, Task
from agelens.client.shapes import ModelName

if TYPE_CHECKING:
    from agelens.client.frames import DataFrame

ASSESSMENTS_PATH = "/api/assessments"


@dataclass(frozen=True)
class NotRun:
    """A clock that could not score a panel, and why: it needs `at_least` so many of what it `lacks`."""

    model: ModelName
    lacks: tuple[str, ...]
    at_least: int
    reason: str


@dataclass(frozen=True)
class ClockCheck:
    """What a clock would make of a panel, and for how many credits.

    It is `ready`, or needs `at_least` so many of what it `lacks` (the `reason` says it in words), or
    `errors` say which answers cannot be used.
    """

    model: ModelName
    price: int
    ready: bool
    lacks: tuple[str, ...]
    at_least: int
    reason: str
    errors: tuple[FieldProblem, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PanelCheck(HtmlCard):
    """What every active clock would make of a panel."""

    clocks: tuple[ClockCheck, ...]
    chronological_age: wire_shapes.Scalar
    age_from_profile: bool

    def __getitem__(self, name: str) -> ClockCheck:
        """What one clock would make of it."""
        checks = [each for each in self.clocks if each.model.name == name]
        if not checks:
            raise KeyError(name)
        return checks[0]

    @property
    def ready(self) -> tuple[str, ...]:
        """The clocks that can score it."""
        return tuple(each.model.name for each in self.clocks if each.ready)

    @property
    def price(self) -> int:
        """What all that are ready cost together."""
        return sum(each.price for each in self.clocks if each.ready)


@dataclass(frozen=True)
class Assessment(HtmlCard):
    """One panel and what several clocks have made of it: a task for each, charged by itself.

    `not_run` are the clocks of "ready" that could not score it. `price` and `charged` are of all tasks.
    """

    id: str
    answers: wire_shapes.Answers
    units: wire_shapes.Answers
    chronological_age: wire_shapes.Scalar
    age_from_profile: bool
    measured_on: date
    context: tuple[str, ...]
    baseline: str | None
    price: int
    charged: int
    created_at: datetime
    tasks: tuple[Task, ...] = field(repr=False)
    not_run: tuple[NotRun, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether every task has ended, with or without a result."""
        return all(task.is_finished for task in self.tasks)

    @property
    def results(self) -> dict[str, Result]:
        """What there is by now, by clock; by `name@version` where two versions of a clock were asked."""
        names = Counter(task.model.name for task in self.tasks)
        return {
            _name(task, alone=names[task.model.name] == 1): task.result
            for task in self.tasks
            if task.result is not None
        }

    def forest(self) -> Any:
        """A forest plot, a Plotly figure: a row for each clock, with the person's age as a line.

        Each has its interval, where there is one, and what is usual for people of the same age and
        sex; clocks that do not measure an age are below, by their percentile.
        """
        age = self.chronological_age
        results = {name: result.wire for name, result in self.results.items()}
        return results_to_forest(results, float(age) if isinstance(age, int | float) else None)

    def to_frame(self) -> DataFrame:
        """A row for each clock, by its name: result, interval, age gap, status, what went wrong."""
        clocks = [task.model.name for task in self.tasks]
        return outcomes_to_frame(clocks, [_outcome(task) for task in self.tasks])


class Assessments(Resource, LiveHtmlCard):
    """One's assessments: `client.assessments`. Iterating gives them by `measured_on`, newest first."""

    def __iter__(self) -> Iterator[Assessment]:
        for payload in self._connection.pages(ASSESSMENTS_PATH, {"limit": 50}):
            yield decode(Assessment, payload)

    def __getitem__(self, assessment_id: str) -> Assessment:
        """One assessment, as it is now."""
        return self._show(assessment_id, 0.0)

    def get(self, assessment_id: str, *, wait: float = 0.0) -> Assessment:
        """One assessment; with `wait` as soon as all its tasks have ended, or the seconds are over."""
        return self._show(assessment_id, min(wait, LONGEST_WAIT_SECONDS))

    def submit(
        self,
        answers: Mapping[str, object],
        models: Sequence[str] | str | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Unpack[wire_shapes.CommonPanelFields],
    ) -> str:
        """Have a panel scored; the id of its assessment. The parameters are those of `client.assess`."""
        body = panel_body(answers, cast(wire_shapes.PanelFields, fields))
        if models is not None:
            names = models if isinstance(models, str) else list(models)
            body["models"] = names if names == "ready" or not isinstance(names, str) else [names]
        accepted = self._connection.post(ASSESSMENTS_PATH, body, key=idempotency_key)
        return decode(_Accepted, accepted).assessment_id

    def wait(self, assessment_id: str, *, timeout: float = 120.0) -> Assessment:
        """An assessment whose tasks have all ended. WaitTimeout has the first task that has not."""
        deadline, pause = time.monotonic() + timeout, FIRST_PAUSE_SECONDS
        while True:
            seconds_left = max(0.0, deadline - time.monotonic())
            assessment = self._show(assessment_id, min(seconds_left, LONGEST_WAIT_SECONDS))
            if assessment.is_finished:
                return assessment
            seconds_left = deadline - time.monotonic()
            if seconds_left <= 0:
                unfinished = next(task for task in assessment.tasks if not task.is_finished)
                raise WaitTimeout(unfinished, f"is still {unfinished.status}")
            time.sleep(min(pause, seconds_left))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def check(
        self, answers: Mapping[str, object], **fields: Unpack[wire_shapes.CommonPanelFields]
    ) -> PanelCheck:
        """As `client.check`."""
        body = panel_body(answers, cast(wire_shapes.PanelFields, fields))
        return decode(
            PanelCheck, self._connection.post_once_more(f"{ASSESSMENTS_PATH}/check", body)
        )

    def page(self, *, cursor: str | None = None, limit: int = 25) -> Page[Assessment]:
        """Some of one's assessments, from where `cursor` says."""
        params = {"cursor": cursor, "limit": limit}
        return page_of(self._connection, ASSESSMENTS_PATH, params, decoder(Assessment))

    def _show(self, assessment_id: str, wait_seconds: float) -> Assessment:
        params = {"wait": round(wait_seconds, 3)} if wait_seconds > 0 else {}
        path = f"{ASSESSMENTS_PATH}/{quote(assessment_id, safe='')}"
        return decode(Assessment, self._connection.get(path, params, seconds_more=wait_seconds))


@dataclass(frozen=True)
class _Accepted:
    assessment_id: str


def _name(task: Task, *, alone: bool) -> str:
    return task.model.name if alone else f"{task.model.name}@{task.model.version}"


def _outcome(task: Task) -> dict[str, object]:
    outcome: dict[str, object] = {
        "version": task.model.version,
        "status": task.status,
        "charged": task.charged,
        "error": task.error.message if task.error else None,
        "task_id": task.id,
    }
    result = task.result
    if result is None:
        return outcome
    outcome |= {
        "prediction": result.prediction,
        "unit": result.unit,
        "base_value": result.base_value,
    }
    if result.interval:
        outcome |= {"interval_low": result.interval.low, "interval_high": result.interval.high}
    if gap := result.age_gap:
        ranks = {"age_gap_adjusted": gap.adjusted, "age_gap_percentile": gap.percentile}
        outcome |= {"age_gap": gap.raw, **ranks}
    return outcome
