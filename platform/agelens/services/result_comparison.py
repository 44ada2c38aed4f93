"""Compare two finished predictions: what changed, by how much, and whether it is more than noise."""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy.orm import Session

from agelens.clocks.base import Clock
from agelens.clocks.bundles import is_newer
from agelens.clocks.measurement import Variation, minimum_detectable_change, within_person
from agelens.clocks.scoring import predict
from agelens.domain.errors import Conflict, InvalidAnswers, ScoringError
from agelens.domain.panel import Panel
from agelens.services import model_registry, tasks
from agelens.services.comparison_sentence import sentence
from agelens.services.task_scoring import panel_of
from agelens.storage import ModelVersion, Task
from agelens.wire import (
    ComparedResult,
    Comparison,
    Contribution,
    MarkerChange,
    Measurement,
    Result,
    VersionChange,
)

DAYS_PER_YEAR = 365.2425
TIME, START = "time passed", "starting point"


class DifferentClocks(Conflict):
    """Two results of different clocks: their parts and their numbers mean different things."""

    code = "different_clocks"
    title = "Results of different clocks cannot be compared"


@dataclass(frozen=True)
class _Side:
    """A task with its result by the version that both are compared by."""

    task: Task
    panel: Panel
    result: Result

    @property
    def original(self) -> float:
        return float((self.task.result or {})["prediction"])

    def describe(self) -> ComparedResult:
        return {
            "task_id": str(self.task.id),
            "version": self.task.model.version,
            "prediction": self.original,
            "result": self.result,
        }


def compare(
    session: Session, owner_id: uuid.UUID, before_id: uuid.UUID, after_id: uuid.UUID
) -> Comparison:
    """The change from one finished prediction to another of the same clock. Nothing is kept.

    Where the versions differ, the panel of the older version is scored with the newer one, so that
    what the version does to the answer is a part of its own. What remains is the difference of the
    base values, which is that of age (and sex), and of each marker's contributions. All parts add up
    to the change.

    Raises
    ------
    NotFound
        If there is no such task of this person's.
    DifferentClocks
        If the clocks, or their units, differ.
    Conflict
        If one has no result, or the newer version cannot score the older panel.
    """
    one, other = (_finished(session, owner_id, each) for each in (before_id, after_id))
    if one.model.name != other.model.name or one.model.unit != other.model.unit:
        raise DifferentClocks(
            f"One result is from {one.model.name}, in {one.model.unit}, the other from "
            f"{other.model.name}, in {other.model.unit}. Compare results of one clock."
        )
    version = _newer(one.model, other.model)
    clock = model_registry.clock_of(session, version)
    baseline = one.baseline if one.baseline == other.baseline else None
    before, after = (_side(clock, version, each, baseline) for each in (one, other))
    return _comparison(version, clock, before, after)


def _finished(session: Session, owner_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    task = tasks.owned(session, owner_id, task_id)
    if task.status != "succeeded":
        raise Conflict(f"Only finished predictions can be compared; one of them is {task.status}.")
    return task


def _newer(one: ModelVersion, other: ModelVersion) -> ModelVersion:
    return one if is_newer(one.version, other.version) else other


def _side(clock: Clock, version: ModelVersion, task: Task, baseline: str | None) -> _Side:
    """The task's result by a version, explained from the baseline of both."""
    as_it_is = task.model_version_id == version.id and task.baseline == baseline
    try:
        panel = replace(panel_of(clock, task), baseline=baseline)
        scored = None if as_it_is else predict(clock, panel)
    except (InvalidAnswers, ScoringError) as error:
        raise Conflict(
            f"The result of version {task.model.version} cannot be scored again with version "
            f"{version.version}: {error.detail}"
        ) from error
    return _Side(task, panel, scored or cast(Result, task.result))


def _comparison(version: ModelVersion, clock: Clock, before: _Side, after: _Side) -> Comparison:
    change = after.original - before.original
    by_version = _version_change(before, after)
    measured = noise_of(within_person(clock, before.panel), within_person(clock, after.panel))
    of_person = change - (by_version["change"] if by_version else 0.0)
    limit = measured["minimum_detectable_change"]
    markers = _marker_changes(before.result, after.result)
    real = None if limit is None else abs(of_person) > limit
    return {
        "model": {"name": version.name, "version": version.version},
        "unit": version.unit,
        "before": before.describe(),
        "after": after.describe(),
        "change": change,
        "markers": markers,
        "time": {
            "change": after.result["base_value"] - before.result["base_value"],
            "years_passed": _years_passed(before, after),
        },
        "version": by_version,
        "measurement": measured,
        "real": real,
        "sentence": sentence(
            version.unit,
            real,
            measured,
            _moved(before, after, markers),
            by_version,
            only_once=_only_once(before, after, markers),
            in_context=bool(before.panel.context or after.panel.context),
        ),
    }


def _version_change(before: _Side, after: _Side) -> VersionChange | None:
    """What the version does to the panel that was scored again; None if both have one version."""
    if before.task.model_version_id == after.task.model_version_id:
        return None
    again = before.result["prediction"] - before.original
    back = after.original - after.result["prediction"]
    return {
        "change": again + back,  # one of them is 0: that of the newer version
        "before": before.task.model.version,
        "after": after.task.model.version,
    }


def _marker_changes(before: Result, after: Result) -> list[MarkerChange]:
    """Every marker's contributions and their difference, the largest first."""
    old, new = ({row["feature"]: row for row in r["contributions"]} for r in (before, after))
    changes = [_marker_change(key, old, new) for key in {**new, **old}]
    return sorted(changes, key=lambda each: -abs(each["change"]))


def _marker_change(
    key: str, old: Mapping[str, Contribution], new: Mapping[str, Contribution]
) -> MarkerChange:
    before, after = (rows[key]["years"] if key in rows else 0.0 for rows in (old, new))
    label = (new.get(key) or old[key])["label"]
    return {
        "feature": key,
        "label": label,
        "before": before,
        "after": after,
        "change": after - before,
    }


def _moved(before: _Side, after: _Side, markers: list[MarkerChange]) -> list[tuple[str, float]]:
    """What changed and by how much, the largest first: time, and markers with another value.

    Years of an unchanged marker shift a little with age, as the peers do that it is compared with.
    """
    was, now = _values(before), _values(after)
    found = [(m["label"], m["change"]) for m in markers if _differ(m["feature"], was, now)]
    start = after.result["base_value"] - before.result["base_value"]
    name = TIME if _years_passed(before, after) else START
    return sorted([(name, start), *found], key=lambda each: -abs(each[1]))


def _only_once(before: _Side, after: _Side, markers: list[MarkerChange]) -> list[str]:
    """The labels of the markers that one of the panels lacks, the largest change first."""
    was, now = _values(before), _values(after)
    once = [
        m for m in markers if (was.get(m["feature"]) is None) != (now.get(m["feature"]) is None)
    ]
    return [each["label"] for each in once]


def _values(side: _Side) -> dict[str, object]:
    return {row["feature"]: row["value"] for row in side.result["contributions"]}


def _differ(key: str, was: Mapping[str, object], now: Mapping[str, object]) -> bool:
    return was.get(key) != now.get(key)


def _years_passed(before: _Side, after: _Side) -> float | None:
    """Between the days of measurement where both are said, else by the ages that were given."""
    if before.task.measured_on and after.task.measured_on:
        return (after.task.measured_on - before.task.measured_on).days / DAYS_PER_YEAR
    first, second = before.panel.chronological_age, after.panel.chronological_age
    return None if first is None or second is None else second - first


def noise_of(before: Variation, after: Variation) -> Measurement:
    """Of both panels together: each varies by its own SD."""
    left_out = list(dict.fromkeys((*before.left_out, *after.left_out)))
    if before.sd is None or after.sd is None:
        reason = before.reason if before.sd is None else after.reason
        return {
            "sd": None,
            "minimum_detectable_change": None,
            "left_out": left_out,
            "reason": reason,
        }
    return {
        "sd": math.hypot(before.sd, after.sd) / math.sqrt(2),
        "minimum_detectable_change": minimum_detectable_change(before.sd, after.sd),
        "left_out": left_out,
        "reason": None,
    }
