"""Sheets of workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from typing import Any, BinaryIO

import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from agelens.domain.single_answer import printable
from agelens.tables.formats.cell_text import as_text, numbers_or_text
from agelens.tables.formats.decoders import Complaint, Decoded, Task, check_cells, decoded_table
from agelens.tables.formats.file_header import Opening, shown_rows
from agelens.tables.formats.header_rows import (
    ENOUGH_NAMES,
    SEARCHED_ROWS,
    guess_header,
    header_note,
    uncommented,
)

UNFOLDED_ANYWAY, UNFOLDED_PER_BYTE = 256 * 1024**2, 60  # bytes of a workbook's own zip file
SHOWN_SHEETS = 20
Row = list[Any]


def decode(content: BinaryIO, task: Task, file_bytes: int) -> Decoded:
    """The columns and rows of the sheet that was asked for, or of the one that plainly holds people."""
    _check_unfolding(content, file_bytes)
    book = CalamineWorkbook.from_filelike(content)
    if task.as_text:
        return _all_text(book, task.batch_rows, file_bytes)
    sheet, notes = _sheet(book, task.sheet, file_bytes)
    rows = _rows(sheet)
    opening = list(islice(rows, max(SEARCHED_ROWS, task.header_row or 0)))
    guess = guess_header(opening)
    header_index = _header_index(opening, task.header_row, guess.row_index)
    header = opening[header_index]
    width = max((n for n, cell in enumerate(header, 1) if cell is not None), default=0)
    names = uncommented([_name(cell) for cell in header[:width]])
    if task.header_row is None and (header_index or not guess.plain):
        notes = (*notes, header_note(header_index, header, f" of sheet {_quoted(sheet.name)}"))
    below = chain(opening[header_index + 1 :], rows)
    rows_shown = ([_name(cell) for cell in row] for row in opening)
    sheet_opening = Opening(
        shown_rows(rows_shown, header_index + 1), header_index + 1, sheet.name, _visible(book)
    )
    return Decoded(names, _tables(below, width, task.batch_rows), notes, sheet_opening)


def _all_text(book: CalamineWorkbook, batch_rows: int, file_bytes: int) -> Decoded:
    """The rows of all visible sheets, one below the other; blank ones are left out."""
    sheets = [_open(book, name, file_bytes) for name in _visible(book)]
    rows = [row for sheet in sheets for row in _filled(sheet)]
    if not rows:
        raise Complaint("has no sheet with rows")
    width = max(map(len, rows))
    padded = ([*row, *[""] * (width - len(row))] for row in rows)
    return Decoded([f"c{index}" for index in range(width)], _text_tables(padded, batch_rows))


def _filled(sheet: CalamineSheet) -> list[list[str]]:
    """A sheet's rows without those and without the first columns that are blank."""
    rows = [row for row in ([_name(cell) for cell in row] for row in _rows(sheet)) if any(row)]
    begin = min((next(n for n, cell in enumerate(row) if cell) for row in rows), default=0)
    return [row[begin:] for row in rows]


def _text_tables(rows: Iterator[list[str]], batch_rows: int) -> Iterator[pa.Table]:
    while held := list(islice(rows, batch_rows)):
        yield decoded_table([pa.array(column, pa.string()) for column in zip(*held, strict=True)])


def _check_unfolding(content: BinaryIO, file_bytes: int) -> None:
    """Refuse a zip bomb by what it says of itself; the process has limits for one that lies."""
    if not zipfile.is_zipfile(content):
        content.seek(0)
        return
    with zipfile.ZipFile(content) as members:
        n_bytes = sum(member.file_size for member in members.infolist())
    content.seek(0)
    if n_bytes > UNFOLDED_ANYWAY + UNFOLDED_PER_BYTE * file_bytes:
        raise Complaint("is too large a workbook once unpacked; save the sheet as CSV")


def _sheet(
    book: CalamineWorkbook, requested: str | None, file_bytes: int
) -> tuple[CalamineSheet, tuple[str, ...]]:
    kinds = (SheetTypeEnum.WorkSheet,)
    names = [
        sheet_metadata.name
        for sheet_metadata in book.sheets_metadata
        if sheet_metadata.typ in kinds
    ]
    if requested is not None:
        return _open(book, _sheet_name(requested, names), file_bytes), ()
    sheets = [_open(book, name, file_bytes) for name in _visible(book)]
    filled = [sheet for sheet in sheets if sheet.height]
    if not filled:
        raise Complaint("has no sheet with rows")
    if len(filled) == 1:
        return filled[0], ()
    plain = [s for s in filled if guess_header(_first_rows(s)).n_known >= ENOUGH_NAMES]
    if len(plain) > 1:
        raise Complaint(f"has people in several sheets; say which to read: {_listed(plain)}")
    largest = max(filled, key=lambda sheet: sheet.height * sheet.width)
    chosen = plain[0] if plain else largest
    return chosen, (f"sheet {_quoted(chosen.name)} of {_listed(filled)} is read",)


def _visible(book: CalamineWorkbook) -> list[str]:
    return [
        sheet_metadata.name
        for sheet_metadata in book.sheets_metadata
        if sheet_metadata.typ == SheetTypeEnum.WorkSheet
        and sheet_metadata.visible == SheetVisibleEnum.Visible
    ]


def _sheet_name(wanted: str, names: Sequence[str]) -> str:
    """The sheet of a name, whatever its case, or of a number."""
    for name in names:
        if name == wanted:
            return name
    matches = [name for name in names if name.strip().casefold() == wanted.strip().casefold()]
    if len(matches) == 1:
        return matches[0]
    if wanted.isdecimal() and len(wanted) < 6 and 0 < int(wanted) <= len(names):
        return names[int(wanted) - 1]
    shown = ", ".join(_quoted(name) for name in names[:SHOWN_SHEETS])
    raise Complaint(f"has no sheet {_quoted(wanted)}; its sheets are: {shown}")


def _open(book: CalamineWorkbook, name: str, file_bytes: int) -> CalamineSheet:
    sheet = book.get_sheet_by_name(name)
    check_cells(sheet.total_height * sheet.total_width, file_bytes)
    return sheet


def _first_rows(sheet: CalamineSheet) -> list[Row]:
    return list(islice(_rows(sheet), SEARCHED_ROWS))


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """All rows from the first of the sheet, empty ones too, so that row numbers are those that people see."""
    for row in sheet.iter_rows():
        yield [_cell(value) for value in row]


def _cell(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, date):  # and with a time
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return value if isinstance(value, str | float | int) else str(value)


def _header_index(opening: Sequence[Row], header_row: int | None, guessed: int) -> int:
    if header_row is None:
        return guessed
    if header_row > len(opening):
        raise Complaint(f"has no row {header_row:,}: its sheet ends before")
    return header_row - 1


def _name(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    return str(as_text(pa.chunked_array([numbers_or_text([cell])]))[0].as_py())


def _tables(rows: Iterator[Row], width: int, batch_rows: int) -> Iterator[pa.Table]:
    """The rows as far as the header goes; blank ones at the end are nothing."""
    n_blank = 0
    held: list[Row] = []
    for row in rows:
        cells = (row + [None] * width)[:width]
        if all(cell is None for cell in cells):
            n_blank += 1
            continue
        held += [[None] * width] * n_blank
        n_blank = 0
        held.append(cells)
        while len(held) >= batch_rows:
            yield _table(held[:batch_rows])
            held = held[batch_rows:]
    if held:
        yield _table(held)


def _table(rows: Sequence[Row]) -> pa.Table:
    return decoded_table([numbers_or_text(column) for column in zip(*rows, strict=True)])


def _listed(sheets: Sequence[CalamineSheet]) -> str:
    names = ", ".join(_quoted(sheet.name) for sheet in sheets[:SHOWN_SHEETS])
    return f"{names}, ..." if len(sheets) > SHOWN_SHEETS else names


def _quoted(name: str) -> str:
    return printable(name, 40)
