"""Tally of one part: mergeable counts and moments in plain JSON, for the cohort's summary."""

from collections import Counter
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.batches.batch import without_quotation
from agelens.clocks.batches.missingness import missingness_tally
from agelens.clocks.batches.reasons import FIRST_ROWS, ReasonGroups
from agelens.clocks.batches.scored import Scored
from agelens.clocks.marker_transforms import SEX

BIN_YEARS = 0.1
BIN_OTHERWISE = 0.01  # in the clock's unit
FARTHEST_BIN = 1e15  # beyond it a float has no tenths
OFFSETS = 1000  # where in its bin the mean of a bin's values lies, in so many steps
DECADE_YEARS = 10
MOST_REASONS = 200


def tally_of(scored: Scored, n_warned: int, first_row: int) -> dict[str, Any]:
    """Count a batch, whose first row has this number in the file.

    `prediction` has the bins that are not empty: which, how many, and where in the bin their mean is.
    """
    scores, good, table = scored.scores, scored.good, scored.batch.table
    everybody = bool(good.all())
    contributions = scores.contributions if everybody else scores.contributions[good]
    prediction = scores.prediction[good]
    absolute, plain = np.abs(contributions).sum(axis=0), contributions.sum(axis=0)
    missing = {
        key: int((np.isnan(table.column(key)) & good).sum())
        for key in scored.clock.manifest.informative
    }
    binned = _binned(prediction, bin_width(scored.clock.manifest.unit))
    return {
        "rows": scored.batch.n_rows,
        "scored": len(prediction),
        "warned": n_warned,
        "prediction": _moments(prediction) | binned,
        "age_gap": _age_gaps(scored),
        "factors": dict(zip(scores.features, np.stack([absolute, plain]).T.tolist(), strict=True)),
        "errors": _reasons(scored),
        "missing": {key: n_rows for key, n_rows in missing.items() if n_rows},
        "missingness": missingness_tally(scored.batch.missing),
        "grouped_errors": _grouped_errors(scored, first_row),
        "grouped_warnings": _grouped_warnings(scored, first_row),
    }


def bin_width(unit: str) -> float:
    """How wide the bins are in which predictions of this unit are counted."""
    return BIN_YEARS if unit == "years" else BIN_OTHERWISE


def _moments(values: FloatArray) -> dict[str, Any]:
    """Number, mean, sum of squared deviations, extremes."""
    if not len(values):
        return {"n": 0, "mean": 0.0, "squares": 0.0, "min": None, "max": None}
    mean = float(values.mean())
    return {
        "n": len(values),
        "mean": mean,
        "squares": float(((values - mean) ** 2).sum()),
        "min": float(values.min()),
        "max": float(values.max()),
    }


def _binned(values: FloatArray, width: float) -> dict[str, Any]:
    positions = np.clip(values / width, -FARTHEST_BIN, FARTHEST_BIN)
    bins = np.floor(positions).astype(np.int64)
    filled, inverse, counts = np.unique(bins, return_inverse=True, return_counts=True)
    within = np.bincount(inverse, positions - bins, minlength=len(filled)) / counts
    offsets = np.rint(within * OFFSETS).astype(int)
    return {"bins": filled.tolist(), "counts": counts.tolist(), "offsets": offsets.tolist()}


def _age_gaps(scored: Scored) -> dict[str, Any] | None:
    """The gaps of everybody, and of every sex and decade of age."""
    if scored.gaps is None:
        return None
    has_gap = scored.good & np.isfinite(scored.gaps.raw)
    gaps, table = scored.gaps.raw[has_gap], scored.batch.table
    decades = np.floor(table.chronological_age[has_gap] / DECADE_YEARS).astype(int)
    sexes = np.nan_to_num(table.column(SEX)[has_gap], nan=-1).astype(int)
    groups = []
    for sex in np.unique(sexes).tolist():
        sex_name = scored.choices_of_sex[sex] if sex >= 0 else None
        of_sex = sexes == sex
        for decade in np.unique(decades[of_sex]).tolist():
            moments = _moments(gaps[of_sex & (decades == decade)])
            groups.append(
                [sex_name, decade * DECADE_YEARS, moments["n"], moments["mean"], moments["squares"]]
            )
    return _moments(gaps) | {"groups": groups}


def _reasons(scored: Scored) -> dict[str, int]:
    batch = scored.batch
    in_general: Counter[tuple[str, str]] = Counter()
    for problems, n_rows in batch.problem_counts():
        for reason in {(problem.field, _in_general(problem.message)) for problem in problems}:
            in_general[reason] += n_rows
    counted = Counter(scored.failed.values())
    for (key, message), n_rows in in_general.items():
        counted[batch.column_message(key, message)] += n_rows
    return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_REASONS])


def _grouped_errors(scored: Scored, first_row: int) -> list[list[Any]]:
    groups = ReasonGroups(scored.clock.manifest.features)
    failed = {int(scored.batch.rows[row]): message for row, message in scored.failed.items()}
    groups.add(scored.batch, first_row, failed)
    return [list(group) for group in groups.counted()[:MOST_REASONS]]


def _grouped_warnings(scored: Scored, first_row: int) -> list[list[Any]]:
    groups = ReasonGroups(scored.clock.manifest.features)
    for text, rows in scored.notes:
        with_number = scored.batch.rows[rows & scored.good]
        if len(with_number):
            groups.add_warning(
                text, len(with_number), (with_number[:FIRST_ROWS] + first_row).tolist()
            )
    parsing_warnings = scored.batch.warnings
    for row in parsing_warnings.keys() & set(scored.rows.tolist()) if parsing_warnings else ():
        for text in parsing_warnings[row]:
            groups.add_warning(text, 1, [row + first_row])
    return [list(group) for group in groups.counted()[:MOST_REASONS]]


def _in_general(message: str) -> str:
    """An error message without its row's own values, so that equal errors can be counted."""
    return without_quotation(message.partition(";")[0])
