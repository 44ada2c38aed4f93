"""CSV as it comes from spreadsheets, R, pandas and accidents."""

import csv
import io
from unittest.mock import patch

import pytest
from agelens.domain.errors import InvalidInput
from agelens.tables.formats import csv_blocks, csv_files
from agelens.tables.formats.parts import row_error_message
from hypothesis import example, given
from hypothesis import strategies as st


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(rows_of, delimiter):
    content = f'"a,;b"{delimiter}c{delimiter}d\n1{delimiter}2{delimiter}3\n'.encode()
    assert rows_of(content) == [{"a,;b": "1", "c": "2", "d": "3"}]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_a_byte_order_mark_are_no_matter(rows_of, bom, end, last):
    content = bom + end.join([b"a,b", b"1,2", b'"3",4', *([b""] if last else [])])
    assert rows_of(content) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_quoted_cells_may_hold_line_ends_quotes_and_delimiters(rows_of):
    content = b'a,b\n1,"x\ny"\n"p""q","r,s"\n"\r\n",2\n'
    assert [row["a"] + row["b"] for row in rows_of(content)] == ["1x\ny", 'p"qr,s', "\r\n2"]


def test_a_quote_inside_a_cell_is_a_character(rows_of):
    assert rows_of(b"a,b\n5'11\",1\n5'2\",2\n") == [
        {"a": "5'11\"", "b": "1"},
        {"a": "5'2\"", "b": "2"},
    ]


def test_ragged_and_blank_lines_are_rows_at_fault_in_their_places(rows_of):
    rows = rows_of(b"a,b\n1,2\n\n3\n4,5,6\n7,8\n")
    assert rows == [
        {"a": "1", "b": "2"},
        {"fault": "is a blank line"},
        {"fault": "has 1 cells, the header has 2"},
        {"fault": "has 3 cells, the header has 2"},
        {"a": "7", "b": "8"},
    ]


def test_a_row_of_empty_cells_is_a_row(rows_of):
    assert rows_of(b"a,b\n,\n1,2\n") == [{}, {"a": "1", "b": "2"}]


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"\n" * 25_000])
def test_blank_lines_at_the_end_are_nothing(take, blank):
    assert take(b"a,b\n1,2\n" + blank).n_rows == 1


def test_many_blank_lines_are_rows_when_something_follows(take, rows_of):
    rows = rows_of(b"a,b\n" + b"1,2\n" * 15_000 + b"\n" * 12_000 + b"3,4\n")
    assert len(rows) == 27_001
    assert rows[14_999:15_001] == [{"a": "1", "b": "2"}, {"fault": "is a blank line"}]
    assert rows[26_999] == {"fault": "is a blank line"}
    assert rows[27_000] == {"a": "3", "b": "4"}


def test_one_column_has_blank_lines_too(rows_of):
    assert rows_of(b"a\n1\n\n2\n\n") == [{"a": "1"}, {"fault": "is a blank line"}, {"a": "2"}]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "nothing but blank lines"),
        (b"a,b\n", "has no rows"),
        (b"a,b\n\n\n", "has no rows"),
        (b'a,"b\n1,2\n', "the header: a quote is opened and never closed"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "row 2: a quote is opened and never closed"),
        (b'a,b\n1,2\n\n3,"4"5\n6,7\n', "row 3: text follows a closing quote"),
        (b'a,b\n1,"' + b"x" * 3_000_000, "row 1: .* longer than a mebibyte"),
        (b'a,b\n1,"' + b"x,y\n" * 1_000_000 + b'"\n', "row 1: .* longer than a mebibyte"),
        ("a,b\n1,ä\n\n3,".encode() + b"\xe4\n", "row 3: is not UTF-8 text"),
        (b"\xc3\xa4,\xe4\n1,2\n", "the header: is not UTF-8 text"),
        (b"a,b\n1,\x00\n", "row 1: holds NUL bytes"),
        (b"a\x00,b\n1,2\n", "the header: holds NUL bytes"),
    ],
)
def test_what_is_no_csv_is_refused_in_words(take, content, words):
    with pytest.raises(InvalidInput, match=words):
        take(content)


def test_two_quotes_that_do_not_match_never_merge_rows(take):
    with pytest.raises(InvalidInput, match="row 1: text follows a closing quote"):
        take(b'a,b,c\n4,"5,6\n7,"8",9\n')


@pytest.mark.parametrize("content", [b'a,b\n"5,5",2\n', b"a\tb\n5,5\t2\n", b"a;b\n5,5;2\n"])
def test_a_decimal_comma_is_left_to_who_knows_the_columns(rows_of, content):
    assert rows_of(content) == [{"a": "5,5", "b": "2"}]


CELLS = st.text(alphabet='ab",;\n\rä€ \t', max_size=6)


@given(
    st.lists(st.lists(CELLS, max_size=3), min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 40),
)
def test_blocks_of_any_length_are_read_as_python_reads_the_whole(cells, d, quoting, end, length):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=d, quoting=quoting, lineterminator=end).writerows(cells)
    written = text.getvalue()
    lines = list(csv.reader(io.StringIO(written, newline=""), delimiter=d, strict=True))
    while lines and not lines[-1]:
        lines.pop()
    ends = csv_blocks.RowEnds(d)
    with patch.object(csv_blocks, "BLOCK_BYTES", length):
        blocks = list(csv_blocks.whole_rows(io.BytesIO(written.encode()), ends, b""))
    reader = csv_files._BlockReader(ends, 2)
    tables = [piece.table for block in blocks for piece in reader.read(block)]
    rows = [list(row.values()) for table in tables for row in table.to_pylist()]
    assert rows == [
        [*(cell or None for cell in line), None]
        if len(line) == 2
        else [None, None, row_error_message(len(line), 2)]
        for line in lines
    ]


@given(st.text(alphabet='a",\n\r', max_size=30))
@example('a\n"b\n')
@example('"a""\n",b\r\n"')
@example('"a"b\n"c"\n')
@example('a"\n,')
def test_rows_end_where_the_grammar_says_however_the_end_was_found(text):
    block = text.encode()
    ends = csv_blocks.RowEnds(",")
    whole = 0
    while end := ends.first(block, whole):
        whole = end
    assert ends.last(block) == whole


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1), st.sampled_from(["\n", "\r\n"])
)
def test_quotes_of_a_well_made_file_need_no_grammar(cells, end):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(cells)
    block = text.getvalue().encode()
    ends = csv_blocks.RowEnds(",")
    ends._rows = None
    assert ends.last(block) == len(block)
