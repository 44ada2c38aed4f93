"""Text as programs write it: encodings, delimiters, and what stands above the header."""

import io
import json
from contextlib import suppress

import pandas as pd
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.files import open_people
from agelens.tables.formats.file_header import Layout
from agelens.tables.formats.opening import format_of
from hypothesis import given
from hypothesis import strategies as st

HEADER = ["id", "age", "albumin"]
ROWS = [["-5", "52", "44.5"], ["007", "67", "41"]]


def table(delimiter: str = ",", above: str = "", end: str = "\n") -> str:
    return above + "".join(delimiter.join(cells) + end for cells in [HEADER, *ROWS])


def read(content: bytes | str, name: str = "people.csv", **layout: object):
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    with open_people(stream, format_of(name, stream), Layout(**layout)) as people:
        tables = [part.drop_columns(["fault"]) for part in people.parts()]
        rows = [list(row.values()) for each in tables for row in each.to_pylist()]
        return list(people.header), rows, people.notes


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_utf_16_is_read_and_said(encoding, mark, delimiter):
    content = (("\ufeff" if mark else "") + table(delimiter, end="\r\n")).encode(encoding)
    header, rows, notes = read(content)
    assert (header, rows) == (HEADER, ROWS)
    assert notes == ("read as UTF-16; if letters look wrong, save the file as UTF-8",)


def test_windows_1252_is_read_and_said():
    header, rows, notes = read(("Größe," + table()).replace("\n-5", "\n€,-5").replace("\n007", "\nß,007").encode("cp1252"))  # fmt: skip
    assert (header[0], [row[0] for row in rows]) == ("Größe", ["€", "ß"])
    assert notes == ("read as Windows-1252; if letters look wrong, save the file as UTF-8",)


def test_a_letter_of_windows_1252_far_behind_is_read_too():
    content = table().encode() + b"x,1,1\n" * 400_000 + "Zoë".encode("cp1252") + b",1,1"
    assert read(content)[1][-1][0] == "Zoë"


def test_damaged_utf_8_is_not_taken_for_anything_else():
    content = table().encode() + "Zoë,1,1\n".encode() + b"\xff,1,1\n"
    with pytest.raises(InvalidInput, match="row 4: is not UTF-8 text"):
        read(content)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_delimiter_is_found(delimiter, bom):
    assert read(table(delimiter, bom)) == (HEADER, ROWS, ())


@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n', "\ufeffsep=;\n"])
def test_a_line_may_say_the_delimiter(line):
    assert read(table(";", line)) == (HEADER, ROWS, ())


def test_a_delimiter_that_is_said_may_be_any():
    assert read(table("~", "sep=~\n"))[:2] == (HEADER, ROWS)


ABOVE = {
    "a title": "Laboratory export\n",
    "a title of several cells": "Export,2024-03-01\nDoctor,House\n\n",
    "a title with the other delimiter": "Export; March; Berlin\n\n",
    "a padded title": "Export,,\n,,\n",
    "comments": "# made by x, y\n# 2024\n",
    "blank lines": "\n\n",
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_the_header_is_found_below_what_stands_above_it(above):
    header, rows, notes = read(table(above=above))
    assert (header, rows) == (HEADER, ROWS)
    row = above.count("\n") + 1
    assert notes == (f'the columns are named in row {row}: "id, age, albumin"',)


def test_names_that_nobody_knows_are_found_as_text_above_numbers():
    assert read("Export of x\n\nfoo;bar\n1;2\n3;4\n")[:2] == (
        ["foo", "bar"],
        [["1", "2"], ["3", "4"]],
    )


def test_a_header_that_is_a_comment_is_one_if_data_follow():
    assert read("# age,albumin\n52,44\n")[:2] == (["age", "albumin"], [["52", "44"]])
    assert read("#,age\n1,52\n")[:2] == (["#", "age"], [["1", "52"]])


@pytest.mark.parametrize("content", ["age\n52\n", "x\na\n", ",a,\n0,1,2\n", "a,b\n"])
def test_the_first_line_is_the_header_where_nothing_says_otherwise(content):
    header, _, _ = read(content)
    assert header == content.partition("\n")[0].split(",")


def test_the_header_row_can_be_said():
    content = "age,albumin\nyears,g/L\n52,44\n"
    assert read(content, header_row=2)[:2] == (["years", "g/L"], [["52", "44"]])
    with pytest.raises(InvalidInput, match="header_row: the file has no row 7"):
        read(content, header_row=7)


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ({"sheet": "One"}, "only a workbook has sheets"),
        ({"header_row": 2}, "only text and workbooks"),
    ],
)
def test_a_layout_that_the_format_has_not_is_said(layout, words):
    with pytest.raises(InvalidInput, match=words):
        read('[{"age": 52}]', "people.json", **layout)


@pytest.mark.parametrize("name", ["people.ndjson", "people.json", "people.txt", "people.csv", "-"])
def test_ndjson_is_read_under_any_name(name):
    lines = "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in ROWS)
    assert read(lines, name)[:2] == (HEADER, ROWS)


@pytest.mark.parametrize("orient", ["columns", "index", "split", "table", "values"])
def test_other_orients_of_pandas_are_told_how_to_be_read(orient):
    frame = pd.DataFrame(ROWS, columns=HEADER)
    with pytest.raises(InvalidInput, match='to_json\\(orient="records"\\)'):
        read(frame.to_json(orient=orient), "people.json")
    assert read(frame.to_json(orient="records"), "people.json")[1] == ROWS
    assert read(frame.to_json(orient="records", lines=True), "people.json")[1] == ROWS


def test_text_that_is_called_a_workbook_is_read():
    assert read(table("\t"), "people.xls")[:2] == (HEADER, ROWS)


@given(st.binary(max_size=300), st.sampled_from(["people.csv", "people.json", "people.txt", "-"]))
def test_no_bytes_are_more_than_an_error_in_words(content, name):
    if content[:4] in (b"PK\x03\x04", b"PAR1"):
        return
    with suppress(InvalidInput):
        header, rows, _ = read(content, name)
        assert all(len(row) == len(header) for row in rows)
