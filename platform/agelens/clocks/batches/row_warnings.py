"""Warnings for each row of a batch, with the wording of a single person's result."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.batches.row_patterns import patterns_of
from agelens.clocks.batches.scored import Scored


def warnings_of(scored: Scored) -> pa.Array:
    """The warnings of every row of the part, joined by "; "; null where there are none."""
    notes = scored.notes
    n_rows, parsing_warnings = scored.batch.n_rows, scored.batch.warnings
    if not notes and not parsing_warnings:
        return pa.nulls(n_rows, pa.string())
    first, pattern = patterns_of([rows for _, rows in notes], len(scored.batch.table))
    texts = ["; ".join(text for text, rows in notes if rows[row]) or None for row in first]
    pattern_by_row = np.full(n_rows, -1)
    pattern_by_row[scored.rows] = pattern[scored.good]
    joined = pa.array(texts, pa.string()).take(pa.array(pattern_by_row, mask=pattern_by_row < 0))
    return _with_parsing_warnings(
        joined, {row: parsing_warnings[row] for row in parsing_warnings if pattern_by_row[row] >= 0}
    )


def _with_parsing_warnings(
    joined: pa.Array, parsing_warnings: Mapping[int, Sequence[str]]
) -> pa.Array:
    """With the warnings of how rows were written in front; these are few."""
    if not parsing_warnings:
        return joined
    replaced = np.zeros(len(joined), dtype=bool)
    replaced[list(parsing_warnings)] = True
    texts = []
    for row in sorted(parsing_warnings):
        more = joined[row].as_py()
        texts.append("; ".join([*parsing_warnings[row], *([more] if more else [])]))
    return pc.replace_with_mask(joined, pa.array(replaced), pa.array(texts, pa.string()))
