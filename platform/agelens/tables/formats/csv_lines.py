"""Find the lines of a block of CSV and count their cells, without reading them one by one."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from agelens.tables.formats.csv_blocks import RowEnds

IntArray: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BlockLines:
    """The lines of a block of whole lines.

    Attributes
    ----------
    block : bytes
    n_bytes : ndarray of int64, shape (n_lines,)
        With the line end.
    n_cells : ndarray of int64, shape (n_lines,)
        0 of a blank line.
    """

    block: bytes
    n_bytes: IntArray
    n_cells: IntArray

    def chosen(self, lines: npt.NDArray[np.bool_]) -> bytes:
        """The bytes of these lines alone."""
        return np.frombuffer(self.block, np.uint8)[np.repeat(lines, self.n_bytes)].tobytes()


def lines_of(block: bytes, ends: RowEnds) -> BlockLines | None:
    """The lines as csv.reader sees them; None where quotes are so odd that only it can tell."""
    codes = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(codes == ord('"'))
    if quotes.size and not ends.stand_about_cells(block, quotes):
        return None
    stops, starts = _line_ends(codes, quotes)
    if not starts.size or starts[-1] != len(block):
        return None
    begins = np.concatenate(([0], starts[:-1]))
    delimiters = _outside(np.flatnonzero(codes == ord(ends.delimiter)), quotes)
    n_before = np.searchsorted(delimiters, stops)
    n_cells = np.diff(n_before, prepend=0) + 1
    n_cells[stops == begins] = 0
    return BlockLines(block, starts - begins, n_cells)


def _line_ends(codes: npt.NDArray[np.uint8], quotes: IntArray) -> tuple[IntArray, IntArray]:
    """Where lines stop, and where the next ones start; the end of a line is \\n, \\r or \\r\\n."""
    is_feed, is_return = codes == ord("\n"), codes == ord("\r")
    if not is_return.any():
        stops = _outside(np.flatnonzero(is_feed), quotes)
        return stops, stops + 1
    second_half = np.zeros(len(codes), bool)
    second_half[1:] = is_feed[1:] & is_return[:-1]
    stops = _outside(np.flatnonzero((is_feed | is_return) & ~second_half), quotes)
    is_double = np.append(second_half, False)[stops + 1]
    return stops, stops + 1 + is_double


def _outside(positions: IntArray, quotes: IntArray) -> IntArray:
    """Those of the positions that are not inside quotes."""
    if not quotes.size:
        return positions
    is_outside: npt.NDArray[np.bool_] = np.searchsorted(quotes, positions) % 2 == 0
    return positions[is_outside]
