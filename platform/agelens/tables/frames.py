"""Convert frames of pandas, polars, pyarrow and DuckDB to Arrow and back.

pandas, polars, pyarrow, and whatever else hands its columns over as an Arrow stream (DuckDB). Only
pyarrow is imported here: who hands over a frame of another package has imported it.
"""

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from agelens.domain.errors import InvalidInput
from agelens.tables.formats.cell_text import as_numbers_or_text, numbers_or_text
from agelens.tables.formats.parts import (
    PART_ROWS,
    ROW_ERROR_COLUMN,
    no_row_errors,
    part_column_name,
)

if TYPE_CHECKING:
    from pandas import DataFrame, Series

ARROW_STREAM = "__arrow_c_stream__"
KEPT_KINDS = (bool, int, float, list, tuple, set, dict, np.ndarray)


class Frame(ABC):
    """A frame of people, whatever package it is of.

    Attributes
    ----------
    header : tuple of str
        The names of its columns in order, as text.
    n_rows : int
    """

    header: tuple[str, ...]
    n_rows: int

    def __init__(self) -> None:
        self._converted: dict[tuple[int, ...], pa.RecordBatch] = {}

    @abstractmethod
    def answers(self, table: pa.Table) -> Any:
        """A table with a row for each of its rows, as a frame of its kind."""

    @abstractmethod
    def _column(self, index: int) -> pa.Array: ...

    def parts(self, indices: Sequence[int], rows: int = PART_ROWS) -> Iterator[pa.RecordBatch]:
        """The columns at these indices as `formats/parts` has them, so many rows at a time.

        A frame without rows has one part without rows. Columns are converted once, however often their
        parts are asked for.
        """
        all_rows = self._converted.get(tuple(indices))
        if all_rows is None:
            columns = [*map(self._column, indices), no_row_errors(self.n_rows)]
            names = [*map(part_column_name, indices), ROW_ERROR_COLUMN]
            all_rows = pa.RecordBatch.from_arrays(columns, names=names)
            self._converted = {tuple(indices): all_rows}
        for first in range(0, max(self.n_rows, 1), rows):
            yield all_rows.slice(first, rows)


def open_frame(people: object) -> Frame:
    """Wrap a frame of any supported package.

    Raises
    ------
    TypeError
        If it is no frame; how it becomes one is said.
    InvalidInput
        At "people", if it has no columns, columns of several levels, or of a type without a
        counterpart in Arrow.
    """
    pandas = sys.modules.get("pandas")
    frame: Frame
    if pandas is not None and isinstance(people, pandas.DataFrame):
        frame = _PandasFrame(people)
    elif isinstance(people, pa.Table | pa.RecordBatch) or hasattr(people, ARROW_STREAM):
        frame = _ArrowFrame(people)
    else:
        raise TypeError(_no_frame(people))
    if not frame.header:
        raise InvalidInput.at("people", "the frame has no columns")
    return frame


class _PandasFrame(Frame):
    def __init__(self, people: "DataFrame") -> None:
        super().__init__()
        if people.columns.nlevels > 1:
            message = (
                f"the frame's columns have {people.columns.nlevels} levels; make one of them: "
                'people.columns = ["_".join(map(str, name)) for name in people.columns]'
            )
            raise InvalidInput.at("people", message)
        self._people = people
        self.header = tuple(map(_text, people.columns))
        self.n_rows = len(people)

    def answers(self, table: pa.Table) -> "DataFrame":
        frame: DataFrame = table.to_pandas(use_threads=False)
        frame.index = self._people.index
        return frame

    def _column(self, index: int) -> pa.Array:
        column = self._people.iloc[:, index]
        try:
            array = pa.array(column, from_pandas=True)
        except (pa.ArrowException, UnicodeError, OverflowError):  # no one type fits all cells
            return _one_by_one(column)
        if isinstance(array.type, pa.BaseExtensionType):  # periods and intervals
            return _one_by_one(column)
        return as_numbers_or_text(_one_array(array))


class _ArrowFrame(Frame):
    def __init__(self, people: Any) -> None:
        super().__init__()
        self._people = people
        try:
            self._table = pa.table(people)
        except pa.ArrowException as error:
            if "non-struct" in str(error):  # one column, such as a Series
                raise TypeError(_no_frame(people)) from error
            message = f"the frame cannot be read as an Arrow table: {error}"
            raise InvalidInput.at("people", message) from error
        self.header = tuple(self._table.column_names)
        self.n_rows = len(self._table)

    def answers(self, table: pa.Table) -> Any:
        polars = sys.modules.get("polars")
        if polars is not None and isinstance(self._people, polars.DataFrame):
            return polars.from_arrow(table)
        if isinstance(self._people, pa.RecordBatch):
            return one_batch(table)
        return table

    def _column(self, index: int) -> pa.Array:
        return as_numbers_or_text(_one_array(self._table.column(index)))


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """A table as one record batch."""
    columns = [_one_array(column) for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _one_array(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    if not isinstance(array, pa.ChunkedArray):
        return array
    return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()


def _one_by_one(column: "Series[Any]") -> pa.Array:
    gaps = column.isna().to_numpy()
    cells = zip(column.astype(object), gaps, strict=True)
    return numbers_or_text([None if gap else _plain(cell) for cell, gap in cells])


def _plain(cell: Any) -> Any:
    """A cell as JSON has it; what JSON has no word for as its text."""
    value = cell.item() if isinstance(cell, np.generic) else cell
    if isinstance(value, KEPT_KINDS):
        return value
    return _text(value)


def _text(value: object) -> str:
    """What it says, in letters that there are."""
    return str(value).encode("utf-8", errors="replace").decode()


def _no_frame(people: object) -> str:
    kind = type(people)
    package = kind.__module__.partition(".")[0]
    name = kind.__name__ if package == "builtins" else f"{package}.{kind.__name__}"
    message = f"people must be a frame of pandas, polars, pyarrow or DuckDB, not a {name}"
    if isinstance(people, Mapping):
        return f"{message}; pandas.DataFrame([person]) makes one of one person"
    if isinstance(people, list):
        return f"{message}; pandas.DataFrame(people) makes one of a list of people"
    if package == "dask":
        return f"{message}; agelens.batches.partition_scorer scores its partitions"
    if hasattr(people, "collect"):
        return f"{message}; .collect() makes one of it"
    if hasattr(people, "to_frame"):
        return f"{message}; .to_frame() makes one of it"
    return message
