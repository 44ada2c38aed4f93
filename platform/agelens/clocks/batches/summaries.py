"""Summary statistics of a cohort, pooled from the tallies of its parts."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray, IntArray, Manifest
from agelens.clocks.batches.missingness import pooled_missingness
from agelens.clocks.batches.reasons import Counted, ReasonGroups, Wording
from agelens.clocks.batches.tallies import DECADE_YEARS, OFFSETS, bin_width
from agelens.domain.panel import AGE
from agelens.wire import (
    AgeGapGroup,
    AgeGaps,
    Distribution,
    GroupedReason,
    Histogram,
    Summary,
    TopFactor,
)

MOST_ERRORS = 20
MOST_BARS = 50
AGE_LABEL = "Chronological age"
PERCENTILES = (5, 25, 50, 75, 95)
Tally = Mapping[str, Any]


@dataclass(frozen=True)
class Bins:
    """The bins that are not empty: which, how many values, and where in the bin their mean is."""

    filled: IntArray
    counts: IntArray
    means: FloatArray

    def value(self, place: int) -> float:
        """About the value of this rank: those of a bin are evenly spread about their mean."""
        ends = self.counts.cumsum()
        found = int(np.searchsorted(ends, place, side="right"))
        mean, count = float(self.means[found]), int(self.counts[found])
        rank = place - (int(ends[found]) - count)
        spread = 2 * min(mean, 1 - mean)
        return float(self.filled[found]) + mean + spread * ((rank + 0.5) / count - 0.5)


def summary_of(manifest: Manifest, tallies: Iterable[Tally]) -> Summary:
    """The cohort's summary.

    Parameters
    ----------
    manifest : Manifest
        Of the clock that scored it.
    tallies : iterable of mapping
        Of its parts, in their order: so the summary is the same to the bit, whoever was first.
    """
    parts = list(tallies)
    rows, scored = (sum(part[name] for part in parts) for name in ("rows", "scored"))
    labels = {f.key: f.label for f in manifest.features}
    wording = Wording(manifest.features)
    predictions = [part["prediction"] for part in parts]
    distribution, histogram = _distribution(predictions, bin_width(manifest.unit))
    summary: Summary = {
        "rows": rows,
        "scored": scored,
        "failed": rows - scored,
        "warned": sum(part["warned"] for part in parts),
        "unit": manifest.unit,
        "prediction": distribution,
        "histogram": histogram,
        "age_gap": _age_gap([part["age_gap"] for part in parts if part["age_gap"]]),
        "top_factors": _top_factors(parts, scored, labels),
        "errors": [
            {"reason": wording.in_words(reason), "rows": n}
            for reason, n in _most(parts, "errors")[:MOST_ERRORS]
        ],
        "missing": [
            {"feature": key, "label": labels[key], "rows": n} for key, n in _most(parts, "missing")
        ],
    }
    if all("missingness" in part for part in parts):  # of parts scored before an update, none
        read = [part["missingness"] for part in parts if part["missingness"]]
        summary["missingness"] = pooled_missingness(read, labels | {AGE: AGE_LABEL})
        summary["grouped_errors"] = _grouped(manifest, parts, "grouped_errors")
        summary["grouped_warnings"] = _grouped(manifest, parts, "grouped_warnings")
    return summary


def _grouped(manifest: Manifest, parts: Sequence[Tally], name: str) -> list[GroupedReason]:
    groups = ReasonGroups(manifest.features)
    for part in parts:
        for reason, n_rows, first_rows in part[name]:
            groups.count(Counted(reason, n_rows, first_rows))
    return groups.grouped()[:MOST_ERRORS]


def _most(parts: Sequence[Tally], name: str) -> list[tuple[str, int]]:
    counted: Counter[str] = Counter()
    for part in parts:
        counted.update(part[name])
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _top_factors(parts: Sequence[Tally], scored: int, labels: Mapping[str, str]) -> list[TopFactor]:
    if not scored:
        return []
    factors: list[TopFactor] = []
    for key in parts[0]["factors"]:
        absolute, plain = zip(*(part["factors"][key] for part in parts), strict=True)
        factors.append(
            {
                "feature": key,
                "label": labels[key],
                "mean_absolute": math.fsum(absolute) / scored,
                "mean": math.fsum(plain) / scored,
            }
        )
    return sorted(factors, key=lambda each: -each["mean_absolute"])


def _pooled(parts: Sequence[tuple[int, float, float]]) -> tuple[int, float, float | None]:
    """Number, mean and SD (of at least two) from the numbers, means and squares of parts."""
    n = sum(count for count, _, _ in parts)
    mean = math.fsum(count * of for count, of, _ in parts) / n
    between = (count * (of - mean) ** 2 for count, of, _ in parts)
    squares = math.fsum([*(within for _, _, within in parts), *between])
    return n, mean, math.sqrt(squares / (n - 1)) if n > 1 else None


def _age_gap(parts: Sequence[Tally]) -> AgeGaps | None:
    if not sum(part["n"] for part in parts):
        return None
    grouped: dict[tuple[str | None, int], list[tuple[int, float, float]]] = {}
    for part in parts:
        for sex, age, n, mean, squares in part["groups"]:
            grouped.setdefault((sex, age), []).append((n, mean, squares))
    groups: list[AgeGapGroup] = []
    for sex, age in sorted(grouped, key=lambda each: (each[0] or "", each[1])):
        n, mean, sd = _pooled(grouped[sex, age])
        last = age + DECADE_YEARS
        groups.append({"sex": sex, "age_from": age, "age_to": last, "n": n, "mean": mean, "sd": sd})
    _, mean, sd = _pooled([(part["n"], part["mean"], part["squares"]) for part in parts])
    return {"mean": mean, "sd": sd, "groups": groups}


def _distribution(
    parts: Sequence[Tally], width: float
) -> tuple[Distribution, Histogram] | tuple[None, None]:
    parts = [part for part in parts if part["n"]]
    if not parts:
        return None, None
    _, mean, sd = _pooled([(part["n"], part["mean"], part["squares"]) for part in parts])
    low, high = min(part["min"] for part in parts), max(part["max"] for part in parts)
    bins = _pooled_bins(parts)
    percentiles = [
        min(max(_percentile(bins, percent) * width, low), high) for percent in PERCENTILES
    ]
    p5, p25, median, p75, p95 = percentiles
    distribution: Distribution = {
        "mean": mean,
        "sd": sd,
        "min": low,
        "p5": p5,
        "p25": p25,
        "median": median,
        "p75": p75,
        "p95": p95,
        "max": high,
    }
    return distribution, _histogram(bins, width)


def _pooled_bins(parts: Sequence[Tally]) -> Bins:
    places, counts, offsets = (
        np.concatenate([np.array(part[name]) for part in parts])
        for name in ("bins", "counts", "offsets")
    )
    filled, inverse = np.unique(places, return_inverse=True)
    counted = np.bincount(inverse, counts)
    means = np.bincount(inverse, counts * offsets) / counted / OFFSETS
    return Bins(filled, counted.astype(np.int64), means)


def _percentile(bins: Bins, percent: float) -> float:
    """By linear interpolation between the order statistics, in bins."""
    place = (int(bins.counts.sum()) - 1) * percent / 100
    below, above = (bins.value(each) for each in (math.floor(place), math.ceil(place)))
    return below + (above - below) * (place - math.floor(place))


def _histogram(bins: Bins, width: float) -> Histogram:
    step = _step(int(bins.filled[-1] - bins.filled[0]) + 1)
    bars = bins.filled // step
    first = int(bars[0])
    return {
        "start": round(first * step * width, 6),
        "width": round(step * width, 6),
        "counts": np.bincount(bars - first, bins.counts).astype(int).tolist(),
    }


def _step(n_bins: int) -> int:
    """The fewest bins of a bar, a round number, with which there are not too many bars."""
    step, factors = 1, cycle((2.0, 2.5, 2.0))  # 1, 2, 5, 10, 20, ...
    while n_bins >= MOST_BARS * step:
        step = round(step * next(factors))
    return step
