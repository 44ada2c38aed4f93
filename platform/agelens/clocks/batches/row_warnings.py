"""Warnings for each row of a batch, with the wording of a single person's result."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.batches.row_patterns import patterns_of
from agelens.clocks.batches.scored import Scored


def warnings_of(scored: Scored) -> pa.Array:
    """The warnings of every row of the part, joined by "; "; null where there are none."""
    found = scored.notes
    n_rows, own = scored.batch.n_rows, scored.batch.warnings
    if not found and not own:
        return pa.nulls(n_rows, pa.string())
    first, pattern = patterns_of([rows for _, rows in found], len(scored.batch.table))
    texts = ["; ".join(text for text, rows in found if rows[row]) or None for row in first]
    places = np.full(n_rows, -1)
    places[scored.rows] = pattern[scored.good]
    joined = pa.array(texts, pa.string()).take(pa.array(places, mask=places < 0))
    return _with_own(joined, {row: own[row] for row in own if places[row] >= 0})


def _with_own(joined: pa.Array, own: Mapping[int, Sequence[str]]) -> pa.Array:
    """With the warnings of how rows were written in front; these are few."""
    if not own:
        return joined
    replaced = np.zeros(len(joined), dtype=bool)
    replaced[list(own)] = True
    texts = []
    for row in sorted(own):
        more = joined[row].as_py()
        texts.append("; ".join([*own[row], *([more] if more else [])]))
    return pc.replace_with_mask(joined, pa.array(replaced), pa.array(texts, pa.string()))
