"""An explained prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from agelens import wire as wire_shapes

if TYPE_CHECKING:
    from agelens.client.frames import DataFrame
    from agelens.client.shapes import Task

T = TypeVar("T")


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
    reference_range: dict[str, Any] | None
    modifiable: bool


@dataclass(frozen=True)
class AgeGap:
    """The prediction against chronological age; what cannot be said honestly is None."""

    raw: float
    adjusted: float | None
    percentile: float | None
    reference: str | None


@dataclass(frozen=True)
class Narrowing:
    """How wide the interval is expected to be, in years, if this biomarker, too, were measured."""

    feature: str
    label: str
    width_now: float
    width_expected: float


@dataclass(frozen=True)
class ModelIdentity:
    """Exactly which clock answered."""

    name: str
    version: str
    sha256: str
    data_sha256: str


@dataclass(frozen=True)
class Result:
    """A biological age, its interval and what it is made of.

    `base_value` plus the years of all `contributions` is the `prediction`; the largest come first.
    `narrowing` has what is missing, what would narrow the interval most first; none where nothing is
    or the clock cannot tell. `derived` are other forms of the prediction that the field uses, by name. `wire` is the result as it came, which `agelens.charts` draws.
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
    of_task: Task | None = field(repr=False)
    narrowing: tuple[Narrowing, ...] = ()
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
        from agelens.client.conversions import result_to_frame

        return result_to_frame(self)

    def to_shap(self) -> Any:
        """Its contributions as a `shap.Explanation`: `shap.plots.waterfall(result.to_shap())`."""
        from agelens.client.conversions import result_to_shap

        return result_to_shap(self)

    def waterfall(self, *, most: int = 8) -> Any:
        """Its contributions as a Plotly figure; the `most` largest have a bar of their own."""
        from agelens.client.conversions import result_waterfall

        return result_waterfall(self, most)

    def _repr_html_(self) -> str:
        from agelens.client.cards.results import result_card

        return result_card(self)

    @classmethod
    def from_wire(cls, wire: wire_shapes.Result, task: Task | None) -> Result:
        """Read a result, of the task if there is one."""
        said: Mapping[str, Any] = wire
        plain = {name: said[name] for name in _names(cls) if name in said}
        parts = {
            "interval": _optional(Interval, wire["interval"]),
            "contributions": tuple(_read(Contribution, row) for row in wire["contributions"]),
            "age_gap": _optional(AgeGap, wire["age_gap"]),
            "narrowing": tuple(_read(Narrowing, each) for each in wire.get("narrowing") or ()),
            "missing": tuple(wire["missing"]),
            "clipped": tuple(wire["clipped"]),
            "warnings": tuple(wire["warnings"]),
            "model": _read(ModelIdentity, wire["model"]),
        }
        return cls(**plain | parts, wire=wire, of_task=task)


def _read(kind: type[T], wire: Mapping[str, Any]) -> T:
    return kind(**{name: wire[name] for name in _names(kind)})


def _optional(kind: type[T], wire: Mapping[str, Any] | None) -> T | None:
    return None if wire is None else _read(kind, wire)


def _names(kind: Any) -> list[str]:
    return [entry.name for entry in fields(kind)]
