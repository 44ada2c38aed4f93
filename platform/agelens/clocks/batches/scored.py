"""A scored batch: predictions, errors and age gaps by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agelens.clocks.applicability import Note, complete_panels, notes
from agelens.clocks.base import BoolArray, Clock, FloatArray, IntArray, Scores
from agelens.clocks.batches.batch import Batch, fields_of
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.scoring import ADDITIVITY_YEARS, additivity_gap_years
from agelens.domain.errors import NotAdditive
from agelens.domain.panel import AGE


@dataclass(frozen=True)
class Gaps:
    """The age gaps of a table's people, shape (n_people,); NaN where not available."""

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
        """The error messages of the other rows, by place in the part."""
        messages = self.batch.texts_by_row(self.batch.text_of)
        return messages | {
            int(self.batch.rows[row]): message for row, message in self.failed.items()
        }

    @cached_property
    def error_fields(self) -> dict[int, str]:
        """The features, and AGE, with which something is wrong, by place: keys joined by commas."""
        keys = {AGE, *(f.key for f in self.clock.manifest.features)}
        keys_by_row = self.batch.texts_by_row(lambda problems: ",".join(fields_of(problems, keys)))
        return {row: fields for row, fields in keys_by_row.items() if fields}

    @cached_property
    def complete(self) -> BoolArray:
        """Which of the readable rows have every informative feature."""
        return complete_panels(self.clock, self.batch.table)

    @cached_property
    def notes(self) -> Sequence[Note]:
        """The warnings that depend on values alone, each with the readable rows that it is of."""
        all_notes = notes(self.clock, self.batch.table, self.scores, self.complete)
        return [(text, rows) for text, rows in all_notes if rows.any()]

    @cached_property
    def choices_of_sex(self) -> tuple[str, ...]:
        """The sexes by their number in the table; none when the clock does not ask for it."""
        return next((f.choices for f in self.clock.manifest.features if f.key == SEX), ())

    @cached_property
    def gaps(self) -> Gaps | None:
        """The age gaps of the readable rows; None when the clock tells no age."""
        reference, table = self.clock.reference, self.batch.table
        if self.clock.manifest.unit != "years":
            return None
        ages = table.chronological_age
        raw = self.scores.prediction - ages
        adjusted, percentile = np.full((2, len(table)), np.nan)
        if reference is None:
            return Gaps(raw, adjusted, percentile)
        sexes = np.nan_to_num(table.column(SEX), nan=-1)
        ranked = ~np.isnan(raw)
        if self.scores.missing_half_width is None:
            ranked &= self.complete  # the reference people's gaps are of complete panels
        for number, sex in enumerate([*self.choices_of_sex, None]):
            of_sex = ranked & (sexes == (-1 if sex is None else number))
            if not of_sex.any():
                continue
            adjusted[of_sex] = reference.adjusted_gaps(raw[of_sex], ages[of_sex], sex)
            percentile[of_sex] = reference.percentiles(raw[of_sex], ages[of_sex], sex)
        for flags in table.context.values():  # the reference people are neither pregnant nor ill
            percentile[flags] = np.nan
        return Gaps(raw, adjusted, percentile)


def score(clock: Clock, batch: Batch) -> Scored:
    """Score the readable rows; an explanation that does not add up is an error of its row."""
    scores = clock.score(batch.table)
    failed = dict(scores.errors)
    wrong = ~(np.abs(additivity_gap_years(scores)) < ADDITIVITY_YEARS)
    for row in np.flatnonzero(wrong).tolist():
        failed.setdefault(row, NotAdditive.title)
    return Scored(clock, batch, scores, failed)
