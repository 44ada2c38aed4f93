"""Frames of people to Parquet and answers back to frames. The only module of the client that knows pandas."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pandas import ArrowDtype, CategoricalDtype, Index, Series
from pandas import DataFrame as DataFrame
from pandas.api.types import infer_dtype, is_bool_dtype, is_complex_dtype, is_numeric_dtype

from agelens import wire
from agelens.client.problems import refused

SLICE_ROWS = 100_000
NUMBERS = frozenset({"floating", "integer", "mixed-integer-float"})


def in_pandas(people: object) -> DataFrame:
    """A frame of any kind that hands over Arrow, as pandas has it; whole numbers stay whole."""
    if isinstance(people, DataFrame):
        return people
    table = pa.table(people)
    plain = [
        field.with_type(pa.string()) if field.type == pa.string_view() else field
        for field in table.schema
    ]
    frame: DataFrame = table.cast(pa.schema(plain)).to_pandas(types_mapper=ArrowDtype)
    return frame


def in_kind(answers: DataFrame, people: object) -> Any:
    """Answers as a frame of the kind that was handed over; Arrow where that is another package's."""
    if isinstance(people, DataFrame):
        answers.index = people.index
        return answers
    table = pa.Table.from_pandas(answers, preserve_index=False).replace_schema_metadata(None)
    polars = sys.modules.get("polars")
    if polars is not None and isinstance(people, polars.DataFrame):
        return polars.from_arrow(table)
    if isinstance(people, pa.RecordBatch):
        columns = [column.combine_chunks() for column in table.columns]
        return pa.RecordBatch.from_arrays(columns, schema=table.schema)
    return table


def names_of(frame: DataFrame) -> list[str]:
    """The columns' names as text.

    Raises
    ------
    InvalidInput
        Naming those that two columns have.
    """
    names = [_as_text(name) for name in frame.columns]
    duplicates = {name: "is the name of two columns" for name, n in Counter(names).items() if n > 1}
    if duplicates:
        raise refused(duplicates)
    return names


def write(frame: DataFrame, names: Sequence[str], file: BinaryIO) -> None:
    """A frame's columns, not its index, as Parquet: numbers stay numbers, all else is text.

    The same frame gives the same bytes, so that it is the same request when it is sent again.
    """
    columns = [_without_categories(frame.iloc[:, n]) for n in range(len(names))]
    kinds = [pa.float64() if _are_numbers(column) else pa.string() for column in columns]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    texts = [name for name, kind in zip(names, kinds, strict=True) if kind == pa.string()]
    with pq.ParquetWriter(file, schema, use_dictionary=texts) as writer:
        for rows in _slices(len(frame)):
            cells = [
                _numbers(column.iloc[rows]) if kind == pa.float64() else _texts(column.iloc[rows])
                for column, kind in zip(columns, kinds, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(cells, schema=schema))
    file.seek(0)


def read(file: BinaryIO) -> DataFrame:
    """Results of a cohort, in the order of its rows."""
    return _to_pandas(pq.read_table(file))


def empty_results(columns: Sequence[str]) -> DataFrame:
    """The answers to an empty frame: no rows, and the columns that answers have."""
    texts = ("warnings", "error", "clock", "clock_version")
    schema = pa.schema([(n, pa.string() if n in texts else pa.float64()) for n in columns])
    return _to_pandas(schema.empty_table())


def contributions_frame(contributions: Sequence[wire.Contribution]) -> DataFrame:
    """One row per contribution, by feature, in the order given."""
    frame = DataFrame(
        [_flat(each) for each in contributions],
        columns=["label", "value", "unit", "years", "imputed", "clipped",
                 "reference_low", "reference_high", "modifiable"],
    )  # fmt: skip
    frame.index = Index([each["feature"] for each in contributions], name="feature")
    return frame


def outcomes_frame(clocks: Sequence[str], outcomes: Sequence[Mapping[str, object]]) -> DataFrame:
    """What became of tasks, one row each, by clock, in the order given."""
    frame = DataFrame(
        outcomes,
        columns=["version", "status", "prediction", "unit", "interval_low", "interval_high",
                 "base_value", "age_gap", "age_gap_adjusted", "age_gap_percentile", "charged",
                 "error", "task_id"],
    )  # fmt: skip
    frame.index = Index(clocks, name="clock")
    return frame


def _flat(contribution: wire.Contribution) -> dict[str, object]:
    reference = contribution["reference_range"] or {"low": None, "high": None}
    return {
        **contribution,
        "reference_low": reference["low"],
        "reference_high": reference["high"],
    }


def _to_pandas(table: pa.Table) -> DataFrame:
    frame: DataFrame = table.to_pandas()
    return frame


def _slices(n_rows: int) -> Iterator[slice]:
    for first in range(0, n_rows, SLICE_ROWS):
        yield slice(first, first + SLICE_ROWS)


def _without_categories(column: Series[Any]) -> Series[Any]:
    """A column of categories as what they stand for."""
    return column.astype(object) if isinstance(column.dtype, CategoricalDtype) else column


def _are_numbers(column: Series[Any]) -> bool:
    kind = column.dtype
    if is_bool_dtype(kind) or is_complex_dtype(kind):
        return False
    if is_numeric_dtype(kind):
        return True
    return infer_dtype(column, skipna=True) in NUMBERS


def _numbers(column: Series[Any]) -> pa.Array:
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return pa.array(numbers, from_pandas=True)


def _texts(column: Series[Any]) -> pa.Array:
    gaps = column.isna().to_numpy()
    cells = zip(column.astype(object), gaps, strict=True)
    return pa.array([None if gap else _as_text(cell) for cell, gap in cells], pa.string())


def _as_text(cell: object) -> str:
    """What a cell says, in letters that there are."""
    return str(cell).encode("utf-8", errors="replace").decode()
