"""Clocks; their versions and retrainings, as administrators see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from agelens import wire
from agelens.client.cards import HtmlCard
from agelens.client.shapes import FINISHED, Failure, ModelName


@dataclass(frozen=True)
class ModelInterval:
    """What a clock's interval is; without a `level` it has none, and `method` says why."""

    level: float | None
    method: str


@dataclass(frozen=True)
class Measurement:
    """How much an answer differs when the same person is measured twice, in the clock's unit.

    `sd` is the within-person SD; a difference below `minimum_detectable_change` is within noise.
    Both are None with a `reason`. `left_out` are markers without a published within-person variation.
    """

    sd: float | None
    minimum_detectable_change: float | None
    left_out: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True)
class Model(HtmlCard):
    """A clock that can be used now.

    `sha256` is of its bundle, `data_sha256` of its training data; `citation` is what a paper says of
    it, and `versions` are the published ones, newest first: `name@version` names any of them.
    `ages` are the first and the last chronological age that it answers for, `needs` is what a
    panel must have, in words; `explanation` says what a contribution is and `base_meaning` what
    they are added to. `note` is what has to be said of the clock beside its card, empty of most.
    A `demonstration` is trained on synthetic data: its results show the service, nobody's age.
    """

    name: str
    version: str
    title: str
    unit: str
    price: int
    default: bool
    features: list[wire.Feature] = field(repr=False)
    metrics: wire.Metrics = field(repr=False)
    card: str = field(repr=False)
    needs_age: bool = False
    ages: tuple[float, float] | None = None
    needs: str = ""
    base_meaning: str = field(default="", repr=False)
    explanation: str = field(default="", repr=False)
    interval: ModelInterval | None = field(default=None, repr=False)
    measurement: Measurement | None = field(default=None, repr=False)
    sha256: str = field(default="", repr=False)
    data_sha256: str = field(default="", repr=False)
    citation: str = field(default="", repr=False)
    versions: list[str] = field(default_factory=list, repr=False)
    note: str = field(default="", repr=False)
    demonstration: bool = field(default=False, repr=False)

    @property
    def pinned(self) -> str:
        """`name@version`: as a `model`, it means this version, whichever is active by then."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True)
class Example:
    """A made-up person as a request, and `result`: the wire mapping of what the clock answers."""

    model: ModelName
    answers: wire.Answers
    units: dict[str, str]
    chronological_age: float
    result: wire.Result = field(repr=False)


@dataclass(frozen=True)
class ReferenceCurve:
    """Percentiles of a clock's answers at every whole age of its reference people, by sex.

    `percentiles` are lists as long as `ages`, by the percentile: "5" to "95". Without reference
    people `reference` is None and the lists are empty.
    """

    model: ModelName
    unit: str
    sex: str | None
    reference: str | None
    ages: list[float] = field(repr=False)
    percentiles: dict[str, list[float]] = field(repr=False)


@dataclass(frozen=True)
class Headline:
    """The figure by which versions of a clock are compared; `better` is lower or higher."""

    metric: str
    value: float
    better: str
    protocol: str


@dataclass(frozen=True)
class ModelVersion:
    """One published version of a clock, as an administrator sees it.

    `active_value` is the active version's figure, where both were measured the same way and so are
    `comparable`; else it and `worse_than_active` are None. `same_data` is whether both were trained
    on the same file.
    """

    name: str
    version: str
    title: str
    unit: str
    price: int
    active: bool
    default: bool
    sha256: str
    created_at: datetime
    activated_at: datetime | None
    headline: Headline | None = None
    active_value: float | None = None
    worse_than_active: bool | None = None
    comparable: bool = False
    same_data: bool | None = None


@dataclass(frozen=True)
class Candidate:
    """The version that a retraining published, and how it stood against the one active then."""

    name: str
    version: str
    sha256: str
    headline: Headline | None
    active_value: float | None
    worse_than_active: bool | None
    comparable: bool = False
    same_data: bool | None = None


@dataclass(frozen=True)
class DataFile:
    """A file that a retraining uses; a configured one is hashed when it is read."""

    file_name: str
    sha256: str | None
    source: str | None = None


@dataclass(frozen=True)
class Schedule:
    """A clock that is retrained every so many hours."""

    model: str
    every_hours: int
    next_at: datetime
    created_at: datetime
    requested_by: str | None = None


@dataclass(frozen=True)
class Retraining:
    """A run of a clock's training notebook, and the candidate version that came of it."""

    id: str
    model: str
    notebook: str
    status: str
    data: DataFile
    validation: DataFile | None
    version: str
    candidate: Candidate | None
    error: Failure | None
    attempts: int
    has_notebook: bool
    requested_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing about it will change any more."""
        return self.status in FINISHED
