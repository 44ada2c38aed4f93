"""What the service says of cohorts, as objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from agelens import wire
from agelens.client.cards import HtmlCard
from agelens.client.shapes import FINISHED, Failure, ModelName


@dataclass(eq=False)
class CohortFields(HtmlCard):
    """What the service tells of a cohort, as it was when it was asked last.

    `price` is held while it is under way, `charged` is for the rows that were scored. `summary` is
    the wire mapping of a succeeded one (distribution, gap by age and sex, top factors), which
    `agelens.charts` draws; lists leave it out. `notes` are sentences about how the file was read. `waiting_for` says why no row is being scored, when
    one cohort was asked for; its `message` says it in words.
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
    values: dict[str, dict[str, str]] = field(repr=False)
    censored: str | None = field(repr=False)
    sheet: str | None = field(repr=False)
    header_row: int | None = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
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
    summary: wire.Summary | None = field(default=None, repr=False)
    waiting_for: wire.WaitingFor | None = None

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


@dataclass(eq=False)
class AdminCohort(CohortFields):
    """Somebody's cohort, as an administrator sees it."""

    user_id: str = ""
    user_email: str | None = None


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
class RowWarning:
    """What is said of a row that was scored, such as of an unusual value; the first row is 1."""

    row: int
    message: str
    id: str | None = None


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
class UnitSuggestion:
    """A column whose median is usual in another unit than the one it is read in.

    `suggested_unit` is None where all numbers look like another quantity; `message` says it in words.
    """

    column: str
    feature: str
    read_as: str
    suggested_unit: str | None
    median: float
    message: str


@dataclass(frozen=True)
class MatchSuggestion:
    """A column that answers nothing, and may be meant for a feature: `mapping={column: feature}`."""

    column: str
    feature: str
    label: str
    message: str


@dataclass(frozen=True)
class Code:
    """What cells of a choice have that is no word for it, and what it is said to mean."""

    code: str
    n_rows: int
    meaning: str | None


@dataclass(frozen=True)
class UnknownCodes:
    """A column of a choice with codes: `values={column: {code: choice}}` says what each means."""

    column: str
    feature: str
    label: str
    choices: tuple[str, ...]
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class GroupedReason:
    """Rows with the same thing wrong; `reason` is a sentence, `advice` what can be done about it."""

    reason: str
    n_rows: int
    first_rows: tuple[int, ...]
    advice: str | None = None


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
    """How a draft would be read, and what it would cost.

    `notes` are sentences about how the file was read, `suggestions` columns that look as if they were
    in another unit, `codes` columns of choices with codes that `values` can explain. `grouped` has the
    reasons of the checked rows, the most frequent first; `problems` and `warnings` are of single rows.
    `match_suggestions` are columns that answer nothing and may be meant for what is missing.
    """

    cohort_id: str
    header: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]
    rows: int
    price: int
    sample: tuple[tuple[str | None, ...], ...] = field(repr=False)
    suggestions: tuple[UnitSuggestion, ...]
    codes: tuple[UnknownCodes, ...]
    checked_rows: int
    grouped: tuple[GroupedReason, ...]
    problems: tuple[RowProblem, ...]
    readable_rows: int
    warned_rows: int
    warnings: tuple[RowWarning, ...]
    match_suggestions: tuple[MatchSuggestion, ...] = ()


@dataclass(frozen=True)
class FileLayout:
    """How a draft's file begins; `header_row` of the `first_rows`, from 1, is read as its header.

    `sheets` of a workbook could be read instead of `sheet`; `can_change` is whether `read_again` has
    the file at hand.
    """

    first_rows: tuple[tuple[str, ...], ...] = field(repr=False)
    header_row: int | None
    sheet: str | None
    sheets: tuple[str, ...]
    can_change: bool


@dataclass(frozen=True)
class Sample:
    """The first rows of a file, as text."""

    rows: tuple[tuple[str, ...], ...]
