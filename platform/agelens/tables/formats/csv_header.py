"""Find the delimiter of a CSV file, and the row that names its columns."""

import csv
import re
from dataclasses import dataclass

from agelens.domain.errors import InvalidInput
from agelens.tables.formats.csv_blocks import RowEnds
from agelens.tables.formats.file_header import Opening, shown_rows, unreadable
from agelens.tables.formats.header_rows import (
    SEARCHED_ROWS,
    HeaderGuess,
    guess_header,
    header_note,
    uncommented,
)

DELIMITERS = (",", ";", "\t", "|")
_DELIMITER_LINE = re.compile(rb"\A\"?sep=([^\r\n])\"?(?:\r\n|\n|\r)", re.IGNORECASE)


@dataclass(frozen=True)
class CsvHeader:
    """The names of the columns, and where in the file's beginning their row ends."""

    names: list[str]
    end: int
    ends: RowEnds
    opening: Opening
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _DelimiterAttempt:
    """The first rows as one delimiter has them, with where each ends."""

    ends: RowEnds
    rows: list[list[str]]
    stops: list[int]
    guess: HeaderGuess


def find_header(opening: bytes, header_row: int | None = None) -> CsvHeader:
    """The header of a file that begins so; titles, comments and blank lines above it are passed by.

    A first line such as `sep=;` says the delimiter, which else is the one that makes most sense of
    the first rows.

    Raises
    ------
    InvalidInput
        At "file", if it is no text, or the header has no end.
    """
    delimiter_line = _DELIMITER_LINE.match(opening)
    start, n_above = (delimiter_line.end(), 1) if delimiter_line else (0, 0)
    most_rows = SEARCHED_ROWS if header_row is None else header_row - n_above
    delimiters = [delimiter_line[1].decode("latin-1")] if delimiter_line else _by_use(opening)
    tries = [_attempt(opening, start, delimiter, most_rows) for delimiter in delimiters]
    chosen = max(tries, key=_rank)
    row_index = chosen.guess.row_index if header_row is None else most_rows - 1
    if not 0 <= row_index < len(chosen.rows):
        raise _no_header(chosen, opening, header_row)
    row = chosen.rows[row_index]
    begin = chosen.stops[row_index - 1] if row_index else start
    _check_text(opening[begin : chosen.stops[row_index]])
    notes = (
        (header_note(n_above + row_index, row),)
        if header_row is None and (row_index or not chosen.guess.plain)
        else ()
    )
    file_opening = _opening(opening, delimiter_line, chosen, n_above + row_index + 1)
    return CsvHeader(uncommented(row), chosen.stops[row_index], chosen.ends, file_opening, notes)


def _opening(
    opening: bytes,
    delimiter_line: re.Match[bytes] | None,
    chosen: _DelimiterAttempt,
    header_row: int,
) -> Opening:
    """The first rows, numbered as an editor does."""
    rows = chosen.rows
    if len(rows) < SEARCHED_ROWS:  # no more than to the row that was said were looked at
        start = delimiter_line.end() if delimiter_line else 0
        rows = _attempt(opening, start, chosen.ends.delimiter, SEARCHED_ROWS).rows
    above = [[delimiter_line[0].decode("latin-1").strip()]] if delimiter_line else []
    return Opening(shown_rows([*above, *rows], header_row), header_row)


def _by_use(opening: bytes) -> list[str]:
    """The delimiters; first the one that the first line has most of, outside quotes."""
    line = re.split(rb"[\r\n]", opening.lstrip(b"\r\n"), maxsplit=1)[0]
    bare = re.sub(rb'"[^"]*"', b"", line)
    return sorted(DELIMITERS, key=lambda delimiter: -bare.count(delimiter.encode()))


def _attempt(opening: bytes, start: int, delimiter: str, most: int) -> _DelimiterAttempt:
    ends = RowEnds(delimiter)
    rows: list[list[str]] = []
    stops: list[int] = []
    while len(rows) < most and (stop := ends.first(opening, start)):
        line = opening[start:stop].decode("utf-8", "replace")  # only the header must be whole
        try:
            rows.append(next(ends.reader(line), []))
        except csv.Error:  # a cell is too long for a name
            break
        stops.append(stop)
        start = stop
    return _DelimiterAttempt(ends, rows, stops, guess_header(rows))


def _rank(attempt: _DelimiterAttempt) -> tuple[int, int]:
    """Most names of ours, else a plain header, else most columns; of equals the first is taken."""
    guess = attempt.guess
    width = len(attempt.rows[guess.row_index]) if attempt.rows else 0
    return guess.n_known, width if guess.plain and width > 1 else 0


def _no_header(attempt: _DelimiterAttempt, opening: bytes, header_row: int | None) -> InvalidInput:
    last = attempt.stops[-1] if attempt.stops else 0
    if header_row is not None and len(opening) == last:
        return InvalidInput.at("header_row", f"the file has no row {header_row:,}")
    return unreadable(f"the header: {attempt.ends.complaint(opening[last:])}")


def _check_text(line: bytes) -> None:
    if b"\0" in line:
        raise unreadable("the header: holds NUL bytes, so it is no text")
    try:
        line.decode()
    except UnicodeDecodeError as error:
        raise not_utf8("the header") from error


def not_utf8(where: str) -> InvalidInput:
    """What is said of bytes that are no text."""
    return unreadable(f"{where}: is not UTF-8 text; save the file as UTF-8")
