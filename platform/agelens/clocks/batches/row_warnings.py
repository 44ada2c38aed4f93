"""Warnings for each row of a batch, with the wording of a single person's result."""

import numpy as np
import pyarrow as pa

from agelens.clocks.applicability import notes
from agelens.clocks.batches.row_patterns import patterns_of
from agelens.clocks.batches.scored import Scored


def warnings_of(scored: Scored) -> pa.Array:
    """The warnings of every row of the part, joined by "; "; null where there are none."""
    every = notes(scored.clock, scored.batch.table, scored.scores, scored.complete)
    found = [(text, rows) for text, rows in every if rows.any()]
    n_rows, own = scored.batch.n_rows, scored.batch.warnings
    if not found and not own:
        return pa.nulls(n_rows, pa.string())
    first, pattern = patterns_of([rows for _, rows in found], len(scored.batch.table))
    texts = ["; ".join(text for text, rows in found if rows[row]) for row in first]
    joined = np.full(n_rows, None, dtype=object)
    joined[scored.batch.rows] = np.array([text or None for text in texts], dtype=object)[pattern]
    for row, warnings in own.items():
        joined[row] = "; ".join([*warnings, *([joined[row]] if joined[row] else [])])
    failed = np.ones(n_rows, dtype=bool)
    failed[scored.rows] = False
    joined[failed] = None
    return pa.array(joined, pa.string())
