"""Compare two panels: every clock that scored both, and what was measured each time."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens.clocks.bundles import is_newer
from agelens.domain.errors import Conflict, NotFound
from agelens.services.result_comparison import DAYS_A_YEAR, compare
from agelens.services.timeline import Place, entries, place_of
from agelens.storage import Task
from agelens.wire import (
    BiomarkerChange,
    Comparison,
    Contribution,
    NotCompared,
    PanelComparison,
)

Clocks = dict[str, Task]


def compare_panels(
    session: Session,
    owner_id: uuid.UUID,
    one_id: uuid.UUID,
    other_id: uuid.UUID,
    *,
    as_given: bool = False,
) -> PanelComparison:
    """What changed between two panels; the one that was measured first is `before`.

    Either id is that of an assessment, or of a task that belongs to none. Nothing is kept.

    Raises
    ------
    NotFound
        If there is no such panel of this person's.
    """
    pair = [_place(session, owner_id, each) for each in (one_id, other_id)]
    before, after = pair if as_given else sorted(pair, key=lambda place: place.key)
    old, new = (_finished(session, place) for place in (before, after))
    compared, not_compared = _each_clock(session, owner_id, _by_clock(old), _by_clock(new))
    first, second = entries(session, [before, after])
    return {
        "before": first,
        "after": second,
        "years_passed": (after.measured_on - before.measured_on).days / DAYS_A_YEAR,
        "comparisons": compared,
        "not_compared": not_compared,
        "biomarkers": _biomarkers(old, new),
    }


def _place(session: Session, owner_id: uuid.UUID, panel_id: uuid.UUID) -> Place:
    found = place_of(session, owner_id, panel_id)
    if found is None:
        raise NotFound("There is no such assessment or task.")
    return found


def _finished(session: Session, place: Place) -> Sequence[Task]:
    its = Task.id == place.id if place.is_task else Task.assessment_id == place.id
    order = Task.created_at, Task.id
    query = select(Task).where(its, Task.status == "succeeded").order_by(*order)
    return session.scalars(query).all()


def _by_clock(found: Iterable[Task]) -> Clocks:
    """The newest version of each clock."""
    clocks: Clocks = {}
    for task in found:
        known = clocks.get(task.model.name)
        if known is None or is_newer(task.model.version, known.model.version):
            clocks[task.model.name] = task
    return clocks


def _each_clock(
    session: Session, owner_id: uuid.UUID, old: Clocks, new: Clocks
) -> tuple[list[Comparison], list[NotCompared]]:
    compared: list[Comparison] = []
    left_out: list[NotCompared] = []
    for name in {**new, **old}:
        if name not in old or name not in new:
            left_out.append(
                {
                    "model": name,
                    "reason": "only_before" if name in old else "only_after",
                    "detail": "",
                }
            )
            continue
        try:
            compared.append(compare(session, owner_id, old[name].id, new[name].id))
        except Conflict as error:
            left_out.append({"model": name, "reason": "conflict", "detail": error.detail})
    return compared, left_out


def _biomarkers(old: Iterable[Task], new: Iterable[Task]) -> list[BiomarkerChange]:
    """What was measured at least once, as the clocks read it."""
    was, now = _measured(old), _measured(new)
    return [_biomarker(key, was.get(key), now.get(key)) for key in {**now, **was}]


def _measured(found: Iterable[Task]) -> dict[str, Contribution]:
    rows = (row for task in found for row in (task.result or {})["contributions"])
    return {row["feature"]: row for row in rows if row["value"] is not None and not row["imputed"]}


def _biomarker(key: str, was: Contribution | None, now: Contribution | None) -> BiomarkerChange:
    known: Any = now or was
    values = was["value"] if was else None, now["value"] if now else None
    return {
        "feature": key,
        "label": known["label"],
        "unit": known["unit"],
        "before": values[0],
        "after": values[1],
        "changed": values[0] != values[1],
        "reference_range": known["reference_range"],
    }
