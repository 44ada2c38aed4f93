"""Score partitions of a distributed data frame (Dask, Ray Data, Spark).

They cut one frame of people into partitions, send a callable to where each partition is, and put the
answers together again. `partition_scorer` makes that callable.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from agelens.domain.errors import InvalidInput
from agelens.local_clock import LocalClock, load
from agelens.tables.batch_reader import ColumnOptions
from agelens.tables.frame_scorer import FrameScorer
from agelens.tables.frames import Frame, open_frame

if TYPE_CHECKING:
    from pandas import DataFrame

ROW = "row"


class PartitionScorer:
    """Scores partitions of one frame; made by `partition_scorer`.

    It is picklable and takes the clock's bundle along: a worker needs AgeLens, but no file and no
    network.

    Attributes
    ----------
    clock : LocalClock
    header : tuple of str
        The columns that every partition has, in order.
    """

    def __init__(
        self, clock: LocalClock, header: Sequence[str], options: ColumnOptions, contributions: bool
    ) -> None:
        self.clock = clock
        self.header = tuple(header)
        self._options = options
        self._contributions = contributions
        self._scorer = FrameScorer(clock.clock, self.header, options)

    def __reduce__(self) -> tuple[type["PartitionScorer"], tuple[Any, ...]]:
        arguments = (self.clock, self.header, self._options, self._contributions)
        return PartitionScorer, arguments

    def __repr__(self) -> str:
        return f"PartitionScorer({self.clock!r}, {len(self.header)} columns)"

    def __call__(self, partition: Any) -> Any:
        """Score a partition.

        Parameters
        ----------
        partition : RecordBatch, Table, DataFrame, or iterator of these
            Of pyarrow, pandas or polars.

        Returns
        -------
        of the same kind, with the columns of `schema`
            One row for each row, in order; pandas' index is kept. Of an iterator an iterator, which
            scores each of them when it is asked for.

        Raises
        ------
        InvalidInput
            At "schema", if the columns are not those that were announced.
        TypeError
            If it is no frame, such as a dict of arrays, which Ray hands over unless it is told
            `batch_format="pyarrow"`.
        """
        if isinstance(partition, Iterator) and not isinstance(partition, pa.RecordBatchReader):
            return map(self, partition)
        frame = open_frame(partition)
        self._check(frame)
        return frame.answers(self._answers(frame))

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of the answers and their types."""
        columns = [pa.nulls(0, pa.string())] * len(self.header)
        return self._answers(open_frame(pa.table(columns, names=list(self.header)))).schema

    @property
    def meta(self) -> "DataFrame":
        """The answers to nobody as a frame of pandas: `meta` of Dask's `map_partitions`."""
        frame: DataFrame = self.schema.empty_table().to_pandas()
        return frame

    def _answers(self, frame: Frame) -> pa.Table:
        return self._scorer.table(frame, contributions=self._contributions).drop_columns([ROW])

    def _check(self, frame: Frame) -> None:
        if frame.header == self.header:
            return
        lacking = [name for name in self.header if name not in frame.header]
        unknown = [name for name in frame.header if name not in self.header]
        differences = [
            f"lacks {', '.join(lacking)}" if lacking else "",
            f"has {', '.join(unknown)}, which was not announced" if unknown else "",
        ]
        words = " and ".join(filter(None, differences)) or "has its columns in another order"
        raise InvalidInput.at("schema", f"a partition {words}")


def partition_scorer(
    clock: LocalClock | str,
    schema: Any,
    *,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
    columns: str = "agelens",
    id_column: str | None = None,
    contributions: bool = True,
    values: Mapping[str, Mapping[str, str]] | None = None,
    censored: str | None = None,
) -> PartitionScorer:
    """A picklable callable that scores a partition: RecordBatch in, RecordBatch out.

    It also takes what Dask's `map_partitions` (a pandas DataFrame), Ray Data's `map_batches` with
    `batch_format="pyarrow"` (a Table) and Spark's `mapInArrow` (an iterator of RecordBatch) hand over,
    and answers in kind. The answers have the columns of `LocalClock.predict` but for `row`: a
    partition does not know how many rows are before it. An index of pandas is kept; else name an
    `id_column`.

    Parameters
    ----------
    clock : LocalClock or str
        What `agelens.load` gives, or takes.
    schema : pyarrow.Schema, frame, or sequence of str
        The columns that every partition has: a schema, a frame with them (also one without rows, such
        as Dask's `_meta`), or their names.
    units, mapping, columns, id_column, contributions, values, censored
        As of `LocalClock.predict`. Units are never suggested: partitions would differ in theirs.

    Returns
    -------
    PartitionScorer
        With `schema`, the pyarrow.Schema of the answers, and `meta`, the same for Dask.

    Raises
    ------
    InvalidInput
        At once, if columns of these names cannot be read so, or one is missing that every row needs.

    Warns
    -----
    UserWarning
        Naming the columns that the clock does not read, here and not for each partition.
    """
    opened = clock if isinstance(clock, LocalClock) else load(clock)
    reading_options = (
        dict(mapping or {}),
        dict(units or {}),
        id_column,
        dict(values or {}),
        censored,
    )
    options = ColumnOptions(columns, *reading_options)
    scorer = PartitionScorer(opened, _header_of(schema), options, contributions)
    scorer._scorer.warn_of_unread(stacklevel=2)
    return scorer


def _header_of(schema: Any) -> tuple[str, ...]:
    if isinstance(schema, pa.Schema):
        return tuple(schema.names)
    if isinstance(schema, list | tuple) and all(isinstance(name, str) for name in schema):
        return tuple(schema)
    return open_frame(schema).header
