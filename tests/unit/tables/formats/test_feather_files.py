"""Feather and Arrow files: every type becomes numbers or text, and broken ones are errors."""

import datetime
import decimal
import io

import pyarrow as pa
import pyarrow.feather
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.files import open_people
from agelens.tables.formats.opening import format_of

CASES = {
    "uint16": (pa.array([52, None], pa.uint16()), [52.0, None]),
    "uint64": (pa.array([2**64 - 1, 1], pa.uint64()), [str(2**64 - 1), "1"]),
    "float16": (pa.array([0.5, None], pa.float16()), [0.5, None]),
    "decimal": (pa.array([decimal.Decimal("44.50"), None], pa.decimal128(10, 2)), [44.5, None]),
    "dictionary": (pa.array(["female", None]).dictionary_encode(), ["female", None]),
    "large string": (pa.array(["5.1", None], pa.large_string()), ["5.1", None]),
    "string view": (pa.array(["5.1", "x" * 40], pa.string_view()), ["5.1", "x" * 40]),
    "bool": (pa.array([True, None]), ["true", None]),
    "date": (pa.array([datetime.date(2024, 3, 1), None]), ["2024-03-01", None]),
    "time": (
        pa.array([1_709_294_400, None], pa.timestamp("s")),
        ["2024-03-01 12:00:00", None],
    ),
    "runs": (pa.RunEndEncodedArray.from_arrays([1, 2], [44.5, 41.0]), [44.5, 41.0]),
    "list": (pa.array([[1], None]), ["(nested)", None]),
}


def arrow(table: pa.Table, *, stream: bool = False) -> bytes:
    sink = io.BytesIO()
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with make(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def read(content: bytes, name: str = "people.feather") -> list:
    stream = io.BytesIO(content)
    with open_people(stream, format_of(name, stream)) as people:
        return [row for part in people.parts() for row in part["c0"].to_pylist()]


def test_every_type_is_read_as_numbers_or_text():
    table = pa.table({name: column for name, (column, _) in CASES.items()})
    stream = io.BytesIO(arrow(table))
    with open_people(stream, "feather") as people:
        assert people.header == tuple(CASES)
        (part,) = people.parts()
    assert [part.column(place).to_pylist() for place in range(len(CASES))] == [
        expected for _, expected in CASES.values()
    ]


@pytest.mark.parametrize("compression", ["lz4", "zstd", "uncompressed"])
def test_feather_as_pandas_writes_it(compression):
    sink = io.BytesIO()
    pyarrow.feather.write_feather(pa.table({"age": range(12_345)}), sink, compression=compression)
    assert read(sink.getvalue()) == list(range(12_345))


@pytest.mark.parametrize("name", ["people.arrow", "people.csv", "-"])
def test_a_stream_is_read_too_and_told_by_its_content(name):
    assert read(arrow(pa.table({"age": [52, 67]}), stream=True), name) == [52, 67]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_broken_file_is_an_error_in_words(stream, part):
    content = arrow(pa.table({"age": range(1_000), "id": ["x"] * 1_000}), stream=stream)
    with pytest.raises(InvalidInput, match="is not a readable Feather or Arrow file"):
        read(content[: int(len(content) * part)])


def test_text_that_unfolds_to_gigabytes_is_refused():
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), ["x" * 1_000_000])
    with pytest.raises(InvalidInput, match="its rows or row groups are too long"):
        read(arrow(pa.table({"a": long})))


def test_very_many_cells_of_nothing_are_refused():
    nothing = pa.table({f"c{place}": pa.nulls(300_000) for place in range(100)})
    with pytest.raises(InvalidInput, match="unfolds to more than"):
        read(arrow(nothing))
