"""Each clock's results over time, and whether they changed by more than measuring twice does."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agelens import wire
from agelens.clocks.measurement import Variation, within_person
from agelens.clocks.scoring import read_panel_for
from agelens.domain.errors import AgeLensError
from agelens.services import model_registry
from agelens.services.result_comparison import noise_of
from agelens.services.timeline import PanelFilters, PanelRef, of_clock, panel_refs
from agelens.storage import ModelVersion, Task

MOST_PANELS = 100  # each result is scored some twenty times to know its noise: a millisecond
OTHER_VERSION = "the clock has another version since"
_ROWS = (
    select(
        Task.id,
        Task.assessment_id,
        Task.created_at,
        Task.answers,
        Task.units,
        Task.chronological_age,
        Task.context,
        Task.baseline,
        Task.model_version_id,
        ModelVersion.name,
        ModelVersion.version,
        ModelVersion.unit,
        Task.result["prediction"].label("prediction"),
        Task.result["interval"].label("interval"),
    )
    .select_from(Task)
    .join(ModelVersion)
    .where(Task.status == "succeeded")
)


@dataclass(frozen=True)
class _Point:
    """A result, where it stands, and how much it varies when the same person is measured twice."""

    panel: PanelRef
    row: Row[Any]
    variation: Variation

    def describe(self, before: "_Point | None") -> wire.TrendPoint:
        return {
            "task_id": str(self.row.id),
            "assessment_id": str(self.row.assessment_id) if self.row.assessment_id else None,
            "measured_on": self.panel.measured_on.isoformat(),
            "created_at": self.row.created_at.astimezone(UTC).isoformat(),
            "version": self.row.version,
            "chronological_age": self.row.chronological_age,
            "prediction": self.row.prediction,
            "interval": self.row.interval,
            "change": _change(before, self) if before else None,
        }


def trend(session: Session, owner_id: uuid.UUID, filters: PanelFilters) -> wire.Trend:
    """The results of a person's newest panels by clock, the oldest first.

    A clock that answered in another unit is another one. The clock of the newest result is the first.
    """
    filters = replace(filters, status="succeeded")
    panels = panel_refs(session, owner_id, filters, [], MOST_PANELS + 1)
    by_clock: dict[tuple[str, str], list[_Point]] = {}
    for point in _points(session, panels[:MOST_PANELS], filters):
        by_clock.setdefault((point.row.name, point.row.unit), []).append(point)
    newest_first = sorted(by_clock.items(), key=lambda item: item[1][-1].panel.key, reverse=True)
    return {
        "clocks": [_of_clock(*clock, points) for clock, points in newest_first],
        "complete": len(panels) <= MOST_PANELS,
    }


def _points(session: Session, panels: Sequence[PanelRef], filters: PanelFilters) -> list[_Point]:
    """Every result of these panels, the oldest first."""
    by_id = {panel.id: panel for panel in panels}
    task_ids = [panel.id for panel in panels if panel.is_task]
    of_panels = Task.id.in_(task_ids) | Task.assessment_id.in_(set(by_id) - set(task_ids))
    rows = session.execute(_ROWS.where(of_panels, *of_clock(filters.model))).all()
    points = [
        _Point(by_id[row.assessment_id or row.id], row, _variation(session, row)) for row in rows
    ]
    return sorted(points, key=lambda point: (*point.panel.key, point.row.created_at, point.row.id))


def _variation(session: Session, row: Row[Any]) -> Variation:
    """Of a result's own panel; a bundle that cannot be read any more says so."""
    try:
        clock = model_registry.clock_by_id(session, row.model_version_id)
        panel = read_panel_for(
            clock, row.answers, row.units, row.chronological_age,
            baseline=row.baseline, context=row.context,
        )  # fmt: skip
    except AgeLensError as error:
        return Variation(None, (), error.title)
    return within_person(clock, panel)


def _of_clock(name: str, unit: str, points: Sequence[_Point]) -> wire.ClockTrend:
    before: Iterable[_Point | None] = [None, *points]
    latest = [point for point in points if point.row.version == points[-1].row.version]
    return {
        "model": name,
        "unit": unit,
        "points": [point.describe(earlier) for earlier, point in zip(before, points, strict=False)],
        "overall": _change(latest[0], latest[-1]) if len(latest) > 1 else None,
    }


def _change(before: _Point, after: _Point) -> wire.TrendChange:
    """As a comparison judges it, but that the results of two versions are not scored again."""
    change = after.row.prediction - before.row.prediction
    noise = noise_of(before.variation, after.variation)
    limit, reason = noise["minimum_detectable_change"], noise["reason"]
    if before.row.version != after.row.version:
        limit, reason = None, OTHER_VERSION
    return {
        "since": str(before.row.id),
        "change": change,
        "minimum_detectable_change": limit,
        "real": None if limit is None else abs(change) > limit,
        "reason": reason,
    }
