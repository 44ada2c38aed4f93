"""JSON as an array, as an object with rows and options, and line by line."""

import io
import json
import time

import pytest
from agelens.domain.errors import InvalidInput
from agelens.services.cohorts import ingestion
from agelens.tables.formats.file_header import FileHeader
from agelens.tables.formats.json_files import read_json
from agelens.tables.formats.json_members import JsonFile


@pytest.mark.parametrize(
    "content",
    [
        b'[{"a": 1}, {"a": 2}]',
        b'{"rows": [{"a": 1}, {"a": 2}]}',
        b'{"model": "kdm", "units": {"rows": [{"a": 5}]}, "rows": [{"a": 1}, {"a": 2}]}',
        b'{"rows": [{"a": 1}, {"a": 2}], "mapping": {"x": ["y"]}, "draft": true}',
    ],
)
def test_rows_stand_alone_or_among_options(rows_of, content):
    assert rows_of(content, "json") == [{"a": 1.0}, {"a": 2.0}]


def test_what_stands_beside_the_rows_is_handed_on_when_all_is_read():
    content = b'{"a": {"b": [1, 2.5]}, "rows": [{"a": {"no": 1}}, {"a": 2}], "c": null, "d": 12345678901234567890}'
    file = JsonFile(io.BytesIO(content))
    assert sum(map(len, read_json(file, FileHeader()))) == 2
    assert file.members == {"a": {"b": [1, 2.5]}, "c": None, "d": 12345678901234567890}


def test_an_array_has_nothing_beside_it():
    file = JsonFile(io.BytesIO(b'[{"rows": 1, "a": {"model": "x"}}]'))
    assert sum(map(len, read_json(file, FileHeader()))) == 1
    assert file.members == {}


def test_who_asks_for_no_members_gets_the_rows_of_a_file_with_odd_ones(rows_of):
    content = b'{"a": 1, "a": {"b": [2]}, "rows": [{"a": 1}], "c": [[]]}'
    assert rows_of(content, "json") == [{"a": 1.0}]


def test_the_header_is_every_key_in_order_of_appearance(take, rows_of):
    content = b'[{"b": 1, "a": 2}, {"c": "x", "a": 3}, {}]'
    assert take(content, "json").header == ("b", "a", "c")
    assert rows_of(content, "json") == [
        {"b": 1.0, "a": 2.0},
        {"c": "x", "a": 3.0},
        {"fault": "is an object without members"},
    ]


ROWS_WITH_TWINS = [
    '{"a": 1, "b": "x:y"}',
    '{"a": 1, "b": 2, "\\u0061" : 1}',
    '{"b": {"a": 1, "a": 2}, "c": 3}',
]


@pytest.mark.parametrize("format", ["json", "ndjson"])
def test_a_row_that_has_a_key_twice_is_at_fault(rows_of, format):
    rows = ROWS_WITH_TWINS[
        : 2 if format == "json" else 3
    ]  # what is nested in arrays answers nothing
    content = "\n".join(rows) if format == "ndjson" else f"[{', '.join(rows)}]"
    found = rows_of(content.encode(), format)
    assert found[0] == {"a": 1.0, "b": "x:y"}
    assert [each["fault"] for each in found[1:]] == ['has "a" more than once'] * (len(rows) - 1)


def test_an_option_beside_the_rows_that_has_a_key_twice_is_named():
    content = b'{"units": {"a": "m", "b": "m", "a": "cm"}, "rows": [{"a": 1}]}'
    with pytest.raises(InvalidInput, match="a: is there more than once in units"):
        list(read_json(JsonFile(io.BytesIO(content)), FileHeader()))


@pytest.mark.parametrize("format", ["json", "ndjson"])
def test_a_key_may_appear_after_the_first_parts_are_written(files, take, format):
    rows = [{"a": n} for n in range(25_000)]
    rows[24_000] |= {"late": "x"}
    lines = "\n".join(map(json.dumps, rows))
    taken = take((lines if format == "ndjson" else json.dumps(rows)).encode(), format)
    assert (taken.header, taken.n_rows, taken.n_parts) == (("a", "late"), 25_000, 3)
    parts = list(ingestion.parts(files, "one", 3))
    assert [part.schema.names for part in parts] == [["c0", "c1", "fault"]] * 3
    assert [v for part in parts for v in part.column("c0").to_pylist()] == list(range(25_000))
    assert [part.column("c1").null_count for part in parts] == [10_000, 10_000, 4_999]


def test_a_column_of_numbers_and_text_is_text_as_people_write_it(rows_of):
    content = b'[{"a": 1}, {"a": "120/80"}, {"a": 2.5}, {"a": true}, {"a": null}, {"a": 3.0}]'
    texts = [row.get("a") for row in rows_of(content, "json")]
    assert texts == ["1", "120/80", "2.5", "true", None, "3"]


def test_long_whole_numbers_keep_every_digit(rows_of):
    assert rows_of(b'[{"id": 9007199254740993}, {"id": 7}]', "json") == [
        {"id": "9007199254740993"},
        {"id": "7"},
    ]


@pytest.mark.parametrize("format", ["json", "ndjson"])
@pytest.mark.parametrize(
    "number", ["123456789012345678901", "-9223372036854775809", "18446744073709551616"]
)
def test_whole_numbers_beyond_64_bits_keep_every_digit(rows_of, format, number):
    lines = [f'{{"id": {number}, "a": 0.1234567890123456789}}', '{"id": 7, "a": 2}']
    content = f"[{','.join(lines)}]" if format == "json" else "\n".join(lines)
    assert rows_of(content.encode(), format) == [
        {"id": number, "a": 0.12345678901234568},
        {"id": "7", "a": 2.0},
    ]


@pytest.mark.parametrize("number", ["9" * 5_000, "1e400", "1e99999999999999999999999"])
def test_a_number_that_is_none_is_told_of_its_row(rows_of, number):
    wrong = f'{{"a": {number}}}'
    rows = rows_of(f'{{"a": 1}}\n{wrong}\n{{"a": 2}}'.encode(), "ndjson")
    assert [row.get("a") for row in rows] == [1.0, None, 2.0]
    assert "fault" in rows[1]
    with pytest.raises(InvalidInput, match="near row 2: is not JSON: "):
        rows_of(f'[{{"a": 1}}, {wrong}]'.encode(), "json")


def test_a_nested_value_is_a_text_that_answers_nothing(rows_of):
    rows = rows_of(b'[{"a": [1, {"b": [2]}], "c": 1}, {"a": {"d": {}}, "c": 2}]', "json")
    assert rows == [{"a": "(nested)", "c": 1.0}, {"a": "(nested)", "c": 2.0}]


def test_what_is_no_object_is_a_row_at_fault(rows_of):
    rows = rows_of(b'[{"a": 1}, 5, [[{"a": 9}]], null, "x", {"a": 2}]', "json")
    assert rows == [{"a": 1.0}, *[{"fault": "is not an object"}] * 4, {"a": 2.0}]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[]", "has no rows"),
        (b'{"rows": []}', "has no rows"),
        (b"[{}, {}]", "no row of it is an object with columns"),
        (b"[1, 2]", "no row of it is an object with columns"),
        (b"5", "must be an array of row objects"),
        (b'{"a": [{"b": 1}]}', "must be an array of row objects"),
        (b'{"rows": {"a": 1}}', "must be an array of row objects"),
        (b'{"rows": [{"a": 1}], "rows": [{"a": 2}]}', "has rows more than once"),
        (b'[{"a": 1}, {"a": 2}, oops]', "near row 3: is not JSON: .*invalid char"),
        (b'[{"a": NaN}]', "near row 1: .*A missing number is null"),
        (b'[{"a": 1}', "near row 2: is not JSON: .*premature EOF"),
        (b'[{"a": 1}] x', "is not JSON: .*trailing garbage"),
        (b'[{"a": "\xff"}]', "invalid bytes in UTF8"),
        (b"   ", "is not JSON"),
        (b'[{"a\\u0000": 1}]', "column 1: .*unprintable"),
    ],
)
def test_what_is_no_json_of_rows_is_refused_in_words(files, take, content, words):
    with pytest.raises(InvalidInput, match=words):
        take(content, "json")
    assert files.folders("cohorts") == []


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 5_000_000,
        b'[{"a": ' + b"[" * 5_000_000,
        b'[{"a": "' + b"x" * 5_000_000 + b'"}]',
        b"[{" + b",".join(b'"k%d": 1' % n for n in range(400_000)) + b"}]",
        b'{"other": [' + b"1," * 3_000_000 + b'1], "rows": [{"a": 1}]}',
    ],
)
def test_one_row_cannot_fill_the_memory_nor_take_long(take, content):
    started = time.process_time()
    with pytest.raises(
        InvalidInput,
        match=r"(row 1|beside its rows) is longer than a mebibyte|more than 2,000 columns",
    ):
        take(content, "json")
    assert time.process_time() - started < 5


def test_lines_keep_their_places(rows_of):
    content = b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": \n[1]\n{"a": 2}\n\n\n'
    rows = rows_of(content, "ndjson")
    assert [row.get("a") for row in rows] == [1.0, None, None, None, 2.0]
    assert rows[1]["fault"] == "is a blank line"
    assert rows[2]["fault"].startswith("is not JSON: ")
    assert rows[3]["fault"] == "is not an object"


def test_a_file_whose_first_line_is_no_json_is_refused(take):
    with pytest.raises(InvalidInput, match="line 1 is not JSON"):
        take(b'x\n{"a": 1}\n', "ndjson")


def test_a_line_cannot_fill_the_memory(take):
    with pytest.raises(InvalidInput, match="row 2 is longer than a mebibyte"):
        take(b'{"a": 1}\n{"a": "' + b"x" * 5_000_000 + b'"}\n', "ndjson")
