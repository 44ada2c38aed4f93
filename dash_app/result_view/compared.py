"""A result beside the people that it is compared with: age, sex, reference curve, verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from agelens import charts, wire
from agelens.client import Model, Task

from dash_app import number_text

Curve: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Compared:
    """`curve` is None where the clock has no reference people, or nobody could be asked."""

    age: float | None
    curve: Curve | None
    verdict: charts.Verdict | None

    @property
    def sex(self) -> str | None:
        """Of the people compared with; None for both sexes."""
        return self.curve["sex"] if self.curve else None


def compared(task: Task, model: Model | None, curve: Curve | None) -> Compared:
    """The verdict on a task's result, by its curve and how much the clock's answers vary."""
    age = age_of(task)
    curve = curve if curve and curve["ages"] else None
    measurement = model.measurement if model else None
    least = measurement.minimum_detectable_change if measurement else None
    verdict = charts.peer_verdict(task.wire, age, curve=curve, minimum_detectable_change=least)
    return Compared(age, curve, verdict)


def age_of(task: Task) -> float | None:
    """The chronological age, when it was given; old tasks keep it as it was sent."""
    age = number_text.parse_number(str(task.chronological_age))
    return age if isinstance(age, float) else None


def percentile_of(result: wire.Result) -> float | None:
    """The rank of an age gap, or of an answer that is no age."""
    gap, rank = result["age_gap"], result.get("rank")
    if gap:
        return gap["percentile"]
    return rank["percentile"] if rank else None


def rank_bounds(result: wire.Result) -> tuple[int, int] | None:
    """The whole ranks between which missing markers leave it; None of one place."""
    gap = result["age_gap"]
    bounds = gap.get("percentile_range") if gap else None
    if not bounds or round(bounds[0]) >= round(bounds[-1]):
        return None
    return round(bounds[0]), round(bounds[-1])
