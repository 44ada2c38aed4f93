"""How much room and time the parts of a file take, however small the file is."""

import io
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.domain.errors import InvalidInput
from agelens.services.cohorts import ingestion, part_writing
from agelens.tables.formats.file_header import FileHeader
from agelens.tables.formats.parts import PART_ROWS, ROW_ERROR_COLUMN, part_column_names


def parquet(columns: dict[str, pa.Array]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def kept_bytes(tmp_path) -> int:
    return sum(path.stat().st_size for path in tmp_path.rglob("*.arrow"))


def test_blank_columns_take_no_room(take, files, tmp_path):
    blank = {f"b{n}": pa.nulls(10_000, pa.float64()) for n in range(300)}
    taken = take(parquet({"a": pa.array([1.0] * 10_000), **blank}), "parquet")
    part = ingestion.read_part(files, "one", 0)
    assert len(taken.header) == part.num_columns - 1 == 301
    assert part.column("c300").to_pylist() == [None] * 10_000
    assert kept_bytes(tmp_path) < 1_000_000  # as numbers they would be 24 MB


def test_a_column_may_be_blank_in_some_parts_only(take, files):
    cells = [b""] * 10_000 + [b"x"] * 5 + [b""] * 5
    take(b"a,b\n" + b"".join(b"1,%b\n" % cell for cell in cells))
    parts = list(ingestion.parts(files, "one", 2))
    assert parts[0].column("c1").to_pylist() == [None] * 10_000
    assert parts[1].column("c1").to_pylist() == ["x"] * 5 + [None] * 5


def test_a_column_that_comes_up_while_a_part_is_written_is_in_it(files, monkeypatch):
    header = FileHeader()
    header.add(["a"])
    write = files.write

    def write_slowly(name, fill):
        if len(header) == 1:
            header.add(["b"])  # by the thread that reads the next rows
        write(name, fill)

    monkeypatch.setattr(files, "write", write_slowly)
    writer = part_writing.PartWriter(files, "one", header, most_rows=20_000, file_bytes=0)
    rows = {"c0": pa.array([1.0] * PART_ROWS), ROW_ERROR_COLUMN: pa.nulls(PART_ROWS, pa.string())}
    writer.add(pa.table(rows))
    writer.finish()
    assert ingestion.read_part(files, "one", 0).column_names == ["c0", "c1", ROW_ERROR_COLUMN]


def test_a_file_with_too_many_cells_is_refused(take, monkeypatch):
    monkeypatch.setattr(part_writing, "MOST_CELLS", 20)
    assert take(b"a,b\n" + b"1,2\n" * 10).n_rows == 10
    with pytest.raises(InvalidInput, match="more than 20 cells; leave out columns"):
        take(b"a,b\n" + b"1,2\n" * 11)


def test_a_small_file_that_holds_much_is_refused_and_leaves_nothing(take, files, monkeypatch):
    monkeypatch.setattr(part_writing, "KEPT_ANYWAY", 100_000)
    few = np.random.default_rng(0).normal(size=4)[np.random.default_rng(1).integers(4, size=30_000)]
    packed = parquet({f"c{n}": pa.array(few) for n in range(20)})
    with pytest.raises(InvalidInput, match="holds far more than its size tells"):
        take(packed, "parquet")
    assert files.folders("cohorts") == []
    lines = b"\n".join(b"%r" % value for value in few.tolist())
    assert take(b"a\n" + lines).n_rows == 30_000


def test_time_does_not_grow_with_the_square_of_the_columns(files):
    header = FileHeader()
    header.add(f"column {n}" for n in range(2_000))
    names = [*part_column_names(2_000), ROW_ERROR_COLUMN]
    row = pa.table([pa.array([0.5])] * 2_000 + [pa.nulls(1, pa.string())], names=names)
    writer = part_writing.PartWriter(files, "one", header, most_rows=1_000, file_bytes=1_000)
    for _ in range(10):
        writer.add(row)
    started = time.process_time()
    writer.finish()
    assert time.process_time() - started < 2
