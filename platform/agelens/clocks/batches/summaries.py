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
from agelens.clocks.batches.reasons import ReasonCount, ReasonGroups, Wording
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

    def value(self, rank: int) -> float:
        """About the value of this rank: those of a bin are evenly spread about their mean."""
        ends = self.counts.cumsum()
        bin_index = int(np.searchsorted(ends, rank, side="right"))
        mean, count = float(self.means[bin_index]), int(self.counts[bin_index])
        rank_in_bin = rank - (int(ends[bin_index]) - count)
        spread = 2 * min(mean, 1 - mean)
        return float(self.filled[bin_index]) + mean + spread * ((rank_in_bin + 0.5) / count - 0.5)


def summary_of(manifest: Manifest, tallies: Iterable[Tally]) -> Summary:
    """The cohort's summary.

    Parameters
    ----------
    manifest : Manifest
        Of the clock that scored it.
    tallies : iterable of mapping
        Of its parts, in their order: so the summary is the same to the bit, whoever was first.
    """
    part_tallies = list(tallies)
    rows, scored = (sum(tally[name] for tally in part_tallies) for name in ("rows", "scored"))
    labels = {f.key: f.label for f in manifest.features}
    wording = Wording(manifest.features)
    predictions = [tally["prediction"] for tally in part_tallies]
    distribution, histogram = _distribution(predictions, bin_width(manifest.unit))
    summary: Summary = {
        "rows": rows,
        "scored": scored,
        "failed": rows - scored,
        "warned": sum(tally["warned"] for tally in part_tallies),
        "unit": manifest.unit,
        "prediction": distribution,
        "histogram": histogram,
        "age_gap": _age_gap([tally["age_gap"] for tally in part_tallies if tally["age_gap"]]),
        "top_factors": _top_factors(part_tallies, scored, labels),
        "errors": [
            {"reason": wording.in_words(reason), "rows": n}
            for reason, n in _most(part_tallies, "errors")[:MOST_ERRORS]
        ],
        "missing": [
            {"feature": key, "label": labels[key], "rows": n}
            for key, n in _most(part_tallies, "missing")
        ],
    }
    # parts scored before an update have none
    if all("missingness" in tally for tally in part_tallies):
        missingness = [tally["missingness"] for tally in part_tallies if tally["missingness"]]
        summary["missingness"] = pooled_missingness(missingness, labels | {AGE: AGE_LABEL})
        summary["grouped_errors"] = _grouped(manifest, part_tallies, "grouped_errors")
        summary["grouped_warnings"] = _grouped(manifest, part_tallies, "grouped_warnings")
    return summary


def _grouped(manifest: Manifest, tallies: Sequence[Tally], name: str) -> list[GroupedReason]:
    groups = ReasonGroups(manifest.features)
    for tally in tallies:
        for reason, n_rows, first_rows in tally[name]:
            groups.count(ReasonCount(reason, n_rows, first_rows))
    return groups.grouped()[:MOST_ERRORS]


def _most(tallies: Sequence[Tally], name: str) -> list[tuple[str, int]]:
    counted: Counter[str] = Counter()
    for tally in tallies:
        counted.update(tally[name])
    return sorted(counted.items(), key=lambda count: (-count[1], count[0]))


def _top_factors(
    tallies: Sequence[Tally], scored: int, labels: Mapping[str, str]
) -> list[TopFactor]:
    if not scored:
        return []
    factors: list[TopFactor] = []
    for key in tallies[0]["factors"]:
        absolute, plain = zip(*(tally["factors"][key] for tally in tallies), strict=True)
        factors.append(
            {
                "feature": key,
                "label": labels[key],
                "mean_absolute": math.fsum(absolute) / scored,
                "mean": math.fsum(plain) / scored,
            }
        )
    return sorted(factors, key=lambda factor: -factor["mean_absolute"])


def _pooled(moments: Sequence[tuple[int, float, float]]) -> tuple[int, float, float | None]:
    """Number, mean and SD (of at least two) from the numbers, means and squares of parts."""
    n = sum(count for count, _, _ in moments)
    mean = math.fsum(count * mean_of_part for count, mean_of_part, _ in moments) / n
    between = (count * (mean_of_part - mean) ** 2 for count, mean_of_part, _ in moments)
    squares = math.fsum([*(within for _, _, within in moments), *between])
    return n, mean, math.sqrt(squares / (n - 1)) if n > 1 else None


def _age_gap(tallies: Sequence[Tally]) -> AgeGaps | None:
    if not sum(tally["n"] for tally in tallies):
        return None
    grouped: dict[tuple[str | None, int], list[tuple[int, float, float]]] = {}
    for tally in tallies:
        for sex, age, n, mean, squares in tally["groups"]:
            grouped.setdefault((sex, age), []).append((n, mean, squares))
    groups: list[AgeGapGroup] = []
    for sex, age in sorted(grouped, key=lambda sex_and_age: (sex_and_age[0] or "", sex_and_age[1])):
        n, mean, sd = _pooled(grouped[sex, age])
        last = age + DECADE_YEARS
        groups.append({"sex": sex, "age_from": age, "age_to": last, "n": n, "mean": mean, "sd": sd})
    _, mean, sd = _pooled([(tally["n"], tally["mean"], tally["squares"]) for tally in tallies])
    return {"mean": mean, "sd": sd, "groups": groups}


def _distribution(
    tallies: Sequence[Tally], width: float
) -> tuple[Distribution, Histogram] | tuple[None, None]:
    tallies = [tally for tally in tallies if tally["n"]]
    if not tallies:
        return None, None
    _, mean, sd = _pooled([(tally["n"], tally["mean"], tally["squares"]) for tally in tallies])
    low, high = min(tally["min"] for tally in tallies), max(tally["max"] for tally in tallies)
    bins = _pooled_bins(tallies)
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


def _pooled_bins(tallies: Sequence[Tally]) -> Bins:
    bins, counts, offsets = (
        np.concatenate([np.array(tally[name]) for tally in tallies])
        for name in ("bins", "counts", "offsets")
    )
    filled, inverse = np.unique(bins, return_inverse=True)
    counted = np.bincount(inverse, counts)
    means = np.bincount(inverse, counts * offsets) / counted / OFFSETS
    return Bins(filled, counted.astype(np.int64), means)


def _percentile(bins: Bins, percent: float) -> float:
    """By linear interpolation between the order statistics, in bins."""
    rank = (int(bins.counts.sum()) - 1) * percent / 100
    below, above = (bins.value(whole_rank) for whole_rank in (math.floor(rank), math.ceil(rank)))
    return below + (above - below) * (rank - math.floor(rank))


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
