"""Missing biomarkers of a cohort: how many rows lack each, and which are missing together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agelens.clocks.base import BoolArray
from agelens.clocks.batches.row_patterns import patterns_of
from agelens.wire import Missingness

MOST_PATTERNS = 250  # of a part; rows of rarer ones are counted together
SHOWN_PATTERNS = 12


def missingness_tally(missing: Mapping[str, BoolArray]) -> dict[str, Any] | None:
    """Count a part's rows by what they lack; a pattern is written as the bits of its features, in hex.

    Parameters
    ----------
    missing : mapping of str to ndarray of bool, shape (n_rows,)
        Of a `Batch`.
    """
    if not missing:
        return None
    flags = np.stack(list(missing.values()))
    n_rows = flags.shape[1]
    first, pattern = patterns_of(list(flags), n_rows)
    counts = np.bincount(pattern, minlength=len(first))
    commonest = np.argsort(-counts, kind="stable")[:MOST_PATTERNS]
    codes = np.packbits(flags[:, first[commonest]], axis=0)
    return {
        "rows": n_rows,
        "missing": dict(zip(missing, flags.sum(axis=1).tolist(), strict=True)),
        "patterns": {
            codes[:, column].tobytes().hex(): int(counts[pattern_number])
            for column, pattern_number in enumerate(commonest)
        },
    }


def pooled_missingness(
    tallies: Sequence[Mapping[str, Any]], labels: Mapping[str, str]
) -> Missingness | None:
    """The missingness of a cohort from those of its parts; None where none of them was read."""
    if not tallies:
        return None
    keys = list(tallies[0]["missing"])
    n_rows = sum(tally["rows"] for tally in tallies)
    missing, patterns = Counter[str](), Counter[str]()
    for tally in tallies:
        missing.update(tally["missing"])
        patterns.update(tally["patterns"])
    commonest = sorted(patterns.items(), key=lambda count: (-count[1], count[0]))[:SHOWN_PATTERNS]
    return {
        "rows": n_rows,
        "features": [
            {"feature": key, "label": labels[key], "rows": missing[key]}
            for key in sorted(keys, key=lambda key: -missing[key])
        ],
        "patterns": [{"features": _decoded(code, keys), "rows": n} for code, n in commonest],
        "other_rows": n_rows - sum(n for _, n in commonest),
    }


def _decoded(code: str, keys: Sequence[str]) -> list[str]:
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(code), np.uint8))
    return [key for key, bit in zip(keys, bits, strict=False) if bit]
