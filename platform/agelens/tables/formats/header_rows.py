"""Find the row that names the columns, below titles, comments and blank lines."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from agelens.domain.registry import DATA_SETS, age_column, age_names, biomarkers
from agelens.domain.single_answer import printable
from agelens.domain.units import normalized_name

SEARCHED_ROWS = 50
MOST_HEADER_ROWS = 1_000
ENOUGH_NAMES = 2  # cells that are names of ours: no title has so many
SHOWN_CHARACTERS = 60
_UNIT = re.compile(r"[(\[,].*", re.DOTALL)
_NUMBER = re.compile(r"\s*[+-]?[0-9][0-9.,eE+-]*\s*%?\s*")
Row = Sequence[object]


@dataclass(frozen=True)
class HeaderGuess:
    """Which row names the columns, how many of the names are ours, and whether it is plain that it does."""

    row_index: int
    n_known: int
    plain: bool


def guess_header(rows: Sequence[Row]) -> HeaderGuess:
    """The first row with names of ours that data follow; else the first that is text above numbers.

    A row that begins with `#` is a comment, unless data without a header follow it.
    """
    filled_rows = [index for index, row in enumerate(rows) if any(map(_is_filled, row))]
    if not filled_rows:
        return HeaderGuess(0, 0, plain=False)
    candidates = [index for index in filled_rows if not _is_comment(rows[index])] or filled_rows
    comment_rows = [index for index in filled_rows if index < candidates[0]][-1:]
    if comment_rows and _names_columns(rows[comment_rows[0]], rows[candidates[0]]):
        candidates = comment_rows + candidates
    for index, following in zip(candidates, [*candidates[1:], None], strict=True):
        n_known = count_known(rows[index])
        if n_known >= ENOUGH_NAMES and (index == candidates[0] or following is not None):
            return HeaderGuess(index, n_known, plain=True)
    if len(candidates) == 1 or _is_table(
        rows[candidates[0]], rows[candidates[1]], [rows[at] for at in candidates]
    ):
        return HeaderGuess(candidates[0], count_known(rows[candidates[0]]), plain=True)
    for index, following in pairwise(candidates):
        if _names_columns(rows[index], rows[following]):
            return HeaderGuess(index, count_known(rows[index]), plain=True)
    return HeaderGuess(candidates[0], count_known(rows[candidates[0]]), plain=False)


def count_known(row: Row) -> int:
    """How many cells of a row are names of ours, whatever unit stands behind them."""
    texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    known_names = _known_names()
    return sum(
        normalized_name(text) in known_names or normalized_name(_UNIT.sub("", text)) in known_names
        for text in texts
    )


def uncommented(names: Sequence[str]) -> list[str]:
    """The names of a header that a comment sign stands before, as NumPy writes it."""
    return [names[0].removeprefix("# "), *names[1:]] if names else []


def header_note(index: int, row: Iterable[object], where: str = "") -> str:
    """Which row was taken for the header, for people."""
    cells = ", ".join(str(cell) for cell in row if _is_filled(cell))
    shown = printable(cells, SHOWN_CHARACTERS)
    return f'the columns are named in row {index + 1:,}{where}: "{shown}"'


@cache
def _known_names() -> frozenset[str]:
    names = [*age_names(), *map(age_column, DATA_SETS)]
    for biomarker in biomarkers().values():
        names += [biomarker.key, *biomarker.names, *(alias.name for alias in biomarker.aliases)]
    return frozenset(map(normalized_name, names)) - {""}


def _is_filled(cell: object) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def _is_text(cell: object) -> bool:
    return isinstance(cell, str) and not _NUMBER.fullmatch(cell)


def _is_comment(row: Row) -> bool:
    return isinstance(row[0], str) and row[0].startswith("#")


def _width(row: Row) -> int:
    """Cells as far as the last that is filled."""
    return max((index for index, cell in enumerate(row, 1) if _is_filled(cell)), default=0)


def _is_table(first: Row, second: Row, rows: Sequence[Row]) -> bool:
    """Whether the first row is as wide as everything below it, and mostly filled."""
    n_filled = sum(map(_is_filled, first))
    widest = max(map(len, rows))
    return len(first) == len(second) == widest and 2 * n_filled > widest


def _names_columns(row: Row, following: Row) -> bool:
    """Whether a row is nothing but text, above as many cells of which one at least is a number."""
    filled = [cell for cell in row if _is_filled(cell)]
    if len(filled) < ENOUGH_NAMES or not all(map(_is_text, filled)):
        return False
    below = [cell for cell in following if _is_filled(cell)]
    return _width(row) >= _width(following) and not all(map(_is_text, below))
