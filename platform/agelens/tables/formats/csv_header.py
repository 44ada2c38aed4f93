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
    told,
    uncommented,
)

DELIMITERS = (",", ";", "\t", "|")
_SAID = re.compile(rb"\A\"?sep=([^\r\n])\"?(?:\r\n|\n|\r)", re.IGNORECASE)


@dataclass(frozen=True)
class CsvHeader:
    """The names of the columns, and where in the file's beginning their row ends."""

    names: list[str]
    end: int
    ends: RowEnds
    opening: Opening
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Try:
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
    said = _SAID.match(opening)
    start, n_above = (said.end(), 1) if said else (0, 0)
    most = SEARCHED_ROWS if header_row is None else header_row - n_above
    delimiters = [said[1].decode("latin-1")] if said else _by_use(opening)
    tries = [_tried(opening, start, delimiter, most) for delimiter in delimiters]
    chosen = max(tries, key=_rank)
    place = chosen.guess.place if header_row is None else most - 1
    if not 0 <= place < len(chosen.rows):
        raise _no_header(chosen, opening, header_row)
    row = chosen.rows[place]
    begin = chosen.stops[place - 1] if place else start
    _check_text(opening[begin : chosen.stops[place]])
    notes = (
        (told(n_above + place, row),)
        if header_row is None and (place or not chosen.guess.plain)
        else ()
    )
    seen = _opening(opening, said, chosen, n_above + place + 1)
    return CsvHeader(uncommented(row), chosen.stops[place], chosen.ends, seen, notes)


def _opening(
    opening: bytes, said: re.Match[bytes] | None, chosen: _Try, header_row: int
) -> Opening:
    """The first rows, numbered as an editor does."""
    rows = chosen.rows
    if len(rows) < SEARCHED_ROWS:  # no more than to the row that was said were looked at
        start = said.end() if said else 0
        rows = _tried(opening, start, chosen.ends.delimiter, SEARCHED_ROWS).rows
    above = [[said[0].decode("latin-1").strip()]] if said else []
    return Opening(shown_rows([*above, *rows], header_row), header_row)


def _by_use(opening: bytes) -> list[str]:
    """The delimiters; first the one that the first line has most of, outside quotes."""
    line = re.split(rb"[\r\n]", opening.lstrip(b"\r\n"), maxsplit=1)[0]
    bare = re.sub(rb'"[^"]*"', b"", line)
    return sorted(DELIMITERS, key=lambda each: -bare.count(each.encode()))


def _tried(opening: bytes, start: int, delimiter: str, most: int) -> _Try:
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
    return _Try(ends, rows, stops, guess_header(rows))


def _rank(each: _Try) -> tuple[int, int]:
    """Most names of ours, else a plain header, else most columns; of equals the first is taken."""
    guess = each.guess
    width = len(each.rows[guess.place]) if each.rows else 0
    return guess.n_known, width if guess.plain and width > 1 else 0


def _no_header(tried: _Try, opening: bytes, header_row: int | None) -> InvalidInput:
    last = tried.stops[-1] if tried.stops else 0
    if header_row is not None and len(opening) == last:
        return InvalidInput.at("header_row", f"the file has no row {header_row:,}")
    return unreadable(f"the header: {tried.ends.complaint(opening[last:])}")


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
