"""Parquet with columns of every type, and files that are damaged or made to fill the memory."""

import datetime
import decimal
import io
import subprocess
import sys

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.formats import limited_process
from agelens.tables.formats.decoders import parquet as decoder

DAY = datetime.date(2020, 1, 2)


def parquet(table: pa.Table, **options) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_a_file_in_crumbs_is_refused(monkeypatch):
    monkeypatch.setattr(decoder, "MOST_CHUNKS", 40)

    def rows(n_rows):
        content = parquet(pa.table({"a": range(n_rows), "b": range(n_rows)}), row_group_size=1)
        return sum(
            map(
                len,
                decoder.tables(pq.ParquetFile(io.BytesIO(content)), 5_000, len(content)),
            )
        )

    assert rows(20) == 20
    with pytest.raises(ValueError, match="too many row groups"):
        rows(21)


def test_a_process_that_dies_is_a_file_that_cannot_be_read(files, take, monkeypatch):
    monkeypatch.setattr(limited_process, "__name__", "no_such_module")
    with pytest.raises(InvalidInput, match="cannot be read"):
        take(parquet(pa.table({"a": [1]})), "parquet")
    assert files.folders("cohorts") == []


def test_the_process_ends_when_its_rows_are_not_wanted(take):
    mine = psutil.Process()
    before = mine.children()
    with pytest.raises(InvalidInput, match="more than 10 rows"):
        take(parquet(pa.table({"a": range(3_000_000)})), "parquet", most_rows=10)
    assert mine.children() == before


def test_a_file_without_rows_is_refused(take):
    with pytest.raises(InvalidInput, match="has no rows"):
        take(parquet(pa.table({"a": pa.array([], pa.float64())})), "parquet")


def repeated(text: str | bytes, kind: pa.DataType, n_rows: int = 5_000) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array([0] * n_rows, pa.int32()), pa.array([text], kind)
    )


def one_long_list() -> pa.Array:
    ends = pa.array([0, 100_000_000], pa.int32())
    return pa.ListArray.from_arrays(ends, pa.array(np.zeros(100_000_000, np.int32)))


def fixed_size() -> pa.ChunkedArray:
    zeros = pa.py_buffer(bytes(200_000_000))
    piece = pa.FixedSizeBinaryArray.from_buffers(pa.binary(200_000), 1_000, [None, zeros])
    return pa.chunked_array([piece] * 5)


BOMBS = {
    "text": lambda: parquet(pa.table({"a": repeated("x" * 1_000_000, pa.string())})),
    "large binary": lambda: parquet(pa.table({"a": repeated(b"x" * 200_000, pa.large_binary())})),
    "text view": lambda: parquet(pa.table({"a": pa.array(["x" * 200_000] * 5_000, pa.string_view())})),
    "fixed-size binary": lambda: parquet(pa.table({"a": fixed_size()}), compression="zstd"),
    "list": lambda: parquet(pa.table({"a": one_long_list()}), compression="zstd"),
    "plain text": lambda: parquet(
        pa.table({"a": ["a"] + ["x" * 200_000] * 4_999}), use_dictionary=False, compression="zstd"
    ),
}  # fmt: skip
# VmHWM: what ru_maxrss tells of a process includes the one that started it
PEAKS_OF_INTAKE = """
import resource, sys
from agelens.domain.errors import InvalidInput
from agelens.services.cohorts import ingestion
from agelens.storage.files import Files

def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])

before = peak()
try:
    with open(sys.argv[1], "rb") as stream:
        ingestion.store_upload(Files(sys.argv[2]), "one", stream, "parquet", most_rows=10**6)
except InvalidInput as error:
    print(peak() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_small_file_cannot_fill_the_memory(tmp_path, bomb):
    path = tmp_path / "bomb.parquet"
    path.write_bytes(BOMBS[bomb]())
    assert path.stat().st_size < 200_000
    ran = subprocess.run(
        [sys.executable, "-c", PEAKS_OF_INTAKE, str(path), str(tmp_path / "storage")],
        capture_output=True,
        check=True,
        text=True,
    )
    grown, of_child, words = ran.stdout.split(maxsplit=2)
    assert int(grown) < 50 * 1024
    assert int(of_child) * 1024 < limited_process.MOST_BYTES + 200 * 1024**2
    assert "its rows or row groups are too long" in words
