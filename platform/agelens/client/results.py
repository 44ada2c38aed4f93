"""Tasks and their results: explained predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from agelens import wire as wire_shapes
from agelens.client.cards import HtmlCard
from agelens.client.conversions import contributions_to_frame, result_to_shap, result_to_waterfall
from agelens.client.decoding import decode, json_name
from agelens.client.errors import FieldProblem
from agelens.client.shapes import FINISHED, Failure, ModelName

if TYPE_CHECKING:
    from agelens.client.frames import DataFrame


@dataclass(frozen=True)
class Interval:
    """Where the age is likely to be: with probability `level` between `low` and `high`."""

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True)
class Contribution:
    """How many years one biomarker adds to the base value; negative is younger."""

    feature: str
    label: str
    value: float | str | None
    unit: str
    years: float
    imputed: bool
    clipped: bool
    reference_range: wire_shapes.ReferenceRange | None
    modifiable: bool


@dataclass(frozen=True)
class OtherRank:
    """The percentile of an age gap among other people; version and hash name their summary."""

    reference: str
    version: str
    sha256: str
    percentile: float


@dataclass(frozen=True)
class AgeGap:
    """The prediction against chronological age; what cannot be said honestly is None.

    `reference` says among whom `percentile` ranks, `others` how it ranks among other people.

    `percentile_range` has the lowest and the highest percentile that missing markers leave, where
    the clock estimates these from the others.
    """

    raw: float
    adjusted: float | None
    percentile: float | None
    reference: str | None
    percentile_range: tuple[float, ...] | None = None
    others: tuple[OtherRank, ...] = ()


@dataclass(frozen=True)
class Narrowing:
    """How wide the interval is expected to be, in years, if this biomarker, too, were measured."""

    feature: str
    label: str
    width_now: float
    width_expected: float


@dataclass(frozen=True)
class ModelIdentity:
    """Exactly which clock answered, and the version of AgeLens that computed it."""

    name: str
    version: str
    sha256: str
    data_sha256: str
    code_version: str = ""


@dataclass(frozen=True)
class Result(HtmlCard):
    """A biological age, its interval and what it is made of.

    `base_value` plus the years of all `contributions` is the `prediction`; the largest come first.
    `narrowing` has what is missing, what would narrow the interval most first; none where nothing is
    or the clock cannot tell. `rank` is that of an answer that is no age. `derived` are other forms of
    the prediction that the field uses, by name. `wire` is the result as it came, which `agelens.charts` draws.
    """

    prediction: float
    unit: str
    interval: Interval | None
    interval_reason: str | None
    base_value: float
    base_meaning: str
    contributions: tuple[Contribution, ...] = field(repr=False)
    additivity_gap: float
    age_gap: AgeGap | None
    missing: tuple[str, ...]
    clipped: tuple[str, ...]
    warnings: tuple[str, ...]
    model: ModelIdentity
    wire: wire_shapes.Result = field(repr=False, compare=False)
    of_task: Task | None = field(default=None, repr=False)
    narrowing: tuple[Narrowing, ...] = ()
    rank: OtherRank | None = None
    derived: Mapping[str, float] = field(default_factory=dict, repr=False)

    @property
    def task(self) -> Task:
        """The task that it is the result of, or that it varies."""
        if self.of_task is None:
            raise LookupError(
                "this was asked for by a task's id alone: client.task(id) has the task"
            )
        return self.of_task

    def to_frame(self) -> DataFrame:
        """Its contributions, one row each, by feature; the largest first."""
        return contributions_to_frame(self.wire["contributions"])

    def to_shap(self) -> Any:
        """Its contributions as a `shap.Explanation`: `shap.plots.waterfall(result.to_shap())`."""
        return result_to_shap(self.wire)

    def waterfall(self, *, most: int = 8) -> Any:
        """Its contributions as a Plotly figure; the `most` largest have a bar of their own."""
        return result_to_waterfall(self.wire, most)

    @classmethod
    def from_wire(cls, wire: wire_shapes.Result, task: Task | None) -> Result:
        """Decode a result, of the task if there is one."""
        narrowing = wire.get("narrowing") or ()
        return replace(decode(cls, {**wire, "narrowing": narrowing, "wire": wire}), of_task=task)


@dataclass(frozen=True)
class Task(HtmlCard):
    """A panel, what became of it and what it cost.

    `measured_on` is the day of the measurement; `age_from_profile` is whether the age was computed from
    the profile's date of birth. `assessment_id` is that of the panel that several clocks share; `models`
    are the clocks that a draft is meant for.
    """

    id: str
    status: str
    model: ModelName
    answers: wire_shapes.Answers
    units: wire_shapes.Answers
    chronological_age: wire_shapes.Scalar
    price: int
    charged: int
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    validation_errors: tuple[FieldProblem, ...]
    error: Failure | None
    wire_result: wire_shapes.Result | None = field(
        default=None, repr=False, metadata=json_name("result")
    )
    user_id: str | None = None
    context: tuple[str, ...] = ()
    baseline: str | None = None
    measured_on: date | None = None
    age_from_profile: bool = False
    assessment_id: str | None = None
    user_email: str | None = None
    models: tuple[str, ...] | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing about it will change any more."""
        return self.status in FINISHED

    @property
    def wire(self) -> wire_shapes.Result:
        """The result as it came, which `agelens.charts` draws; LookupError when there is none."""
        if self.wire_result is None:
            raise LookupError(f"task {self.id} is {self.status}: it has no result")
        return self.wire_result

    @property
    def result(self) -> Result | None:
        """The explained prediction, once the task has succeeded."""
        return None if self.wire_result is None else Result.from_wire(self.wire_result, self)
