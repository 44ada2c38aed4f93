"""Parquet with columns of every type, and files that are damaged or made to fill the memory."""

import datetime
import decimal
import io
import resource

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.domain.errors import InvalidInput
from agelens.services.cohorts import parquet_files


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


DAY = datetime.date(2020, 1, 2)


def parquet(table: pa.Table, **options) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pa.array([1, None], pa.int8()), [1.0, None]),
        (pa.array([2**53, -(2**53)], pa.int64()), [2.0**53, -(2.0**53)]),
        (pa.array([2**53 + 1, None], pa.int64()), ["9007199254740993", None]),
        (pa.array([2**64 - 1, 1], pa.uint64()), ["18446744073709551615", "1"]),
        (pa.array([0.5, None], pa.float32()), [0.5, None]),
        (pa.array([0.1, float("inf")]), [0.1, float("inf")]),
        (pa.array([decimal.Decimal("0.10"), None]), [0.1, None]),
        (pa.array([True, None]), ["true", None]),
        (pa.array(["x", None]), ["x", None]),
        (pa.array(["x", None], pa.large_string()), ["x", None]),
        (pa.array(["u", "v"]).dictionary_encode(), ["u", "v"]),
        (pa.array([5, 6]).dictionary_encode(), [5.0, 6.0]),
        (pa.array([b"text", None]), ["text", None]),
        (pa.array([b"\xff", None]), ["b'\\xff'", None]),
        (pa.array([DAY, None]), ["2020-01-02", None]),
        (pa.array([datetime.time(1, 2), None]), ["01:02:00.000000", None]),
        (pa.array([datetime.timedelta(1), None]), ["1 day, 0:00:00", None]),
        (pa.array([[1], None]), ["(nested)", None]),
        (pa.array([{"a": 1}, None]), ["(nested)", None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_every_type_is_a_number_or_text(rows_of, column, cells):
    rows = rows_of(parquet(pa.table({"k": ["p", "q"], "c": column})), "parquet")
    assert [row.get("c") for row in rows] == cells


def test_the_index_of_pandas_is_a_column_as_any_other(take):
    stream = io.BytesIO()
    pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "y"]).to_parquet(stream)
    assert take(stream.getvalue(), "parquet").header == ("a", "__index_level_0__")


@pytest.mark.parametrize("group", [3_000, 7_000, 100_000])
def test_row_groups_of_any_length_give_full_parts(take, rows_of, group):
    table = pa.table({"n": pa.array(range(23_000)), "t": [f"p{n % 50}" for n in range(23_000)]})
    content = parquet(table, row_group_size=group)
    assert take(content, "parquet").n_parts == 3
    rows = rows_of(content, "parquet")
    assert rows == [{"n": float(n), "t": f"p{n % 50}"} for n in range(23_000)]


def test_a_column_may_be_whole_numbers_here_and_long_ones_there(rows_of):
    ids = pa.array([*range(6_000), 2**60])
    rows = rows_of(parquet(pa.table({"id": ids})), "parquet")
    assert rows[0] == {"id": "0"}
    assert rows[5_999:] == [{"id": "5999"}, {"id": str(2**60)}]


@pytest.mark.parametrize("damage", ["no end", "no start", "overwritten"])
def test_a_damaged_file_is_refused_and_leaves_nothing(files, take, damage):
    whole = parquet(pa.table({"a": [f"{n}" for n in range(60_000)]}), compression="none")
    middle = len(whole) // 2
    content = {
        "no end": whole[:-50],
        "no start": whole[middle:],
        "overwritten": whole[:200] + b"\xff" * (middle - 200) + whole[middle:],
    }[damage]
    with pytest.raises(InvalidInput, match="is not a readable Parquet file: "):
        take(content, "parquet")
    assert files.folders("cohorts") == []


def test_a_file_in_crumbs_is_refused(take, monkeypatch):
    monkeypatch.setattr(parquet_files, "MOST_GROUPS", 20)
    assert take(parquet(pa.table({"a": range(20)}), row_group_size=1), "parquet").n_rows == 20
    with pytest.raises(InvalidInput, match="more than 20 row groups"):
        take(parquet(pa.table({"a": range(21)}), row_group_size=1), "parquet")


def test_a_file_without_rows_is_refused(take):
    with pytest.raises(InvalidInput, match="has no rows"):
        take(parquet(pa.table({"a": pa.array([], pa.float64())})), "parquet")


def test_a_small_file_of_long_repeated_texts_cannot_fill_the_memory(take):
    once = pa.array(["x" * 1_000_000])
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 10_000, pa.int32()), once)
    content = parquet(pa.table({"a": repeated, "b": repeated}))
    assert len(content) < 1_000_000  # of 20 GB
    before = peak_bytes()
    with pytest.raises(InvalidInput, match="the rows are too long"):
        take(content, "parquet")
    assert peak_bytes() - before < 200 * 1024**2
