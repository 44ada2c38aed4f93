"""How a clock reads a cohort's file, also while no column of it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from agelens.clocks.base import Clock
from agelens.clocks.batches import ColumnMatch
from agelens.clocks.batches.reasons import Wording
from agelens.domain.context import LABELS
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import AGE
from agelens.domain.registry import DATA_SETS
from agelens.tables.batch_reader import BatchReader
from agelens.tables.column_hints import hints
from agelens.tables.match_suggestions import match_suggestions
from agelens.tables.reader import ReadingOptions, guess, lacking
from agelens.wire import MatchSuggestion, UnitSuggestion

AGE_LABEL = "Chronological age"
NO_COLUMN = "/columns"


@dataclass(frozen=True)
class HeaderOptions:
    """The names of columns, and what is said of them."""

    header: Sequence[str]
    columns: str | None
    mapping: Mapping[str, str]
    units: Mapping[str, str]
    id_column: str | None
    values: Mapping[str, Mapping[str, str]]
    censored: str | None


@dataclass(frozen=True)
class ColumnReading:
    """Whose names the columns have, and the reader that knows them; None while no column is known.

    `hints` say in words what columns may be meant, and what all together lack.
    """

    clock: Clock
    header: Sequence[str]
    columns: str
    reader: BatchReader | None
    hints: list[str]

    @property
    def matches(self) -> Sequence[ColumnMatch]:
        """What every column is read as."""
        if self.reader is not None:
            return self.reader.matches
        return tuple(ColumnMatch(name, (), None) for name in self.header)

    @property
    def missing(self) -> Sequence[str]:
        """The features, and the age, that no column answers."""
        if self.reader is not None:
            return self.reader.missing
        features = [f.key for f in self.clock.manifest.features]
        return [*features, AGE] if self.clock.manifest.needs_age else features


def column_reading(clock: Clock, cohort: ReadingOptions) -> ColumnReading:
    """As its owner said, or as its column names say.

    Raises
    ------
    InvalidInput
        If what was said does not fit the file. That no column is known is no error.
    """
    in_words = Wording(clock.manifest.features).in_words
    try:
        columns, reader = guess(clock, cohort)
    except InvalidInput as error:
        if any(problem.pointer != NO_COLUMN for problem in error.problems):
            raise
        messages = [in_words(problem.message) for problem in error.problems]
        return ColumnReading(clock, cohort.header, cohort.columns or DATA_SETS[0], None, messages)
    needs_age = AGE in reader.missing
    column_hints = hints(reader.unmapped, clock.manifest.features, columns, needs_age=needs_age)
    messages_of_file = [*column_hints, *lacking(clock, reader), *reader.suggestions]
    return ColumnReading(
        clock, cohort.header, columns, reader, list(map(in_words, messages_of_file))
    )


def unit_suggestions_of(reading: ColumnReading, part: pa.Table) -> list[UnitSuggestion]:
    """The columns of a part that look as if they were in another unit, told with labels."""
    if reading.reader is None:
        return []
    wording = Wording(reading.clock.manifest.features)
    return [
        {**each, "message": wording.in_words(each["message"])}
        for each in reading.reader.unit_suggestions(part)
    ]


def suggested_matches(reading: ColumnReading) -> list[MatchSuggestion]:
    """What columns that answer nothing may be meant for, but for those that somebody said to ignore."""
    unmapped = {*(reading.reader.unmapped if reading.reader else reading.header)}
    idle = [m.column for m in reading.matches if not m.features and m.column in unmapped]
    return match_suggestions(idle, reading.clock.manifest.features, reading.missing)


def matches_as_json(reading: ColumnReading) -> dict[str, Any]:
    """What every column answers, and what of the clock none does; as plain JSON."""
    features = reading.clock.manifest.features
    labels = {AGE: AGE_LABEL} | LABELS | {f.key: f.label for f in features}
    required = {f.key for f in features if f.required} | {AGE}
    return {
        "matches": [
            {
                "column": match.column,
                "features": [{"feature": key, "label": labels[key]} for key in match.features],
                "unit": match.unit,
            }
            for match in reading.matches
        ],
        "missing": [
            {"feature": key, "label": labels[key], "required": key in required}
            for key in reading.missing
        ],
        "hints": reading.hints,
    }
