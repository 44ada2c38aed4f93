"""What all formats have in common: parts, limits, and nothing left after an error."""

import io
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.domain.errors import InvalidInput, Unavailable
from agelens.services.cohorts import ingestion


def csv_of(n_rows: int) -> bytes:
    return b"a,b\n" + b"".join(b"%d,x\n" % row for row in range(n_rows))


def test_parts_are_full_but_the_last_and_rows_keep_their_order(files, take):
    taken = take(csv_of(25_003))
    opening = taken.opening
    assert taken == ingestion.StoredUpload(("a", "b"), 25_003, 3, 10_000, "csv", opening=opening)
    assert opening.rows[:2] == [["a", "b"], ["0", "x"]]
    parts = list(ingestion.parts(files, "one", 3))
    assert [len(part) for part in parts] == [10_000, 10_000, 5_003]
    numbers = [int(n) for part in parts for n in part.column("c0").to_pylist()]
    assert numbers == list(range(25_003))
    assert ingestion.read_part(files, "one", 1).equals(parts[1])


@pytest.mark.parametrize("n_rows", [1, 9_999, 10_000, 10_001, 20_000])
def test_a_part_is_never_empty(files, take, n_rows):
    taken = take(csv_of(n_rows))
    lengths = [len(part) for part in ingestion.parts(files, "one", taken.n_parts)]
    assert sum(lengths) == taken.n_rows == n_rows
    assert all(lengths)


def test_columns_of_a_part_are_numbers_or_text_in_one_piece(files, take):
    take(b'[{"a": 1, "b": "x"}, {"b": "y"}]', "json")
    part = ingestion.read_part(files, "one", 0)
    assert part.schema.names == ["c0", "c1", "fault"]
    assert part.schema.types == [pa.float64(), pa.string(), pa.string()]
    assert [column.num_chunks for column in part.columns] == [1, 1, 1]


def test_as_many_rows_as_allowed_are_taken_and_not_one_more(take):
    assert take(csv_of(100), most_rows=100).n_rows == 100
    with pytest.raises(InvalidInput, match="more than 99 rows"):
        take(csv_of(100), most_rows=99)


def test_after_an_error_no_part_is_left(files, take):
    with pytest.raises(InvalidInput, match="row 20,001: is not UTF-8"):
        take(csv_of(20_000).replace(b"x", "é".encode()) + b"\xff,x\n")
    assert files.folders("cohorts") == []


def test_an_error_stands_at_the_file(take):
    with pytest.raises(InvalidInput) as caught:
        take(b"")
    assert [(p.pointer, p.field, p.message) for p in caught.value.problems] == [
        ("/file", "file", "is empty")
    ]


def test_an_error_is_said_although_the_storage_goes_away_with_it(files, take, monkeypatch):
    def away(name):
        raise Unavailable

    monkeypatch.setattr(files, "delete", away)
    with pytest.raises(InvalidInput, match="has no rows"):
        take(b"a,b\n")


@pytest.mark.parametrize(
    ("content", "format", "words"),
    [
        (b"PK\x03\x04\x14\x00", "csv", "is not a readable zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "csv", "is not a readable workbook"),
        (b"\x1f\x8b\x08\x00", "csv", "is not a readable gzip file"),
        (b"\x1f\x8b\x08\x00", "json", "is not a readable gzip file"),
        (b"PAR1\x15\x04", "csv", "is not a readable Parquet file"),
        (b"PAR1\x15\x04", "ndjson", "is not a readable Parquet file"),
        (b"ARROW1\0\0", "csv", "is not a readable Feather or Arrow file"),
        (b"$FL2@(#) SPSS", "csv", "is not a readable SPSS file"),
        (b"<stata_dta><header>", "csv", "is not a readable Stata file"),
        (b"HEADER RECORD*******LIBRARY", "csv", "is not a readable SAS file"),
        (b"BZh91AY", "csv", "looks like a bzip2 file; unpack it first"),
        (b"%PDF-1.7", "csv", "looks like a PDF file"),
        (b"\xff\xfea\x00,", "csv", "is no whole UTF-16 text"),
        (b"<!DOCTYPE html>", "csv", "looks like a web page"),
        (b"<!DOCTYPE html>", "excel", "looks like a web page"),
        (b"<HTML>", "json", "looks like a web page"),
        (b'{"a": {"0": 1}}', "csv", 'orient="records"'),
        (b'{"rows": []}', "parquet", "is not a readable Parquet file"),
        (b"a,b\n1,2\n", "parquet", "is not a readable Parquet file"),
    ],
)
def test_a_file_of_another_kind_is_named(take, content, format, words):
    with pytest.raises(InvalidInput, match=words):
        take(content, format)


@pytest.mark.parametrize("names", [["a", "A "], ["glucose", "Glucose"], ["g/cm²", "g/cm2"]])
def test_two_columns_of_the_same_name_are_kept_as_they_are(take, names):
    header = ",".join(names).encode()
    assert take(header + b"\n1,2\n").header == tuple(names)


def test_columns_without_a_name_are_allowed_as_pandas_writes_them(take):
    assert take(b",a,\n0,1,2\n").header == ("", "a", "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a" * 201, "more than 200 characters"),
        ("a\x07b", "unprintable"),
        ("\u202ea", "unprintable"),
    ],
)
def test_a_name_that_nobody_can_read_is_refused(take, name, words):
    with pytest.raises(InvalidInput, match=f"column 2: .*{words}"):
        take(f"x,{name}\n1,2\n".encode())


def test_a_name_may_have_spaces_of_any_kind(take):
    assert take("Bone\xa0Density (g/cm²)\n1\n".encode()).header == ("Bone\xa0Density (g/cm²)",)


def test_a_file_has_at_most_two_thousand_columns(take):
    def line(n_columns):
        return ",".join(f"c{n}" for n in range(n_columns)).encode() + b"\n"

    assert len(take(line(2000) + line(2000)).header) == 2000
    with pytest.raises(InvalidInput, match="more than 2,000 columns"):
        take(line(2001) * 2)


def test_all_formats_give_the_same_rows(rows_of):
    table = pa.table({"id": ["p1", "p2"], "n": [1.5, None], "t": ["x", None]})
    parquet = io.BytesIO()
    pq.write_table(table, parquet)
    as_lines = b'{"id": "p1", "n": 1.5, "t": "x"}\n{"id": "p2", "n": null}\n'
    expected = [{"id": "p1", "n": 1.5, "t": "x"}, {"id": "p2"}]
    assert rows_of(parquet.getvalue(), "parquet") == expected
    assert rows_of(as_lines, "ndjson") == expected
    assert rows_of(b"[" + as_lines.strip().replace(b"\n", b",") + b"]", "json") == expected
    assert rows_of(b"id,n,t\np1,1.5,x\np2,,\n") == [
        {"id": "p1", "n": "1.5", "t": "x"},
        {"id": "p2"},
    ]


# VmHWM: what ru_maxrss tells includes the process that started this one
PEAK_OF_INTAKE = """
import sys
from agelens.services.cohorts import ingestion
from agelens.storage.files import Files
path, format, storage = sys.argv[1:]
with open(path, "rb") as stream:
    ingestion.store_upload(Files(storage), "one", stream, format, most_rows=10**7)
print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])
"""


def hundreds(n_rows, row):
    """So many rows, of which every hundred is the same."""
    return b"".join(map(row, range(100))) * (n_rows // 100)


def write_csv(path, n_rows):
    def line(row):
        return b",".join(b"%d.5" % (row + n) for n in range(12)) + b"\n"

    header = b",".join(b"c%d" % n for n in range(12)) + b"\n"
    path.write_bytes(header + hundreds(n_rows, line))


def write_parquet(path, n_rows):  # in one row group, which is the hardest
    rows = np.arange(n_rows)
    column = pa.array(rows % 97 + 0.123 * rows)
    pq.write_table(pa.table({f"c{n}": column for n in range(12)}), path, row_group_size=n_rows)


def write_json(path, n_rows):
    def member(row):
        return b",{" + b",".join(b'"c%d":%d.5' % (n, row + n) for n in range(12)) + b"}"

    rows = hundreds(n_rows, member).removeprefix(b",")
    path.write_bytes(b'{"rows": [' + rows + b'], "model": "kdm"}')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("format", "write"), [("csv", write_csv), ("parquet", write_parquet), ("json", write_json)]
)
def test_memory_does_not_grow_with_the_rows(tmp_path, format, write):
    peaks = []
    for n_rows in (40_000, 400_000):
        write(tmp_path / str(n_rows), n_rows)
        arguments = [str(tmp_path / str(n_rows)), format, str(tmp_path / f"storage-{n_rows}")]
        ran = subprocess.run(
            [sys.executable, "-c", PEAK_OF_INTAKE, *arguments], capture_output=True, check=True
        )
        peaks.append(int(ran.stdout))
    assert peaks[1] < 1.15 * peaks[0]
