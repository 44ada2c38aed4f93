"""Comparisons of two results of one clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from agelens import wire as wire_shapes
from agelens.client.cards import HtmlCard
from agelens.client.conversions import results_to_waterfall
from agelens.client.model_shapes import Measurement
from agelens.client.shapes import ModelName


@dataclass(frozen=True)
class ComparedResult:
    """One of the results: `prediction` is the task's, `result` by the version that both are compared by."""

    task_id: str
    version: str
    prediction: float
    result: wire_shapes.Result = field(repr=False)


@dataclass(frozen=True)
class MarkerChange:
    """A biomarker's contributions before and after, and their difference."""

    feature: str
    label: str
    before: float
    after: float
    change: float


@dataclass(frozen=True)
class TimeChange:
    """The difference of the base values, which is that of age (and sex).

    The years are those between the days of measurement where both are said, else between the ages.
    """

    change: float
    years_passed: float | None


@dataclass(frozen=True)
class VersionChange:
    """What the newer version of the clock does to the panel of the older one."""

    change: float
    before: str
    after: str


@dataclass(frozen=True)
class Comparison(HtmlCard):
    """The change from one result to another, in the clock's unit, and whether it is more than noise.

    The changes of `markers`, `time` and `version` (None where both have the same) add up to `change`.
    `real` is whether the change, without the version's part, is larger than the minimum detectable
    change of `measurement`; None where there is no such figure. `sentence` says it in words.
    """

    model: ModelName
    unit: str
    before: ComparedResult
    after: ComparedResult
    change: float
    markers: tuple[MarkerChange, ...] = field(repr=False)
    time: TimeChange
    version: VersionChange | None
    measurement: Measurement
    real: bool | None
    sentence: str

    def waterfall(self, *, most: int = 8) -> Any:
        """The parts of the change as a Plotly figure; the `most` largest have a bar of their own."""
        return results_to_waterfall(
            self.before.result,
            self.after.result,
            most,
            version=asdict(self.version) if self.version else None,
            predictions=(self.before.prediction, self.after.prediction),
        )
