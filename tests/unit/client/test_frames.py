"""Frames of every kind as the Parquet that is sent: numbers as numbers, all else as its text."""

import datetime
import decimal
import io
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.client import InvalidInput, frames, uploads

DAY = datetime.date(2026, 1, 2)
NUMBERS: dict[str, tuple[Any, list[float | None]]] = {
    "floats with gaps": ([1.5, np.nan, np.inf], [1.5, None, np.inf]),
    "integers": ([1, 2, 3], [1.0, 2.0, 3.0]),
    "short integers": (np.arange(3, dtype="uint8"), [0.0, 1.0, 2.0]),
    "nullable integers": (pd.array([1, None, 3], dtype="Int64"), [1.0, None, 3.0]),
    "nullable floats": (pd.array([1.5, None, 3], dtype="Float64"), [1.5, None, 3.0]),
    "arrow floats": (pd.array([1.5, None, 3], dtype="double[pyarrow]"), [1.5, None, 3.0]),
    "sparse": (pd.arrays.SparseArray([1.0, np.nan, 3.0]), [1.0, None, 3.0]),
    "objects": (pd.Series([1, 2.5, None], dtype=object), [1.0, 2.5, None]),
    "objects with pandas' NA": ([pd.NA, 1, 2], [None, 1.0, 2.0]),
    "categories of numbers": (pd.Categorical([1, None, 2]), [1.0, None, 2.0]),
    "nothing": ([np.nan, np.nan, np.nan], [None, None, None]),
}
TEXTS: dict[str, tuple[Any, list[str | None]]] = {
    "numbers and text": (["5.1", 6, None], ["5.1", "6", None]),
    "booleans": ([True, False, True], ["True", "False", "True"]),
    "nullable booleans": (pd.array([True, None, False]), ["True", None, "False"]),
    "booleans as objects": ([True, None, False], ["True", None, "False"]),
    "categories": (pd.Categorical(["male", None, "female"]), ["male", None, "female"]),
    "decimals": (
        [decimal.Decimal("1.10"), decimal.Decimal("NaN"), None],
        ["1.10", None, None],
    ),
    "moments": (
        pd.to_datetime(["2026-01-02", None, "2026-01-03"]),
        ["2026-01-02 00:00:00", None, "2026-01-03 00:00:00"],
    ),
    "days": ([DAY, None, DAY], ["2026-01-02", None, "2026-01-02"]),
    "complex numbers": ([1j, 2j, 3j], ["1j", "2j", "3j"]),
    "lists": ([[1], None, {2: 3}], ["[1]", None, "{2: 3}"]),
    "nothing at all": ([None, None, None], [None, None, None]),
    "half a letter": (pd.Series(["\ud800", "é", None], dtype=object), ["?", "é", None]),
}


def written(frame: pd.DataFrame) -> pa.Table:
    file = io.BytesIO()
    frames.write(frame, frames.names_of(frame), file)
    assert file.tell() == 0
    return pq.read_table(file)


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_stay_numbers(kind: str) -> None:
    given, expected = NUMBERS[kind]
    column = written(pd.DataFrame({"x": given}))["x"]
    assert column.type == pa.float64()
    assert column.to_pylist() == expected


@pytest.mark.parametrize("kind", TEXTS)
def test_all_else_is_its_text(kind: str) -> None:
    given, expected = TEXTS[kind]
    column = written(pd.DataFrame({"x": given}))["x"]
    assert column.type == pa.string()
    assert column.to_pylist() == expected


def test_names_become_text_and_the_index_stays_at_home() -> None:
    columns = pd.Index([7, ("a", "b"), "glucose"], dtype=object, tupleize_cols=False)
    frame = pd.DataFrame([[1, 2, 3]], columns=columns, index=["who"])
    assert written(frame).column_names == ["7", "('a', 'b')", "glucose"]


@pytest.mark.parametrize("columns", [["crp", "crp", "sex"], ["1", 1, "sex"]])
def test_two_columns_of_one_name_are_refused(columns: list[object]) -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=pd.Index(columns, dtype=object))
    with pytest.raises(InvalidInput) as caught:
        frames.names_of(frame)
    assert [problem.field for problem in caught.value.problems] == [str(columns[0])]


def test_rows_of_many_slices_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "SLICE_ROWS", 3)
    frame = pd.DataFrame({"x": range(10), "y": [None] * 9 + ["z"]})
    table = written(frame)
    assert table["x"].to_pylist() == list(range(10))
    assert table["y"].to_pylist()[-1] == "z"


ARROW: dict[str, tuple[Any, list[float | str | None]]] = {
    "integers": (pl.Series([1, None, 3]), [1.0, None, 3.0]),
    "decimals": (pl.Series([decimal.Decimal("1.10"), None]), [1.1, None]),
    "text": (pl.Series(["a", None]), ["a", None]),
    "categories": (pl.Series(["male", None], dtype=pl.Categorical), ["male", None]),
    "days": (pl.Series([DAY, None]), ["2026-01-02", None]),
    "booleans": (pl.Series([True, None]), ["True", None]),
    "nothing": (pl.Series([None, None]), [None, None]),
}


@pytest.mark.parametrize("kind", ARROW)
def test_columns_of_other_packages_are_sent_as_those_of_pandas(kind: str) -> None:
    given, expected = ARROW[kind]
    frame = frames.in_pandas(pl.DataFrame({"x": given}))
    assert written(frame)["x"].to_pylist() == expected


@pytest.mark.parametrize("people", [pl.DataFrame({"x": [1]}), pa.table({"x": [1]})])
def test_a_cohort_is_uploaded_from_any_of_them(people: Any) -> None:
    with uploads.open_upload(people) as upload:
        assert (upload.name, upload.format) == ("frame", "parquet")
        assert pq.read_table(upload.content).to_pydict() == {"x": [1.0]}


def test_results_come_back_as_they_were_sent() -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"prediction": [51.0, None], "error": [None, "sex is missing"]}), file)
    frame = frames.read(file)
    assert frame["prediction"].dtype == np.float64
    assert frame["prediction"].isna().tolist() == [False, True]
    assert frame["error"].isna().tolist() == [True, False]
    assert list(frames.empty_results(["prediction", "error"]).dtypes) == list(frame.dtypes)
