"""Write a workbook (.xlsx) piece by piece, in memory that does not grow with its rows.

What Arrow keeps as metadata, such as clocks and their hashes, is a second sheet of names and values.

The cells are written column by column as text in Arrow, which takes a tenth of the time of a library
that is given one cell after the other. Text is an inline string, which no spreadsheet runs.
"""

import zipfile
from collections.abc import Iterator, Sequence
from html import escape
from itertools import chain
from typing import IO, Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc

from agelens.domain.errors import InvalidInput

MOST_ROWS = 1_048_575  # below the header; a sheet has no more
MOST_COLUMNS = 16_384
LONGEST_TEXT = 32_767
OWN = {
    "own": "yes"
}  # metadata of columns of a person's own: text of which numbers are written as such
_NUMBER = r"\A-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?\z"
_UNPRINTABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"  # what XML cannot hold
_LOOKS_ESCAPED = r"_x([0-9A-Fa-f]{4})_"  # a spreadsheet would make a character of it
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/>'
    '</bookViews><sheets><sheet name="Results" sheetId="1" r:id="rId1"/>'
    '<sheet name="Method" sheetId="2" r:id="rId2"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
    f'Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship '
    f'Id="rId2" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
}
_BEGIN = (  # the header stays in sight
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
    'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_END = "</sheetData></worksheet>"


class Pieces(Protocol):
    """Where a zip file is written to, and taken from piece by piece."""

    def take(self) -> bytes: ...


def check_fits(n_rows: int, n_columns: int = 0) -> None:
    """InvalidInput when a sheet has no room for so many."""
    if n_rows > MOST_ROWS:
        raise InvalidInput.at(
            "format", f"a sheet holds {MOST_ROWS:,} rows at most; choose CSV or Parquet"
        )
    if n_columns > MOST_COLUMNS:
        raise InvalidInput.at("format", f"a sheet holds {MOST_COLUMNS:,} columns at most")


def beside(part: pa.Table, header: Sequence[str], answers: pa.Table) -> pa.Table:
    """A file's own columns, as text of which numbers are written as such, then the answers.

    Parameters
    ----------
    part : Table of shape (n_rows, at least n_columns)
        As a reader of files yields it.
    header : sequence of str, of length n_columns
    answers : Table of shape (n_rows, n_answers)

    Returns
    -------
    Table of shape (n_rows, n_columns + n_answers)
        With the metadata of the answers.
    """
    fields = [pa.field(name, pa.string(), metadata=OWN) for name in header]
    own = [part.column(index).cast(pa.string()) for index in range(len(header))]
    schema = pa.schema([*fields, *answers.schema], metadata=answers.schema.metadata)
    return pa.table([*own, *answers.columns], schema=schema)


def workbook(tables: Iterator[pa.Table], sink: Pieces) -> Iterator[bytes]:
    """A workbook of all rows, below the names of the columns.

    Raises
    ------
    InvalidInput
        At "format", as soon as there are more rows or columns than a sheet holds.
    """
    first = next(tables)
    check_fits(0, first.num_columns)
    names = pa.table([pa.array([name]) for name in first.column_names], names=first.column_names)
    n_rows = 0
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for part, text in _PARTS.items():
            _write(book, part, text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write((_XML + _BEGIN).encode() + _rows(names))
            for table in chain([first], tables):
                n_rows += len(table)
                check_fits(n_rows)
                try:
                    sheet.write(_rows(table))
                except RuntimeError as error:  # more than two gibibytes of text
                    raise InvalidInput.at(
                        "format", "is too much for a workbook; choose CSV or Parquet"
                    ) from error
                yield sink.take()
            sheet.write(_END.encode())
        _write(book, "xl/worksheets/sheet2.xml", _BEGIN + _method(first.schema) + _END)
    yield sink.take()


def _write(book: zipfile.ZipFile, part: str, text: str) -> None:
    """A part; unlike `writestr` without the time of writing: the same answers are the same bytes."""
    with book.open(part, "w") as stream:
        stream.write((_XML + text).encode())


def _method(schema: pa.Schema) -> str:
    """The metadata of the answers, a row for each name."""
    metadata = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
    rows = {"name": ["name", *metadata], "value": ["value", *metadata.values()]}
    return _rows(pa.table(rows)).decode()


def _rows(table: pa.Table) -> bytes:
    if not len(table):
        return b""
    cells = [
        _cells(table.column(index).combine_chunks(), table.field(index))
        for index in range(table.num_columns)
    ]
    rows = pc.binary_join_element_wise("<row>", *cells, "</row>", "")
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")
    return bytes(joined[0].as_buffer())


def _cells(column: pa.Array, field: pa.Field) -> pa.Array:
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        if pa.types.is_floating(kind):  # no number is NaN, and no cell infinite
            column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind))
        return _filled(_number(column.cast(pa.string())))
    text = column.cast(pa.string())
    cells = _text(text)
    if field.metadata and b"own" in field.metadata:
        is_number = pc.match_substring_regex(text, _NUMBER)
        cells = pc.if_else(is_number, _number(text), cells)
    return _filled(cells)


def _filled(cells: pa.Array) -> pa.Array:
    return pc.fill_null(cells, "<c/>")


def _number(written: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("<c><v>", written, "</v></c>", "")


def _text(text: pa.Array) -> pa.Array:
    is_long = pc.greater(pc.utf8_length(text), LONGEST_TEXT)
    if pc.any(is_long).as_py():
        cut = pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(text, 0, LONGEST_TEXT - 1), "\u2026", ""
        )
        text = pc.if_else(is_long, cut, text)
    text = pc.replace_substring_regex(text, _LOOKS_ESCAPED, r"_x005F_x\1_")
    text = pc.replace_substring_regex(text, _UNPRINTABLE, "")
    for character in "&<>":
        text = pc.replace_substring(text, character, escape(character))
    text = pc.replace_substring(text, "\r", "_x000D_")
    return pc.binary_join_element_wise(
        '<c t="inlineStr"><is><t xml:space="preserve">', text, "</t></is></c>", ""
    )
