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
class RowBlock:
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

    def slice(self, first: int, length: int) -> "RowBlock":
        """Some of the rows."""
        rows = self.table.slice(first, length)
        return RowBlock(rows, self.read_again, self.n_bytes, self.first + first)


def number_parts(blocks: Iterator[RowBlock], n_columns: int, part_rows: int) -> Iterator[pa.Table]:
    """The rows in tables of `part_rows` rows, each with numbers or with text; only the last is shorter.

    From where the rows are too long to be held as they are spelled, tables of any length with text.
    """
    held: list[RowBlock] = []
    n_held = 0
    for block in blocks:
        held.append(block)
        n_held += len(block.table)
        while n_held >= part_rows:
            part, held = _split(held, part_rows)
            n_held -= part_rows
            yield _concatenated(part, n_columns)
        if sum(block.n_bytes + block.table.nbytes for block in held) > MOST_HELD_BYTES:
            yield from (block.text() for block in held)
            yield from (block.text() for block in blocks)
            return
    if held:
        yield _concatenated(held, n_columns)


def _split(blocks: list[RowBlock], n_rows: int) -> tuple[list[RowBlock], list[RowBlock]]:
    """The first rows, and the others; they end in the last block."""
    *full, last = blocks
    length = n_rows - sum(len(block.table) for block in full)
    remainder = last.slice(length, len(last.table) - length)
    return [*full, last.slice(0, length)], [remainder] if len(remainder.table) else []


def _concatenated(blocks: list[RowBlock], n_columns: int) -> pa.Table:
    if all(block.read_again for block in blocks):
        return stacked([block.table for block in blocks], n_columns)
    return stacked([block.text() for block in blocks], n_columns)
