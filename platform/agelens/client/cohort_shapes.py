"""What the service says of cohorts, as objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agelens.client.shapes import FINISHED, Failure, ModelName, Wire, known


@dataclass(eq=False)
class CohortFields:
    """What the service tells of a cohort, as it was when it was asked last.

    `price` is held while it is under way, `charged` is for the rows that were scored. `summary` is
    the wire mapping of a succeeded one (distribution, gap by age and sex, top factors), which
    `agelens.charts` draws; lists leave it out.
    """

    id: str
    status: str
    name: str
    format: str
    model: ModelName | None
    header: tuple[str, ...] = field(repr=False)
    columns: str | None
    mapping: dict[str, str] = field(repr=False)
    units: dict[str, str] = field(repr=False)
    id_column: str | None = field(repr=False)
    rows: int
    rows_done: int
    rows_scored: int
    rows_failed: int
    price_per_row: int
    price: int
    charged: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: Failure | None
    summary: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def is_finished(self) -> bool:
        """Whether nothing about it will change any more."""
        return self.status in FINISHED

    @property
    def progress(self) -> float:
        """How much of it is done, 0 to 1."""
        if self.status == "succeeded":
            return 1.0
        return self.rows_done / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class RowProblem:
    """Why a row was not scored; the first row is 1, `id` is what the id column has there.

    `fields` are the keys of what is wrong, such as a biomarker's; none when it is the row as a whole.
    """

    row: int
    message: str
    id: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """A feature of the clock."""

    feature: str
    label: str


@dataclass(frozen=True)
class Match:
    """What a column answers, in which unit; a column without features is ignored."""

    column: str
    features: tuple[Answered, ...]
    unit: str | None


@dataclass(frozen=True)
class MissingFeature(Answered):
    """What no column answers; without a `required` one no row can be scored."""

    required: bool


@dataclass(frozen=True)
class Matches:
    """How columns would be read, and the price of a row."""

    model: ModelName
    columns: str
    price_per_row: int
    matches: tuple[Match, ...]
    missing: tuple[MissingFeature, ...]
    hints: tuple[str, ...]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns that answer nothing."""
        return tuple(match.column for match in self.matches if not match.features)


@dataclass(frozen=True)
class Preview(Matches):
    """How a draft would be read, and what it would cost; `problems` are of the first rows."""

    cohort_id: str
    rows: int
    price: int
    sample: tuple[tuple[str | None, ...], ...] = field(repr=False)
    checked_rows: int
    problems: tuple[RowProblem, ...]
    readable_rows: int


def cohort_fields(wire: Wire) -> dict[str, Any]:
    """The fields of a cohort, read."""
    model, error = wire["model"], wire["error"]
    parts = {
        "model": ModelName(**known(ModelName, model)) if model else None,
        "error": Failure(**known(Failure, error)) if error else None,
        "header": tuple(wire["header"]),
    }
    return known(CohortFields, wire) | parts


def row_problem_from_wire(wire: Wire) -> RowProblem:
    """A row that was not scored."""
    return RowProblem(**known(RowProblem, wire) | {"fields": tuple(wire.get("fields") or ())})


def preview_from_wire(wire: Wire) -> Preview:
    """How a draft would be read."""
    parts = {
        "sample": tuple(tuple(row) for row in wire["sample"]),
        "problems": tuple(row_problem_from_wire(each) for each in wire["problems"]),
    }
    return Preview(**known(Preview, wire) | _matched(wire) | parts)


def matches_from_wire(wire: Wire) -> Matches:
    """How columns would be read."""
    return Matches(**known(Matches, wire) | _matched(wire))


def _matched(wire: Wire) -> dict[str, Any]:
    return {
        "model": ModelName(**known(ModelName, wire["model"])),
        "matches": tuple(_match(each) for each in wire["matches"]),
        "missing": tuple(MissingFeature(**known(MissingFeature, each)) for each in wire["missing"]),
        "hints": tuple(wire["hints"]),
    }


def _match(wire: Wire) -> Match:
    features = tuple(Answered(**known(Answered, each)) for each in wire["features"])
    return Match(wire["column"], features, wire["unit"])
