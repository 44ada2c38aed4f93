"""Warnings for each row of a batch, with the wording of a single person's result."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray
from agelens.clocks.batches.row_patterns import patterns_of
from agelens.clocks.batches.scored import Scored

Note = tuple[str, BoolArray]


def warnings_of(scored: Scored) -> pa.Array:
    """The warnings of every row of the part, joined by "; "; null where there are none."""
    notes = [(text, rows) for text, rows in _notes(scored) if rows.any()]
    n_rows, own = scored.batch.n_rows, scored.batch.warnings
    if not notes and not own:
        return pa.nulls(n_rows, pa.string())
    first, pattern = patterns_of([rows for _, rows in notes], len(scored.batch.table))
    texts = ["; ".join(text for text, rows in notes if rows[row]) for row in first]
    joined = np.full(n_rows, None, dtype=object)
    joined[scored.batch.rows] = np.array([text or None for text in texts], dtype=object)[pattern]
    for row, warnings in own.items():
        joined[row] = "; ".join([*warnings, *([joined[row]] if joined[row] else [])])
    failed = np.ones(n_rows, dtype=bool)
    failed[scored.rows] = False
    joined[failed] = None
    return pa.array(joined, pa.string())


def _notes(scored: Scored) -> Sequence[Note]:
    """Every warning that does not depend on how a row was written, with the rows that it is about."""
    scores, reference = scored.scores, scored.clock.reference
    text = "{} is beyond the training data and counts as its limit"
    notes = [
        (text.format(key), rows)
        for key, rows in zip(scores.features, scores.clipped.T, strict=True)
    ]
    if reference is None:
        return notes
    ages = scored.batch.table.chronological_age
    first, last = reference.ages
    ranked = (first <= ages) & (ages < last + 1)
    other_ages = f"the age gap is ranked for ages {first} to {last} only"
    notes.append((other_ages, ~ranked & ~np.isnan(ages)))
    notes.append(("the age gap is ranked for complete panels only", ranked & ~scored.complete))
    return notes
