"""One's panels over time: what each clock said, how it changed, and two of them compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from agelens import wire as wire_shapes
from agelens.client.cards import LiveHtmlCard
from agelens.client.comparisons import Comparison
from agelens.client.connection import Resource
from agelens.client.conversions import trend_to_figure
from agelens.client.decoding import decode, decoder
from agelens.client.errors import FieldProblem
from agelens.client.pages import Page, page_of
from agelens.client.shapes import Failure, ModelName

TIMELINE_PATH = "/api/timeline"


@dataclass(frozen=True)
class TimelineResult:
    """A task in short; it has no `prediction` until it has succeeded."""

    task_id: str
    status: str
    model: ModelName
    unit: str
    prediction: float | None
    interval: wire_shapes.Interval | None
    age_gap: float | None
    price: int
    charged: int
    validation_errors: tuple[FieldProblem, ...]
    error: Failure | None


@dataclass(frozen=True)
class TimelineEntry:
    """A panel with what its clocks said, `measured_on` a day and entered at `created_at`.

    `id` is that of its assessment, or of its task where it belongs to none.
    """

    id: str
    assessment_id: str | None
    measured_on: date
    created_at: datetime
    chronological_age: wire_shapes.Scalar
    results: tuple[TimelineResult, ...]


@dataclass(frozen=True)
class Trend:
    """Results by clock, that of the newest result first; not `complete` when older ones are left out."""

    clocks: tuple[wire_shapes.ClockTrend, ...]
    complete: bool

    def figure(self) -> Any:
        """A Plotly figure of the clocks that answer in the unit of the first."""
        return trend_to_figure(self.clocks)


@dataclass(frozen=True)
class PanelComparison:
    """Two panels: each clock that scored both (`comparisons`), and what was measured (`biomarkers`)."""

    before: TimelineEntry
    after: TimelineEntry
    years_passed: float
    comparisons: tuple[Comparison, ...]
    not_compared: tuple[wire_shapes.NotCompared, ...]
    biomarkers: tuple[wire_shapes.BiomarkerChange, ...] = field(repr=False)


class Timeline(Resource, LiveHtmlCard):
    """One's panels, the newest measured first: `client.timeline`. Iterating gives all of them."""

    def __iter__(self) -> Iterator[TimelineEntry]:
        for payload in self._connection.pages(TIMELINE_PATH, {"limit": 100}):
            yield decode(TimelineEntry, payload)

    def page(
        self,
        *,
        cursor: str | None = None,
        limit: int = 25,
        status: str | None = None,
        model: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
    ) -> Page[TimelineEntry]:
        """Some panels, from where `cursor` says, with a result of that status and clock."""
        params = {
            "cursor": cursor,
            "limit": limit,
            "status": status,
            "model": model,
            "since": _day(since),
            "until": _day(until),
        }
        return page_of(self._connection, TIMELINE_PATH, params, decoder(TimelineEntry))

    def trend(
        self,
        *,
        model: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
    ) -> Trend:
        """Each clock's results of one's newest 100 panels, and whether they changed by more than noise."""
        params = {"model": model, "since": _day(since), "until": _day(until)}
        return decode(Trend, self._connection.get(f"{TIMELINE_PATH}/trend", params))

    def compare(self, one: str, other: str, *, as_given: bool = False) -> PanelComparison:
        """Two panels clock by clock, by the ids of their assessments or tasks; free, and not kept.

        The one that was measured first is `before`, unless they are wanted `as_given`.
        """
        query = "?as_given=true" if as_given else ""
        path = f"{TIMELINE_PATH}/{quote(one, safe='')}/compare/{quote(other, safe='')}{query}"
        return decode(PanelComparison, self._connection.post_once_more(path))


def _day(day: date | str | None) -> str | None:
    return day.isoformat() if isinstance(day, date) else day
