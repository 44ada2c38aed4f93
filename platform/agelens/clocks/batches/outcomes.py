"""From a batch that was read to the rows of its results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray, Clock, FloatArray, IntArray, Scores, Table
from agelens.clocks.batches.notes import warnings_of
from agelens.clocks.batches.reading import Batch
from agelens.clocks.batches.tallies import tally_of
from agelens.clocks.scoring import additivity_gap_years
from agelens.domain.errors import FieldProblem, NotAdditive
from agelens.domain.prediction import ADDITIVITY_YEARS

NOBODY = Table({}, np.empty(0))
NO_ROWS: IntArray = np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class Gaps:
    """The age gaps of a table's people; NaN is what cannot be said."""

    raw: FloatArray
    adjusted: FloatArray
    percentile: FloatArray


@dataclass(frozen=True)
class Scored:
    """A batch with its scores; `failed` are the readable rows without a number, by their order."""

    clock: Clock
    batch: Batch
    scores: Scores
    failed: Mapping[int, str]

    @cached_property
    def good(self) -> BoolArray:
        """Which of the readable rows have a number."""
        good = np.ones(len(self.batch.table), dtype=bool)
        good[list(self.failed)] = False
        return good

    @cached_property
    def rows(self) -> IntArray:
        """The places in the part of the rows with a number."""
        return self.batch.rows[self.good]

    @cached_property
    def errors(self) -> dict[int, str]:
        """Why the others have none, by place in the part."""
        found = {row: words_of(problems) for row, problems in self.batch.errors.items()}
        return found | {int(self.batch.rows[place]): why for place, why in self.failed.items()}

    @cached_property
    def complete(self) -> BoolArray:
        """Which of the readable rows have every informative feature."""
        table = self.batch.table
        complete = np.ones(len(table), dtype=bool)
        for key in self.clock.manifest.informative:
            complete &= ~np.isnan(table.column(key))
        return complete

    @cached_property
    def gaps(self) -> Gaps | None:
        """The age gaps of the readable rows; None when the clock tells no age."""
        clock, table = self.clock, self.batch.table
        if clock.manifest.unit != "years":
            return None
        raw = self.scores.prediction - table.chronological_age
        adjusted, percentile = np.full((2, len(table)), np.nan)
        if clock.reference is not None:
            sex = next((f for f in clock.manifest.features if f.key == "sex"), None)
            choices = sex.choices if sex else ()
            for row in np.flatnonzero(self.complete & ~np.isnan(raw)):
                code = table.column("sex")[row]
                who = None if np.isnan(code) else choices[int(code)]
                given = float(raw[row]), float(table.chronological_age[row]), who
                adjusted[row] = _or_nan(clock.reference.adjusted(*given))
                percentile[row] = _or_nan(clock.reference.percentile(*given))
        return Gaps(raw, adjusted, percentile)


def score_batch(clock: Clock, batch: Batch, *, first_row: int) -> tuple[pa.Table, dict[str, Any]]:
    """Score every readable row and explain it.

    Parameters
    ----------
    clock : Clock
    batch : Batch
    first_row : int
        The number of the batch's first row in the file, as people count: the file's first is 1.

    Returns
    -------
    table : pyarrow.Table
        One row per row of the part, in order. A row with an error has no number.
    tally : dict
        What `summary_of` needs of this part, as plain JSON.
    """
    scores = clock.score(batch.table)
    failed = dict(scores.errors)
    wrong = ~(np.abs(additivity_gap_years(scores)) < ADDITIVITY_YEARS)
    for place in np.flatnonzero(wrong).tolist():
        failed.setdefault(place, NotAdditive.title)
    scored = Scored(clock, batch, scores, failed)
    warnings = warnings_of(scored)
    return _table(scored, warnings, first_row), tally_of(scored, warnings)


def failed_rows(
    clock: Clock, n_rows: int, first_row: int, message: str, ids: pa.Array | None = None
) -> tuple[pa.Table, dict[str, Any]]:
    """What `score_batch` returns when every row has the same error, which is not the row's fault."""
    problem = FieldProblem("", "", message)
    errors = dict.fromkeys(range(n_rows), [problem])
    batch = Batch(n_rows, NOBODY, NO_ROWS, errors, {}, ids)
    return score_batch(clock, batch, first_row=first_row)


def words_of(problems: Iterable[FieldProblem]) -> str:
    """What is wrong with a row, in one line."""
    return "; ".join(_words(problem) for problem in problems)


def _words(problem: FieldProblem) -> str:
    field = "" if problem.field == "answers" else problem.field  # the row as a whole
    return f"{field} {problem.message}".strip()


def _table(scored: Scored, warnings: Sequence[str | None] | pa.Array, first_row: int) -> pa.Table:
    scores, n_rows = scored.scores, scored.batch.n_rows
    columns: dict[str, pa.Array] = {"row": pa.array(np.arange(first_row, first_row + n_rows))}
    if scored.batch.ids is not None:
        columns["id"] = scored.batch.ids
    numbers = {
        "prediction": scores.prediction,
        "interval_low": scores.low,
        "interval_high": scores.high,
        "base_value": scores.base_value,
    }
    if scored.gaps is not None:
        numbers["age_gap"] = scored.gaps.raw
        numbers["age_gap_adjusted"] = scored.gaps.adjusted
        numbers["age_gap_percentile"] = scored.gaps.percentile
    numbers |= {f"derived:{name}": values for name, values in scores.derived.items()}
    for place, key in enumerate(scores.features):
        numbers[f"contribution:{key}"] = scores.contributions[:, place]
    columns |= {name: _column(scored, values) for name, values in numbers.items()}
    columns["warnings"] = pa.array(warnings, pa.string())
    errors = scored.errors
    columns["error"] = pa.array([errors.get(row) for row in range(n_rows)], pa.string())
    return pa.table(columns)


def _column(scored: Scored, values: FloatArray) -> pa.Array:
    cells = np.full(scored.batch.n_rows, np.nan)
    cells[scored.rows] = values[scored.good]
    return pa.array(cells, mask=~np.isfinite(cells))


def _or_nan(number: float | None) -> float:
    return np.nan if number is None else number
