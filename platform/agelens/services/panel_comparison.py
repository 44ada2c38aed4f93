"""Compare two panels: every clock that scored both, and what was measured each time."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens.clocks.bundles import is_newer
from agelens.domain.errors import Conflict, NotFound
from agelens.services.result_comparison import DAYS_PER_YEAR, compare
from agelens.services.timeline import PanelRef, entries, find_panel
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
    pair = [_owned_panel(session, owner_id, each) for each in (one_id, other_id)]
    before, after = pair if as_given else sorted(pair, key=lambda panel: panel.key)
    old, new = (_finished(session, panel) for panel in (before, after))
    compared, not_compared = _compare_clocks(session, owner_id, _by_clock(old), _by_clock(new))
    first, second = entries(session, [before, after])
    return {
        "before": first,
        "after": second,
        "years_passed": (after.measured_on - before.measured_on).days / DAYS_PER_YEAR,
        "comparisons": compared,
        "not_compared": not_compared,
        "biomarkers": _biomarkers(old, new),
    }


def _owned_panel(session: Session, owner_id: uuid.UUID, panel_id: uuid.UUID) -> PanelRef:
    panel = find_panel(session, owner_id, panel_id)
    if panel is None:
        raise NotFound("There is no such assessment or task.")
    return panel


def _finished(session: Session, panel: PanelRef) -> Sequence[Task]:
    its = Task.id == panel.id if panel.is_task else Task.assessment_id == panel.id
    order = Task.created_at, Task.id
    query = select(Task).where(its, Task.status == "succeeded").order_by(*order)
    return session.scalars(query).all()


def _by_clock(tasks: Iterable[Task]) -> Clocks:
    """The newest version of each clock."""
    clocks: Clocks = {}
    for task in tasks:
        newest = clocks.get(task.model.name)
        if newest is None or is_newer(task.model.version, newest.model.version):
            clocks[task.model.name] = task
    return clocks


def _compare_clocks(
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
    old_contributions, new_contributions = (
        _measured_contributions(old),
        _measured_contributions(new),
    )
    return [
        _biomarker(key, old_contributions.get(key), new_contributions.get(key))
        for key in {**new_contributions, **old_contributions}
    ]


def _measured_contributions(tasks: Iterable[Task]) -> dict[str, Contribution]:
    contributions = (
        contribution for task in tasks for contribution in (task.result or {})["contributions"]
    )
    return {
        contribution["feature"]: contribution
        for contribution in contributions
        if contribution["value"] is not None and not contribution["imputed"]
    }


def _biomarker(
    key: str, before: Contribution | None, after: Contribution | None
) -> BiomarkerChange:
    either: Any = after or before
    values = before["value"] if before else None, after["value"] if after else None
    return {
        "feature": key,
        "label": either["label"],
        "unit": either["unit"],
        "before": values[0],
        "after": values[1],
        "changed": values[0] != values[1],
        "reference_range": either["reference_range"],
    }
