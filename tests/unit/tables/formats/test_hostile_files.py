"""Files that are made to cost much: they are refused early, or read as cheaply as honest ones."""

import io
import json
import time
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.formats import json_files
from agelens.tables.formats.csv_blocks import RowEnds
from agelens.tables.formats.csv_header import DELIMITERS
from agelens.tables.formats.decoders.parquet import tables
from agelens.tables.formats.file_header import FileHeader
from agelens.tables.formats.header_rows import SEARCHED_ROWS
from agelens.tables.formats.supported import read_tables

HEADER = b"a,b,c,d,e,f,g,h,i,j,k\n"
ROW = b"42.1,80.0,5.0,1.0,30.0,90.0,13.0,70,6.0,50,female\n"
N_BYTES = 8_000_000
WIDE = b",".join(b"c%d" % place for place in range(2_000)) + b"\n"
WIDE_OBJECT = json.dumps({f"k{place}": 1 for place in range(2_000)}).encode()


def lines(line: bytes, *, header: bytes = HEADER, last: bytes = ROW) -> bytes:
    return header + line * (N_BYTES // len(line)) + last


def n_rows_of(content: bytes) -> int:
    return sum(map(len, read_tables(io.BytesIO(content), "csv", FileHeader())))


MOSTLY_FAULTS = {
    "feeds": ("csv", lines(b"\n")),
    "returns and feeds": ("csv", lines(b"\r\n")),
    "returns": ("csv", lines(b"\r", last=b"\n" + ROW)),
    "spaces": ("csv", lines(b" \n")),
    "commas": ("csv", lines(b",\n")),
    "short lines": ("csv", lines(b"1\n")),
    "empty quotes": ("csv", lines(b'""\n')),
    "odd quotes": ("csv", lines(b'a"b\n')),
    "every other line blank": ("csv", lines(b"1\n\n")),
    "blank lines of many columns": ("csv", lines(b"\n", header=WIDE, last=b"," * 1999 + b"\n")),
    "short lines of many columns": ("csv", lines(b"1\n", header=WIDE)),
    "empty objects": ("json", b'[{"a":1},' + b"{}," * 1_000_000 + b"{}]"),
    "empty lists": ("json", b'[{"a":1},' + b"[]," * 1_000_000 + b"[]]"),
    "numbers": ("json", b'[{"a":1},' + b"1," * 1_000_000 + b"1]"),
    "lines of empty objects": ("ndjson", lines(b"{}\n", header=b'{"a":1}\n', last=b"")),
    "lines of no JSON": ("ndjson", lines(b"x\n", header=b'{"a":1}\n', last=b"")),
}


@pytest.mark.parametrize("kind", MOSTLY_FAULTS)
def test_a_file_that_is_mostly_no_rows_is_refused_early(kind):
    format, content = MOSTLY_FAULTS[kind]
    tables = read_tables(io.BytesIO(content), format, FileHeader())
    lengths = []
    with pytest.raises(InvalidInput, match="more than 10,000 of them must not be the greater part"):
        lengths.extend(map(len, tables))
    assert sum(lengths) <= 20_000


@pytest.mark.parametrize("line", [b"\n", b"\r\n"])
def test_blank_lines_of_ndjson_are_counted_before_anything_follows(line):
    content = io.BytesIO(b'{"a":1}\n' + line * 1_000_000)
    with pytest.raises(InvalidInput, match="more than 10,000 blank lines follow row 1"):
        list(read_tables(content, "ndjson", FileHeader()))
    assert content.tell() < 100_000


def test_faults_among_as_many_rows_are_told_row_by_row():
    assert n_rows_of(HEADER + (ROW + b"\n") * 15_000 + ROW) == 30_001


@pytest.mark.parametrize(
    "line", [ROW + b"\n", ROW + b"1,2\n", b'"",' * 10 + b'""\n' + ROW + b"\r\n"]
)
def test_blank_and_ragged_lines_are_not_read_one_by_one(line, monkeypatch):
    calls = []
    reader = RowEnds.reader
    monkeypatch.setattr(RowEnds, "reader", lambda *given: calls.append(1) or reader(*given))
    n_rows_of(HEADER + line * 40_000 + ROW)
    assert len(calls) <= len(DELIMITERS) * SEARCHED_ROWS, "for the header"


def test_blank_lines_cost_about_as_much_as_rows():
    def seconds(content):
        began = time.process_time()
        with suppress(InvalidInput):
            n_rows_of(content)
        return time.process_time() - began

    rows = HEADER + ROW * (N_BYTES // len(ROW))
    honest = min(seconds(rows) for _ in range(3))
    for line in (b"\n", b"\r\n", ROW + b"\n"):
        hostile = min(seconds(lines(line)) for _ in range(3))
        assert hostile < 6 * honest, f"{line!r}: {hostile:.2f} s, honest {honest:.2f} s"


@pytest.mark.parametrize("format", ["json", "ndjson"])
def test_few_members_of_very_many_columns_are_refused(format, monkeypatch):
    monkeypatch.setattr(json_files, "CELLS_ANYWAY", 1_000_000)
    few = [b'{"k7":1}'] * 100_000
    content = b"\n".join([WIDE_OBJECT, *few])
    if format == "json":
        content = b"[" + content.replace(b"\n", b",") + b"]"
    stream = io.BytesIO(content)
    with pytest.raises(InvalidInput, match="few of its 2,000 columns"):
        list(read_tables(stream, format, FileHeader()))
    assert stream.tell() < 250_000


def test_rows_that_name_few_columns_are_read_as_others_are(monkeypatch):
    rows = [{f"k{n}": n for n in range(50)}]
    rows += [
        {f"k{n % 50}": value} for n, value in enumerate([1, "x", None, True, 2.5, [1], 2**60] * 9)
    ]
    content = b"\n".join(json.dumps(row).encode() for row in rows)

    def found():
        tables = read_tables(io.BytesIO(content), "ndjson", FileHeader())
        return [row for table in tables for row in table.to_pylist()]

    sparse = found()
    monkeypatch.setattr(json_files, "SPARSE", 0)
    assert found() == sparse


def parquet(table: pa.Table, **options: object) -> pq.ParquetFile:
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return pq.ParquetFile(stream)


@pytest.mark.parametrize("n_columns", [1, 12])
def test_many_short_row_groups_are_refused_before_any_is_read(n_columns):
    columns = {f"c{place}": pa.nulls(1_001, pa.float64()) for place in range(n_columns)}
    file = parquet(pa.table(columns), row_group_size=1)
    with pytest.raises(ValueError, match="too many row groups"):
        next(tables(file, 5_000, 1_000_000))


def test_a_small_parquet_file_with_very_many_cells_is_refused_before_any_is_read():
    file = parquet(pa.table({f"c{place}": pa.nulls(300_000, pa.float64()) for place in range(100)}))
    with pytest.raises(ValueError, match="unfolds to more than 20,500,000 cells"):
        next(tables(file, 5_000, 10_000))
    assert len(next(tables(file, 5_000, 1_000_000))) == 5_000
