"""What a summary needs of one part: small, plain JSON, and the same whoever counted it."""

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from agelens.clocks.base import FloatArray

if TYPE_CHECKING:
    from agelens.clocks.batches.outcomes import Scored

BIN = 0.1  # in the clock's unit
OFFSETS = 1000  # where in its bin the mean of a bin's values lies, in so many steps
DECADE = 10
MOST_REASONS = 200


def tally_of(scored: "Scored", warnings: pa.Array) -> dict[str, Any]:
    """Count a batch.

    `prediction` has the bins that are not empty: which, how many, and where in the bin their mean is.
    """
    scores, good = scored.scores, scored.good
    informative = scored.clock.manifest.informative
    missing = {
        key: int(np.isnan(scored.batch.table.column(key)[good]).sum()) for key in informative
    }
    contributions = scores.contributions[good]
    return {
        "rows": scored.batch.n_rows,
        "scored": int(good.sum()),
        "warned": len(warnings) - warnings.null_count,
        "prediction": _binned(scores.prediction[good]) | moments(scores.prediction[good]),
        "age_gap": _age_gaps(scored),
        "factors": {
            key: [float(np.abs(of).sum()), float(of.sum())]
            for key, of in zip(scores.features, contributions.T, strict=True)
        },
        "errors": _reasons(scored),
        "missing": {key: n for key, n in missing.items() if n},
    }


def moments(values: FloatArray) -> dict[str, Any]:
    """Number, mean, sum of squared deviations, extremes."""
    if not len(values):
        return {"n": 0, "mean": 0.0, "squares": 0.0}
    mean = float(values.mean())
    return {
        "n": len(values),
        "mean": mean,
        "squares": float(((values - mean) ** 2).sum()),
        "min": float(values.min()),
        "max": float(values.max()),
    }


def reason(field: str, message: str) -> str:
    """A problem without what is particular to its row, so that alike rows can be counted."""
    plain = re.sub(r' \(".*"\)', "", message.partition(";")[0])
    return f"{field} {plain}".strip()


def _binned(values: FloatArray) -> dict[str, Any]:
    bins = np.floor(values / BIN).astype(np.int64)
    filled, inverse, counts = np.unique(bins, return_inverse=True, return_counts=True)
    sums = np.bincount(inverse, values / BIN - bins, minlength=len(filled))
    offsets = np.round(sums / counts * OFFSETS).astype(int)
    return {"bins": filled.tolist(), "counts": counts.tolist(), "offsets": offsets.tolist()}


def _age_gaps(scored: "Scored") -> dict[str, Any] | None:
    if scored.gaps is None:
        return None
    known = scored.good & np.isfinite(scored.gaps.raw)
    gaps, table = scored.gaps.raw[known], scored.batch.table
    decades = np.floor(table.chronological_age[known] / DECADE).astype(int)
    sexes = np.nan_to_num(table.column("sex")[known], nan=-1).astype(int)
    choices = next((f.choices for f in scored.clock.manifest.features if f.key == "sex"), ())
    groups = []
    for sex, decade in sorted(set(zip(sexes.tolist(), decades.tolist(), strict=True))):
        of = moments(gaps[(sexes == sex) & (decades == decade)])
        who = choices[sex] if sex >= 0 else None
        groups.append([who, decade * DECADE, of["n"], of["mean"], of["squares"]])
    return moments(gaps) | {"groups": groups}


def _reasons(scored: "Scored") -> dict[str, int]:
    counted: Counter[str] = Counter()
    for problems in scored.batch.errors.values():
        counted.update(
            {reason("" if p.field == "answers" else p.field, p.message) for p in problems}
        )
    counted.update(scored.failed.values())
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:MOST_REASONS])
