"""How a cohort's file is to be read, and by which clock."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from agelens.clocks.base import Clock
from agelens.clocks.batches import BatchReader
from agelens.clocks.headers import hints
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import AGE
from agelens.domain.registry import DATA_SETS


class Pinned(Protocol):
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


def reader_of(clock: Clock, cohort: Pinned, columns: str | None = None) -> BatchReader:
    """The reader of a cohort's file; InvalidInput when the file cannot be read so."""
    return BatchReader(
        clock,
        cohort.header,
        columns=columns or cohort.columns or DATA_SETS[0],
        mapping=cohort.mapping,
        units=cohort.units,
        id_column=cohort.id_column,
    )


def guess(clock: Clock, cohort: Pinned) -> tuple[str, BatchReader]:
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


def check(clock: Clock, cohort: Pinned) -> None:
    """Raise InvalidInput when the file cannot be read so, or no row of it could be scored."""
    reader = reader_of(clock, cohort)
    needed = {f.key: f.label for f in clock.manifest.features if f.required}
    for key in reader.missing:
        if key == AGE:
            age = hints(cohort.header, (), cohort.columns or DATA_SETS[0], needs_age=True)
            raise InvalidInput.at("columns", "; ".join(age))
        if key in needed:
            words = f"no column of the file is {needed[key]} ({key}), which this clock needs"
            raise InvalidInput.at("columns", words)


def _answered(reader: BatchReader) -> int:
    return sum(bool(match.features) for match in reader.matches)
