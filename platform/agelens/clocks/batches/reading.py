"""A part of a file, read for one clock: by column where cells are plain, row by row where not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.base import Clock, IntArray, Table
from agelens.clocks.batches.matching import AGE_UNIT, match, place_of
from agelens.clocks.batches.row_by_row import RowReader
from agelens.clocks.scoring import table_of
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.domain.panel import AGE, Panel


@dataclass(frozen=True)
class Match:
    """What one column of the header is read as; no features when it is ignored."""

    column: str
    features: tuple[str, ...]
    unit: str | None


@dataclass(frozen=True)
class Batch:
    """The rows of a part, read.

    Attributes
    ----------
    n_rows : int
        Of the part, readable or not.
    table : Table
        The readable rows, in order.
    rows : ndarray of intp, shape (n_readable,)
        Their places in the part.
    errors : mapping of int to sequence of FieldProblem
        By place, what is wrong with each of the other rows.
    warnings : mapping of int to tuple of str
        By place, of readable rows.
    ids : pyarrow string array, optional
    """

    n_rows: int
    table: Table
    rows: IntArray
    errors: Mapping[int, Sequence[FieldProblem]]
    warnings: Mapping[int, tuple[str, ...]]
    ids: pa.Array | None = None


class BatchReader:
    """How one clock reads one file's columns.

    Parameters
    ----------
    clock : Clock
    header : sequence of str
    columns : str
        Whose names the columns have: a name of `DATA_SETS`.
    mapping : mapping of str to str, optional
        The feature (or chronological_age) that a column answers, whatever `columns` says.
    units : mapping of str to str, optional
        The unit of a feature that is read under its key or by `mapping`; canonical when absent.
    id_column : str, optional
        The column that says who a row is; it is handed on as text.

    Raises
    ------
    InvalidInput
        Naming columns, mapping, units or id_column when the file cannot be read so.
    """

    def __init__(
        self,
        clock: Clock,
        header: Sequence[str],
        *,
        columns: str = "agelens",
        mapping: Mapping[str, str] | None = None,
        units: Mapping[str, str] | None = None,
        id_column: str | None = None,
    ) -> None:
        self.clock = clock
        self.header = tuple(header)
        self._features = clock.manifest.features
        self._matching = match(self._features, self.header, columns, mapping or {}, units or {})
        self._id = place_of(self.header, id_column) if id_column else None
        if id_column and self._id is None:
            raise InvalidInput.at("id_column", f'the file has no column "{id_column}"')
        self._row_reader = RowReader(clock, self._matching)

    @property
    def matches(self) -> tuple[Match, ...]:
        """What every column of the header is read as."""
        read = {column.place: column for column in self._matching.columns}
        told = []
        for place, name in enumerate(self.header):
            if place == self._matching.age:
                told.append(Match(name, (AGE,), AGE_UNIT))
            elif place in read:
                told.append(Match(name, read[place].features, read[place].unit_name))
            else:
                told.append(Match(name, (), None))
        return tuple(told)

    @property
    def missing(self) -> tuple[str, ...]:
        """The clock's features, and the age if it needs one, that no column answers."""
        answered = {key for column in self._matching.columns for key in column.features}
        missing = [f.key for f in self._features if f.key not in answered]
        if self.clock.manifest.needs_age and self._matching.age is None:
            missing.append(AGE)
        return tuple(missing)

    def read(self, part: pa.RecordBatch | pa.Table) -> Batch:
        """Read a part: its columns `c0`, `c1`, ... are those of the header, by place."""
        arrays = {place: _array(part, f"c{place}") for place in self._places()}
        faults = part.column("fault").to_pylist()
        rows = np.flatnonzero([fault is None for fault in faults])
        errors: dict[int, Sequence[FieldProblem]] = {
            place: [FieldProblem(json_pointer("row"), "row", fault)]
            for place, fault in enumerate(faults)
            if fault is not None
        }
        read = self._row_reader.read(arrays, rows)
        good = []
        for row, outcome in zip(rows.tolist(), read, strict=True):
            if isinstance(outcome, Panel):
                good.append((row, outcome))
            else:
                errors[row] = outcome
        return Batch(
            n_rows=part.num_rows,
            table=table_of(self.clock, [panel for _, panel in good]),
            rows=np.array([row for row, _ in good], dtype=np.intp),
            errors=dict(sorted(errors.items())),
            warnings={row: panel.warnings for row, panel in good if panel.warnings},
            ids=None if self._id is None else _text(_array(part, f"c{self._id}")),
        )

    def _places(self) -> list[int]:
        age = self._matching.age
        places = [column.place for column in self._matching.columns]
        return places if age is None else [*places, age]


def _array(part: pa.RecordBatch | pa.Table, name: str) -> pa.Array:
    column = part.column(name)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _text(array: pa.Array) -> pa.Array:
    """Identifiers as text; a whole number is written without a point."""
    if not pa.types.is_floating(array.type):
        return pc.cast(array, pa.string())
    cells = (None if v is None or v != v else v for v in array.to_pylist())
    shown = [None if v is None else str(int(v)) if v.is_integer() else repr(v) for v in cells]
    return pa.array(shown, pa.string())
