"""The warnings about the rows of a batch, as a result of one person carries them."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from agelens.clocks.batches.outcomes import Scored


def warnings_of(scored: "Scored") -> pa.Array:
    """The warnings of every row of the part, joined; null where there are none."""
    clock, table = scored.clock, scored.batch.table
    told: list[str | None] = [None] * scored.batch.n_rows
    ages = table.chronological_age
    reference = clock.reference
    for place in np.flatnonzero(scored.good).tolist():
        row = int(scored.batch.rows[place])
        words = list(scored.batch.warnings.get(row, ()))
        clipped = np.flatnonzero(scored.scores.clipped[place])
        words += [
            f"{scored.scores.features[each]} is beyond the training data and counts as its limit"
            for each in clipped
        ]
        if reference is not None and not np.isnan(ages[place]):
            first, last = reference.ages
            if not first <= ages[place] < last + 1:
                words.append(f"the age gap is ranked for ages {first} to {last} only")
            elif not scored.complete[place]:
                words.append("the age gap is ranked for complete panels only")
        if words:
            told[row] = "; ".join(words)
    return pa.array(told, pa.string())
