"""Choose how a file is read: as its owner specified, or by its header."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from agelens.clocks.base import Clock
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import AGE
from agelens.domain.registry import DATA_SETS
from agelens.tables.batch_reader import BatchReader
from agelens.tables.column_hints import hints


class ReadingOptions(Protocol):
    """What reading needs of a cohort or a claimed part: a row will do."""

    @property
    def header(self) -> Sequence[str]: ...
    @property
    def columns(self) -> str | None: ...
    @property
    def mapping(self) -> Mapping[str, str]: ...
    @property
    def units(self) -> Mapping[str, str]: ...
    @property
    def id_column(self) -> str | None: ...
    @property
    def values(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def censored(self) -> str | None: ...


def reader_of(clock: Clock, cohort: ReadingOptions, columns: str | None = None) -> BatchReader:
    """The reader of a file described so; InvalidInput when it cannot be read that way."""
    return BatchReader(
        clock,
        cohort.header,
        columns=columns or cohort.columns or DATA_SETS[0],
        mapping=cohort.mapping,
        units=cohort.units,
        id_column=cohort.id_column,
        values=cohort.values,
        censored=cohort.censored,
    )


def guess(clock: Clock, cohort: ReadingOptions) -> tuple[str, BatchReader]:
    """As its owner said; else whose column names answer most, and the reader that knows them."""
    if cohort.columns is not None:
        return cohort.columns, reader_of(clock, cohort)
    readers = {}
    for columns in DATA_SETS:
        try:
            readers[columns] = reader_of(clock, cohort, columns)
        except InvalidInput:
            continue
    if not readers:
        return DATA_SETS[0], reader_of(clock, cohort, DATA_SETS[0])
    best = max(readers, key=lambda columns: _answered(readers[columns]))
    return best, readers[best]


def check_readable(clock: Clock, columns: str, reader: BatchReader) -> None:
    """Raise InvalidInput when no row of the file could be scored; the arguments are of `guess`."""
    missing = reader.missing
    problems = []
    needed = [f for f in clock.manifest.features if f.required and f.key in missing]
    if needed:
        names = ", ".join(f"{f.label} ({f.key})" for f in needed)
        problems.append(f"no column of the file answers what this clock needs: {names}")
    if AGE in missing:
        found = hints(reader.unmapped, clock.manifest.features, columns, needs_age=True)
        problems += found or [f"no column of the file is read as {AGE}, which this clock needs"]
    problems += lacking(clock, reader)
    if problems:
        problems += reader.suggestions
        raise InvalidInput.at("columns", "; ".join(problems))


def lacking(clock: Clock, reader: BatchReader) -> list[str]:
    """A message if the columns cannot be enough for any row, though none is required alone."""
    missing = set(reader.missing)
    features = clock.manifest.features
    if any(f.required and f.key in missing for f in features):
        return []
    message = clock.lacks(({AGE} | {f.key for f in features}) - missing)
    return [f"the file has too little for this clock, which {message}"] if message else []


def _answered(reader: BatchReader) -> tuple[int, int]:
    """How many columns are read, and how many of these have exactly the names of the data set."""
    return sum(bool(match.features) for match in reader.matches), reader.n_exact
