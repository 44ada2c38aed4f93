"""Results as files for spreadsheets, programs and browsers."""

import csv
import io
import json
import math
import struct
import subprocess
import sys
import threading
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.domain.errors import InvalidInput, NotFound
from agelens.services.cohorts import export
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

PATHS = ("cohorts/one/results/00000-1.arrow", "cohorts/one/results/00001-2.arrow")


def put(files, path, **columns):
    table = pa.table(columns)

    def fill(stream):
        with pa.ipc.new_file(stream, table.schema) as writer:
            writer.write_table(table)

    files.write(path, fill)


@pytest.fixture
def results(files):
    put(
        files,
        PATHS[0],
        row=[1, 2],
        id=["=1+1", 'x\ny,"'],
        prediction=[0.1 + 0.2, None],
        **{"contribution:age": [-1e-300, None]},
        error=pa.array([None, "glucose must be a number"]),
    )
    put(
        files,
        PATHS[1],
        row=[3],
        id=[""],
        prediction=[math.nan],
        **{"contribution:age": [1e22]},
        error=pa.array(["no"]),
    )
    return files


def whole(files, format, contributions=True, paths=PATHS) -> bytes:
    return b"".join(export.stream(files, paths, format=format, contributions=contributions))


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def test_csv_has_every_row_under_one_header(results):
    assert csv_rows(whole(results, "csv")) == [
        ["row", "id", "prediction", "contribution:age", "error"],
        ["1", "'=1+1", "0.30000000000000004", "-1e-300", ""],
        ["2", 'x\ny,"', "", "", "glucose must be a number"],
        ["3", "", "", "1e+22", "no"],
    ]


def test_json_is_an_array_of_objects_with_null_for_no_number(results):
    assert json.loads(whole(results, "json")) == [
        {
            "row": 1,
            "id": "=1+1",
            "prediction": 0.1 + 0.2,
            "contribution:age": -1e-300,
            "error": None,
        },
        {
            "row": 2,
            "id": 'x\ny,"',
            "prediction": None,
            "contribution:age": None,
            "error": "glucose must be a number",
        },
        {"row": 3, "id": "", "prediction": None, "contribution:age": 1e22, "error": "no"},
    ]


def test_parquet_has_every_row_and_the_types_of_the_parts(results):
    table = pq.read_table(io.BytesIO(whole(results, "parquet")))
    assert table.schema.field("prediction").type == pa.float64()
    assert table.to_pylist() == json.loads(whole(results, "json"))


@pytest.mark.parametrize("format", ["csv", "parquet", "json"])
def test_contributions_come_on_demand(results, format):
    content = whole(results, format, contributions=False)
    if format == "csv":
        names = csv_rows(content)[0]
    elif format == "json":
        names = list(json.loads(content)[0])
    else:
        names = pq.read_schema(io.BytesIO(content)).names
    assert names == ["row", "id", "prediction", "error"]


@pytest.mark.parametrize("format", ["csv", "parquet", "json"])
def test_the_fields_of_errors_are_for_the_list_of_errors_alone(files, format):
    errors = {"error": pa.array([None, "no"]), "error_fields": pa.array([None, "sex"])}
    put(files, PATHS[0], row=[1, 2], prediction=[1.0, None], **errors)
    content = b"".join(export.stream(files, PATHS[:1], format=format, contributions=True))
    assert b"prediction" in content
    assert b"error_fields" not in content


DANGEROUS = [
    "=1+1",
    "+1+1",
    "-1+2",
    "-",
    "+49 1",
    "-5x",
    "-1.",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1+1",
    "\uff20x",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_spreadsheet_runs_neither_a_cell_nor_a_header(files, text):
    put(files, PATHS[0], **{"row": [1], "id": [text], text: [-1.5]})
    header, cells = csv_rows(whole(files, "csv", paths=PATHS[:1]))
    assert header == ["row", "id", f"'{text}"]
    assert cells == ["1", f"'{text}", "-1.5"]  # a number stays a number


@pytest.mark.parametrize(
    "text", ["a=1", "x", "", " =1", "'=1", "1", "é-", "a\n=1", "-5", "+49", "-1.5"]
)
def test_other_text_is_left_alone(files, text):
    put(files, PATHS[0], row=[1], id=[text])
    assert csv_rows(whole(files, "csv", paths=PATHS[:1]))[1] == ["1", text]


@pytest.mark.parametrize("format", ["parquet", "json"])
@pytest.mark.parametrize("text", DANGEROUS)
def test_programs_get_text_as_it_is(files, format, text):
    put(files, PATHS[0], row=[1], id=[text])
    content = whole(files, format, paths=PATHS[:1])
    rows = (
        json.loads(content) if format == "json" else pq.read_table(io.BytesIO(content)).to_pylist()
    )
    assert rows == [{"row": 1, "id": text}]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_numbers_read_back_to_the_bit(files, numbers):
    put(files, PATHS[0], row=list(range(len(numbers))), prediction=numbers)
    from_csv = [float(row[1]) for row in csv_rows(whole(files, "csv", paths=PATHS[:1]))[1:]]
    from_json = [row["prediction"] for row in json.loads(whole(files, "json", paths=PATHS[:1]))]
    bits = [struct.pack("d", number) for number in numbers]
    assert [struct.pack("d", number) for number in from_csv] == bits
    assert [struct.pack("d", number) for number in from_json] == bits


@pytest.mark.parametrize("format", ["csv", "parquet", "json"])
def test_a_piece_comes_before_the_next_part_is_read(results, format):
    pieces = export.stream(results, PATHS, format=format, contributions=True)
    results.delete(PATHS[1])
    assert next(pieces)
    with pytest.raises(NotFound):
        list(pieces)


def test_while_a_piece_is_sent_the_next_is_made(results, monkeypatch):
    made = threading.Event()

    def encode(format, parts, *, eol):
        yield b"one"
        made.set()
        yield b"two"

    monkeypatch.setattr(export, "encode", encode)
    pieces = export.stream(results, PATHS, format="csv", contributions=True)
    assert next(pieces) == b"one"
    assert made.wait(10), "before the second one is asked for"
    assert list(pieces) == [b"two"]


def test_parquet_has_dictionaries_of_texts_that_repeat_alone(files):
    rows = range(1000)
    clocks, ids = pa.array(["a", "b"] * 500), pa.array([f"person {row}" for row in rows])
    put(files, PATHS[0], row=rows, id=ids, prediction=[1.0] * 1000, clock=clocks)
    file = pq.ParquetFile(io.BytesIO(whole(files, "parquet", paths=PATHS[:1])))
    columns = map(file.metadata.row_group(0).column, range(4))
    with_dictionary = {c.path_in_schema for c in columns if c.has_dictionary_page}
    assert with_dictionary == {"clock"}
    assert file.read()["clock"].combine_chunks() == clocks
    assert file.read()["id"].combine_chunks() == ids


def test_what_cannot_be_answered_is_said_before_the_first_piece(results):
    with pytest.raises(InvalidInput, match="one of: csv, parquet, json, xlsx"):
        export.stream(results, PATHS, format="docx", contributions=True)
    with pytest.raises(NotFound):
        export.stream(results, ["cohorts/none"], format="csv", contributions=True)


def test_errors_are_listed_page_by_page(results):
    second = {"row": 2, "id": 'x\ny,"', "message": "blood glucose must be a number", "fields": []}
    third = {"row": 3, "id": "", "message": "no", "fields": []}
    assert export.errors(results, PATHS, after_row=0, limit=10) == [second, third]
    assert export.errors(results, PATHS, after_row=0, limit=1) == [second]
    assert export.errors(results, PATHS, after_row=2, limit=1) == [third]
    assert export.errors(results, PATHS, after_row=3, limit=10) == []


def test_errors_name_the_fields_that_their_part_tells(files):
    why = {"error": pa.array(["a", "b", "c"]), "error_fields": pa.array(["sex", "crp,sex", None])}
    put(files, PATHS[0], row=[1, 2, 3], **why)
    found = export.errors(files, PATHS[:1], after_row=0, limit=10)
    assert [each["fields"] for each in found] == [["sex"], ["crp", "sex"], []]


def test_errors_of_a_cohort_without_identifiers_have_none(files):
    put(files, PATHS[0], row=[1, 2], prediction=[1.0, None], error=pa.array([None, "no"]))
    found = export.errors(files, PATHS[:1], after_row=0, limit=10)
    assert found == [{"row": 2, "id": None, "message": "no", "fields": []}]


# VmHWM: what ru_maxrss tells includes the process that started this one
PEAK_OF_EXPORT = """
import sys
import numpy as np, pyarrow as pa
from agelens.services.cohorts import export
from agelens.storage.files import Files
storage, format, n_parts = sys.argv[1], sys.argv[2], int(sys.argv[3])
files = Files(storage)
numbers = np.random.default_rng(0).normal(size=10_000)
def fill(stream):
    columns = {f"contribution:{n}": numbers for n in range(20)}
    table = pa.table({"row": np.arange(10_000), **columns, "error": pa.nulls(10_000, pa.string())})
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)
files.write("part", fill)
n_bytes = sum(map(len, export.stream(files, ["part"] * n_parts, format=format, contributions=True)))
assert n_bytes > n_parts * 1_500_000
print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "parquet", "json"])
def test_memory_does_not_grow_with_the_rows(tmp_path, format):
    peaks = []
    for n_parts in (3, 30):
        command = [sys.executable, "-c", PEAK_OF_EXPORT, str(tmp_path), format, str(n_parts)]
        peaks.append(int(subprocess.run(command, capture_output=True, check=True).stdout))
    assert peaks[1] < 1.15 * peaks[0]


def test_a_workbook_has_every_row_and_text_that_nothing_runs(results):
    written = whole(results, "xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_index(0).to_python()
    assert rows == [
        ["row", "id", "prediction", "contribution:age", "error"],
        [1, "=1+1", 0.1 + 0.2, -1e-300, ""],
        [2, 'x\ny,"', "", "", "glucose must be a number"],
        [3, "", "", 1e22, "no"],
    ]
    sheet = zipfile.ZipFile(io.BytesIO(written)).read("xl/worksheets/sheet1.xml")
    assert b"<f" not in sheet


def test_more_rows_than_a_sheet_holds_are_refused_at_once(results):
    with pytest.raises(InvalidInput, match="1,048,575 rows at most; choose CSV or Parquet"):
        export.stream(results, PATHS, format="xlsx", contributions=True, n_rows=1_048_576)
