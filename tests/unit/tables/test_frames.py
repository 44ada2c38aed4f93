"""Frames of every kind as the columns that a reader takes, and answers in the same kind."""

import datetime
import decimal
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.frames import open_frame

DAY = datetime.date(2026, 1, 2)
NUMBERS = {
    "floats with gaps": ([1.5, np.nan, 3], [1.5, None, 3.0]),
    "integers": ([1, 2, 3], [1.0, 2.0, 3.0]),
    "short floats": (np.arange(3, dtype="float16"), [0.0, 1.0, 2.0]),
    "nullable integers": (pd.array([1, None, 3], dtype="Int64"), [1.0, None, 3.0]),
    "nullable floats": (pd.array([1.5, None, 3], dtype="Float64"), [1.5, None, 3.0]),
    "arrow floats": (pd.array([1.5, None, 3], dtype="double[pyarrow]"), [1.5, None, 3.0]),
    "arrow integers": (pd.array([1, None, 3], dtype="int64[pyarrow]"), [1.0, None, 3.0]),
    "sparse": (pd.arrays.SparseArray([1.0, np.nan, 3.0]), [1.0, None, 3.0]),
    "objects": (pd.Series([1, 2.5, None], dtype=object), [1.0, 2.5, None]),
    "numpy's own as objects": (
        pd.Series([np.int64(1), np.float32(2.5), pd.NA], dtype=object),
        [1.0, 2.5, None],
    ),
    "decimals": (
        [decimal.Decimal("1.10"), decimal.Decimal("4.3"), None],
        [1.1, 4.3, None],
    ),
    "categories of numbers": (pd.Categorical([1, None, 2]), [1.0, None, 2.0]),
    "nothing": ([np.nan, np.nan, np.nan], [None, None, None]),
    "nothing at all": ([None, None, None], [None, None, None]),
}
TEXTS = {
    "text": (["male", None, "female"], ["male", None, "female"]),
    "numbers and text": (["5.1", 6, np.nan], ["5.1", "6", None]),
    "booleans": ([True, False, True], ["true", "false", "true"]),
    "nullable booleans": (pd.array([True, None, False]), ["true", None, "false"]),
    "booleans and numbers": (pd.Series([True, 1, None], dtype=object), ["true", "1", None]),
    "categories": (pd.Categorical(["male", None, "female"]), ["male", None, "female"]),
    "arrow text": (pd.array(["a", None, "b"], dtype="string[pyarrow]"), ["a", None, "b"]),
    "days": ([DAY, None, DAY], ["2026-01-02", None, "2026-01-02"]),
    "days and text": ([DAY, None, "today"], ["2026-01-02", None, "today"]),
    "periods": (pd.period_range("2026-01", periods=3, freq="M"), ["2026-01", "2026-02", "2026-03"]),
    "complex numbers": ([1j, 2j, None], ["1j", "2j", None]),
    "lists": ([[1], None, {2: 3}], ["(nested)", None, "(nested)"]),
    "half a letter": (pd.Series(["\ud800", "é", None], dtype=object), ["?", "é", None]),
    "names as long as numbers can be": ([2**60, 1, 2], [str(2**60), "1", "2"]),
    "still longer ones": (pd.Series([2**70, 1, None], dtype=object), [str(2**70), "1", None]),
}  # fmt: skip


def column_of(people):
    (part,) = open_frame(people).parts([0])
    assert part.schema.names == ["c0", "fault"]
    assert part.column("fault").null_count == part.num_rows
    return part.column("c0")


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_are_floats(kind):
    given, expected = NUMBERS[kind]
    column = column_of(pd.DataFrame({"x": given}))
    assert column.type == pa.float64()
    assert column.to_pylist() == expected


@pytest.mark.parametrize("kind", TEXTS)
def test_all_else_is_text(kind):
    given, expected = TEXTS[kind]
    column = column_of(pd.DataFrame({"x": given}))
    assert column.type == pa.string()
    assert column.to_pylist() == expected


POLARS = {
    "integers": (pl.Series([1, None, 3]), [1.0, None, 3.0]),
    "decimals": (pl.Series([decimal.Decimal("1.10"), None]), [1.1, None]),
    "text": (pl.Series(["a", None]), ["a", None]),
    "categories": (pl.Series(["male", None, "male"], dtype=pl.Categorical), ["male", None, "male"]),
    "enumerations": (pl.Series(["male", None], dtype=pl.Enum(["male", "female"])), ["male", None]),
    "lists": (pl.Series([[1], None]), ["(nested)", None]),
}


@pytest.mark.parametrize("kind", POLARS)
def test_columns_of_polars_are_read(kind):
    given, expected = POLARS[kind]
    assert column_of(pl.DataFrame({"x": given})).to_pylist() == expected


def test_columns_of_duckdb_are_read():
    relation = duckdb.sql("select 5.1::decimal(4, 1) as glucose, 'male' as sex")
    frame = open_frame(relation)
    assert frame.header == ("glucose", "sex")
    assert column_of(relation).to_pylist() == [5.1]
    answers = frame.answers(pa.table({"prediction": [50.0]}))
    assert isinstance(answers, pa.Table)


TABLE = pa.table({"crp": [1.5, None, 3.0], "sex": ["male", None, "female"]})


@pytest.mark.parametrize(
    "people",
    [
        TABLE,
        TABLE.to_batches()[0],
        pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]),
        pa.RecordBatchReader.from_batches(TABLE.schema, TABLE.to_batches(max_chunksize=2)),
        TABLE.to_pandas(),
        pl.from_arrow(TABLE),
    ],
    ids=["table", "batch", "chunks", "stream", "pandas", "polars"],
)
def test_every_kind_gives_the_same_columns(people):
    frame = open_frame(people)
    assert (frame.header, frame.n_rows) == (("crp", "sex"), 3)
    parts = list(frame.parts([1, 0], rows=2))
    assert [part.num_rows for part in parts] == [2, 1]
    read = pa.Table.from_batches(parts)
    assert read.column_names == ["c1", "c0", "fault"]
    assert read["c0"].to_pylist() == [1.5, None, 3.0]
    assert read["c1"].to_pylist() == ["male", None, "female"]


ANSWERS = pa.table({"prediction": [50.0, None, 52.0], "error": [None, "sex is missing", None]})


@pytest.mark.parametrize("people", [TABLE, TABLE.to_batches()[0], pl.from_arrow(TABLE)])
def test_answers_are_of_the_kind_that_was_handed_over(people):
    answers = open_frame(people).answers(ANSWERS)
    assert type(answers) is type(people)
    assert pa.table(answers).to_pylist() == ANSWERS.to_pylist()


def test_the_index_of_pandas_is_kept():
    index = pd.MultiIndex.from_tuples([("x", 1), ("y", 1), ("x", 1)], names=["site", "visit"])
    answers = open_frame(pd.DataFrame({"crp": [1, 2, 3]}, index=index)).answers(ANSWERS)
    pd.testing.assert_index_equal(answers.index, index)
    assert answers["prediction"].tolist()[::2] == [50.0, 52.0]
    assert answers["error"].isna().tolist() == [True, False, True]


def test_names_are_text_and_two_may_be_the_same():
    columns = pd.Index([7, "a\ud800b", "crp", "crp"], dtype=object)
    frame = open_frame(pd.DataFrame([[1, 2, 3, 4]], columns=columns))
    assert frame.header == ("7", "a?b", "crp", "crp")
    (part,) = frame.parts([3])
    assert part.column("c3").to_pylist() == [4.0]


def test_a_frame_without_rows_has_one_part_without_rows():
    (part,) = open_frame(pd.DataFrame({"crp": pd.Series(dtype=float)})).parts([0])
    assert (part.num_rows, part.schema.names) == (0, ["c0", "fault"])


LEVELS = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("blood", "crp")]))


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (pd.DataFrame(), "has no columns"),
        (pd.DataFrame(index=range(3)), "has no columns"),
        (pl.DataFrame(), "has no columns"),
        (pa.table({}), "has no columns"),
        (LEVELS, "columns have 2 levels; make one of them: people.columns = "),
        (pl.DataFrame({"x": pl.Series([1], dtype=pl.Int128)}), "cannot be read as an Arrow table"),
    ],
)
def test_a_frame_that_cannot_be_read_says_why(people, words):
    with pytest.raises(InvalidInput) as caught:
        open_frame(people)
    (problem,) = caught.value.problems
    assert problem.field == "people"
    assert words in problem.message


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({"crp": 1}, r"not a dict; pandas.DataFrame\(\[person\]\) makes one of one person"),
        ([{"crp": 1}], r"not a list; pandas.DataFrame\(people\) makes one"),
        ("people.csv", "not a str$"),
        (np.ones((2, 2)), "not a numpy.ndarray$"),
        (pd.Series([1]), r"not a pandas.Series; .to_frame\(\) makes one of it"),
        (pl.Series([1]), r"not a polars.Series; .to_frame\(\) makes one of it"),
        (pl.LazyFrame({"crp": [1]}), r"not a polars.LazyFrame; .collect\(\) makes one of it"),
        (pa.chunked_array([[1]]), "not a pyarrow.ChunkedArray$"),
    ],
)
def test_what_is_no_frame_says_how_it_becomes_one(people, words):
    with pytest.raises(TypeError, match=words):
        open_frame(people)


def test_no_other_package_is_needed():
    code = """
import sys
missing = ("polars", "duckdb", "ijson", "orjson", "structlog")
sys.modules.update(dict.fromkeys(missing))
import pyarrow
from agelens.tables.frames import open_frame
(part,) = open_frame(pyarrow.table({"crp": [1]})).parts([0])
print(part.column("c0").to_pylist())
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[1.0]"
