"""Parts of text files in which columns of numbers are numbers already, or text to the letter.

What is said of a malformed cell quotes it, and whether 1,200 is twelve hundred or one and a fifth the
other cells of the part decide. So a part has either numbers in all of these columns or text in all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from agelens.tables.formats.parts import stacked

MOST_HELD_BYTES = 32 * 1024**2  # of a part's rows as they are spelled; longer rows are read as text


@dataclass(frozen=True)
class Piece:
    """Rows of a file; if they have numbers, also how to read the same rows as text.

    `n_bytes` is what is held for that, `first` and `length` are which of these rows they are.
    """

    table: pa.Table
    read_again: Callable[[], pa.Table] | None = None
    n_bytes: int = 0
    first: int = 0

    def text(self) -> pa.Table:
        """The rows with every cell as it is spelled."""
        if self.read_again is None:
            return self.table
        return self.read_again().slice(self.first, len(self.table))

    def slice(self, first: int, length: int) -> "Piece":
        """Some of the rows."""
        some = self.table.slice(first, length)
        return Piece(some, self.read_again, self.n_bytes, self.first + first)


def number_parts(pieces: Iterator[Piece], n_columns: int, part_rows: int) -> Iterator[pa.Table]:
    """The rows in tables of `part_rows` rows, each with numbers or with text; only the last is shorter.

    From where the rows are too long to be held as they are spelled, tables of any length with text.
    """
    held: list[Piece] = []
    n_held = 0
    for piece in pieces:
        held.append(piece)
        n_held += len(piece.table)
        while n_held >= part_rows:
            part, held = _split(held, part_rows)
            n_held -= part_rows
            yield _alike(part, n_columns)
        if sum(each.n_bytes + each.table.nbytes for each in held) > MOST_HELD_BYTES:
            yield from (each.text() for each in held)
            yield from (each.text() for each in pieces)
            return
    if held:
        yield _alike(held, n_columns)


def _split(pieces: list[Piece], n_rows: int) -> tuple[list[Piece], list[Piece]]:
    """The first rows, and the others; they end in the last piece."""
    *whole, last = pieces
    length = n_rows - sum(len(each.table) for each in whole)
    rest = last.slice(length, len(last.table) - length)
    return [*whole, last.slice(0, length)], [rest] if len(rest.table) else []


def _alike(pieces: list[Piece], n_columns: int) -> pa.Table:
    if all(each.read_again for each in pieces):
        return stacked([each.table for each in pieces], n_columns)
    return stacked([each.text() for each in pieces], n_columns)
