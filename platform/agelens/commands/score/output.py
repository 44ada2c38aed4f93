"""The answers of one or several clocks about a file of people, a table for each part of the file."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

import numpy as np
import pyarrow as pa

from agelens.clocks.base import Clock
from agelens.clocks.batches import ERROR_FIELDS, score_batch
from agelens.clocks.batches.reasons import ReasonGroups
from agelens.clocks.provenance import file_metadata
from agelens.domain.panel import AGE
from agelens.tables.batch_reader import BatchReader, ColumnOptions
from agelens.tables.files import PeopleFile
from agelens.tables.formats.parts import empty_part
from agelens.tables.matching import IGNORED
from agelens.wire import UnitSuggestion

MADE_AHEAD = 3  # tables of answers that wait to be written


@dataclass(frozen=True)
class Scorer:
    """A clock, and how it reads a file's columns; `reasons` are those of rows with an error."""

    clock: Clock
    reader: BatchReader
    reasons: ReasonGroups

    @classmethod
    def of(cls, clock: Clock, header: Sequence[str], options: ColumnOptions) -> "Scorer":
        """InvalidInput when the clock cannot read such a file."""
        reasons = ReasonGroups(clock.manifest.features)
        return cls(clock, BatchReader(clock, header, **vars(options)), reasons)

    def score(self, part: pa.Table, first_row: int) -> pa.Table:
        """One row for each row of the part."""
        batch = self.reader.read(part)
        self.reasons.add(batch, first_row)
        table, _ = score_batch(self.clock, batch, first_row=first_row)
        return table.drop_columns([ERROR_FIELDS])


class PeopleTables(Protocol):
    """What is scored: a header, and the parts of a file."""

    @property
    def header(self) -> tuple[str, ...]: ...
    def parts(self) -> Iterator[pa.Table]: ...


class PeekedFile:
    """A file whose first part was looked at before it is scored."""

    def __init__(self, people: PeopleFile) -> None:
        self.header = people.header
        self._parts = people.parts()
        self.first = next(self._parts, None)

    def parts(self) -> Iterator[pa.Table]:
        """All parts, the first too."""
        return chain([] if self.first is None else [self.first], self._parts)


def with_suggested_units(
    scorers: Sequence[Scorer], first: pa.Table | None, *, accept: bool
) -> tuple[list[Scorer], list[UnitSuggestion]]:
    """The scorers, in the suggested units if these are accepted, and what was suggested, once each."""
    suggestions_by_column: dict[tuple[str, str], UnitSuggestion] = {}
    new_scorers = []
    for scorer in scorers:
        suggestions = [] if first is None else scorer.reader.unit_suggestions(first)
        suggestions_by_column |= {(each["column"], each["feature"]): each for each in suggestions}
        reader = scorer.reader.accepting(suggestions) if accept else scorer.reader
        new_scorers.append(replace(scorer, reader=reader))
    return new_scorers, list(suggestions_by_column.values())


def scorers_of(
    clocks: Sequence[Clock], header: Sequence[str], options: ColumnOptions
) -> list[Scorer]:
    """How each clock reads a file; of several, each is told only what it, or none, knows."""
    known_keys = [{AGE, IGNORED, *(f.key for f in clock.manifest.features)} for clock in clocks]
    all_keys = set().union(*known_keys)
    scorers = []
    for clock, keys in zip(clocks, known_keys, strict=True):
        other_keys = all_keys - keys
        clock_options = replace(
            options,
            mapping={
                c: IGNORED if key in other_keys else key for c, key in options.mapping.items()
            },
            units={key: unit for key, unit in options.units.items() if key not in other_keys},
        )
        scorers.append(Scorer.of(clock, header, clock_options))
    return scorers


def score_people(
    people: PeopleTables, scorers: Sequence[Scorer], *, own_columns: bool = False
) -> Iterator[pa.Table]:
    """The answers, a table for each part of the file; one at least, so that there is a header.

    With `own_columns` those of the file stand before them, as text.

    With several clocks each row of the file has a row for each clock, in their order. The schema has
    the versions and hashes of clocks and code as metadata.
    """
    metadata = file_metadata(scorer.clock.manifest for scorer in scorers)
    first_row = 1
    own = people.header if own_columns else ()
    for part in people.parts():
        yield _answers(scorers, part, first_row, own).replace_schema_metadata(metadata)
        first_row += len(part)
    if first_row == 1:
        part = empty_part(len(people.header))
        yield _answers(scorers, part, first_row, own).replace_schema_metadata(metadata)


def ahead(tables: Iterator[pa.Table]) -> Generator[pa.Table, None, None]:
    """The same tables; further ones are made in a thread of its own while this one is used."""
    with ThreadPoolExecutor(1) as thread:
        pending = deque(thread.submit(next, tables, None) for _ in range(MADE_AHEAD))
        while (table := pending.popleft().result()) is not None:
            pending.append(thread.submit(next, tables, None))
            yield table


def _answers(
    scorers: Sequence[Scorer], part: pa.Table, first_row: int, own: Sequence[str]
) -> pa.Table:
    tables = [scorer.score(part, first_row) for scorer in scorers]
    answers = tables[0] if len(tables) == 1 else _below_each_other(tables, len(part))
    if not own:
        return answers
    if len(tables) > 1:  # each row as often as it was answered
        part = part.take(pa.array(np.repeat(np.arange(len(part)), len(tables))))
    from agelens.tables.formats.workbook_writing import beside  # only workbooks have them

    return beside(part, own, answers)


def _below_each_other(tables: Sequence[pa.Table], n_rows: int) -> pa.Table:
    """The answers of several clocks, row by row."""
    names = _all_names([table.column_names for table in tables])
    alike = [_with_columns(table, names) for table in tables]
    row_by_row = np.arange(len(tables) * n_rows).reshape(len(tables), -1).T.ravel()
    return pa.concat_tables(alike, promote_options="permissive").take(pa.array(row_by_row))


def _all_names(of_tables: Sequence[Sequence[str]]) -> list[str]:
    """The columns of all tables, each behind the one that it follows in its own."""
    names = list(of_tables[0])
    for table_names in of_tables[1:]:
        index = 0
        for name in table_names:
            if name in names:
                index = names.index(name) + 1
            else:
                names.insert(index, name)
                index += 1
    return names


def _with_columns(table: pa.Table, names: Sequence[str]) -> pa.Table:
    present = set(table.column_names)
    columns = [table[name] if name in present else pa.nulls(len(table)) for name in names]
    return pa.table(columns, names=list(names))
