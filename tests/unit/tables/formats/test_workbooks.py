"""Workbooks: which sheet and row are read, what their cells are, and workbooks that do harm."""

import io

import pyarrow as pa
import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.files import open_people
from agelens.tables.formats.encoding import encode
from agelens.tables.formats.file_header import Layout
from agelens.tables.formats.opening import format_of
from foreign_files import ods, packed, xls, xlsx

HEADER = ["id", "age", "albumin", "crp"]
ADA = ["-5", 52, 44.5, 1.25]
BEN = ["007", 67, 41, 4]


def read(content: bytes, name: str = "people.xlsx", **layout: object):
    """The header, the rows and the notes of a file."""
    stream = io.BytesIO(content)
    with open_people(stream, format_of(name, stream), Layout(**layout)) as people:
        tables = [part.drop_columns(["fault"]) for part in people.parts()]
        rows = [list(row.values()) for table in tables for row in table.to_pylist()]
        return list(people.header), rows, people.notes


def test_numbers_stay_numbers_and_text_stays_text():
    assert read(xlsx(People=[HEADER, ADA, BEN])) == (HEADER, [ADA, BEN], ())


@pytest.mark.parametrize("name", ["people.xls", "people.csv", "", "people.xlsx"])
def test_an_old_workbook_is_read_whatever_it_is_called(name):
    header, rows, _ = read(xls(), name)
    assert header == ["id", "age", "albumin"]
    assert rows == [["-5", 52.0, "44.5"], ["007", 67.0, "12,9"]]


def test_an_open_document_is_read():
    assert read(ods([HEADER, ADA, BEN]), "people.ods")[:2] == (HEADER, [ADA, BEN])


def test_dates_are_iso_text_percentages_numbers_and_errors_missing():
    dates = ['<c s="1"><v>45352</v></c>', '<c s="2"><v>45352.5</v></c>']
    more = [
        '<c s="3"><v>0.05</v></c>',
        '<c t="e"><v>#DIV/0!</v></c>',
        "12,9",
        '<c t="b"><v>1</v></c>',
    ]
    header = ["drawn", "at", "share", "ratio", "crp", "fasting"]
    _, rows, _ = read(xlsx(People=[header, dates + more]))
    assert rows == [["2024-03-01", "2024-03-01 12:00:00", 0.05, None, "12,9", "true"]]


def test_the_header_is_found_below_titles_and_said():
    rows = [["Laboratory export", "March"], [], HEADER, ADA, BEN]
    header, people, notes = read(xlsx(People=rows))
    assert (header, people) == (HEADER, [ADA, BEN])
    assert notes == ('the columns are named in row 3 of sheet People: "id, age, albumin, crp"',)


def test_a_table_may_begin_anywhere_in_its_sheet():
    rows = [[None], [None], [None, None, *HEADER], [None, None, *ADA]]
    header, people, notes = read(xlsx(People=rows))
    assert ([name for name in header if name], people[0][-4:]) == (HEADER, ADA)
    assert notes[0].startswith("the columns are named in row 3 of sheet People: ")
    assert read(xlsx(People=rows), header_row=3)[0] == header


def test_a_header_may_break_its_lines_and_be_followed_by_empty_columns():
    header, rows, _ = read(xlsx(People=[["age", "Albumin\n(g/L)", None, None], [52, 44, None]]))
    assert (header, rows) == (["age", "Albumin (g/L)"], [[52.0, 44.0]])


def test_blank_rows_in_between_keep_their_place_and_those_at_the_end_are_nothing():
    _, rows, _ = read(xlsx(People=[HEADER, ADA, [], BEN, [], [None]]))
    assert rows == [ADA, [None] * 4, BEN]


def test_of_several_sheets_the_one_with_people_is_read_and_said():
    notes = [["about", "this"], ["a", 1], ["b", 2], ["c", 3], ["d", 4], ["e", 5]]
    header, _, said = read(xlsx(Notes=notes, Values=[HEADER, ADA]))
    assert header == HEADER
    assert said == ("sheet Values of Notes, Values is read",)


def test_people_in_several_sheets_are_asked_about():
    content = xlsx(Women=[HEADER, ADA], Men=[HEADER, BEN])
    with pytest.raises(
        InvalidInput, match="people in several sheets; say which to read: Women, Men"
    ):
        read(content)
    assert read(content, sheet="men")[1] == read(content, sheet="2")[1] == [BEN]
    with pytest.raises(InvalidInput, match="has no sheet Children; its sheets are: Women, Men"):
        read(content, sheet="Children")


def test_the_header_row_can_be_said():
    content = xlsx(People=[["age", "sex"], HEADER, ADA])
    assert read(content, header_row=2) == (HEADER, [ADA], ())
    with pytest.raises(InvalidInput, match="has no row 9"):
        read(content, header_row=9)


@pytest.mark.parametrize("row", [0, -1, 1_001])
def test_a_header_row_that_cannot_be_is_said(row):
    with pytest.raises(InvalidInput, match="header_row: must be a number from 1 to 1,000"):
        read(xlsx(People=[HEADER, ADA]), header_row=row)


def test_a_workbook_without_rows_is_said():
    with pytest.raises(InvalidInput, match="has no sheet with rows"):
        read(xlsx(People=[]))


def test_a_table_of_any_length_comes_in_parts():
    people = [[f"P{n}", 50, 44, 1] for n in range(10_003)]
    assert read(xlsx(People=[HEADER, *people]))[1] == people


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("make", [xls, lambda: xlsx(P=[HEADER, ADA]), lambda: ods([HEADER, ADA])])
def test_a_broken_workbook_is_an_error_in_words(make, part):
    whole = make()
    with pytest.raises(InvalidInput, match=r"^file: "):
        read(whole[: int(len(whole) * part)], "people.xlsx")


def test_a_workbook_that_unfolds_to_gigabytes_is_refused_early():
    bomb = packed({"[Content_Types].xml": b" " * 400_000_000})
    with pytest.raises(InvalidInput, match="too large a workbook once unpacked"):
        read(bomb)


def test_one_cell_far_away_cannot_fill_the_memory():
    far = '<c r="XFD1048576"><v>1</v></c>'
    with pytest.raises(InvalidInput, match=r"save its sheet as CSV|unfolds to more"):
        read(xlsx(People=[HEADER, ADA, [far]]))


def test_what_is_written_is_read_again_to_the_bit():
    table = pa.table({"id": ["-5", "=1+1", "a<&>\u20ac"], "age": [0.1 + 0.2, None, 1e-300]})
    content = b"".join(encode("xlsx", [table]))
    assert read(content)[:2] == (["id", "age"], [list(row.values()) for row in table.to_pylist()])
