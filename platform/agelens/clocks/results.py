"""Build the result of one person from a clock's scores, in plain JSON types."""

from collections.abc import Sequence

import numpy as np

from agelens.clocks.base import (
    AgeGapReference,
    Clock,
    HasCompletedRange,
    HasExpectedIntervalWidth,
    HasOwnAgeBaseline,
    Scores,
    Table,
)
from agelens.clocks.provenance import identity
from agelens.clocks.references import YEARS, references_of
from agelens.domain.panel import OWN_AGE, Panel
from agelens.wire import AgeGap, Contribution, ExpectedWidth, Interval, OtherRank, Result


def result_of(
    clock: Clock,
    panel: Panel,
    table: Table,
    scores: Scores,
    row: int,
    gap: float,
    warnings: Sequence[str],
) -> Result:
    """The result of a task; `gap` is the additivity gap of its explanation."""
    manifest = clock.manifest
    missing = [key for key in manifest.informative if key not in panel.values]
    clipped = [key for key, was in zip(scores.features, scores.clipped[row], strict=True) if was]
    interval = _interval(clock, scores, row)
    return Result(
        prediction=float(scores.prediction[row]),
        unit=manifest.unit,
        interval=interval,
        interval_reason=None if interval else manifest.interval_method,
        base_value=float(scores.base_value[row]),
        base_meaning=_base_meaning(clock, panel),
        contributions=_contributions(clock, panel, scores, row),
        additivity_gap=gap,
        age_gap=_age_gap(clock, panel, table, scores, row, complete=not missing),
        rank=_rank(clock, panel, float(scores.prediction[row]), complete=not missing),
        # the wire's word for the expected interval widths
        narrowing=_expected_interval_widths(clock, table, row, missing, interval),
        derived={k: float(v[row]) for k, v in scores.derived.items() if np.isfinite(v[row])},
        missing=missing,
        clipped=clipped,
        warnings=list(warnings),
        model=identity(manifest),
    )


def _base_meaning(clock: Clock, panel: Panel) -> str:
    age = panel.chronological_age
    if panel.baseline == OWN_AGE and age is not None and isinstance(clock, HasOwnAgeBaseline):
        return clock.own_age_meaning(age)
    return clock.manifest.base_meaning


def _interval(clock: Clock, scores: Scores, row: int) -> Interval | None:
    level = clock.manifest.interval_level
    if level is None or not np.isfinite([scores.low[row], scores.high[row]]).all():
        return None
    return {
        "low": float(scores.low[row]),
        "high": float(scores.high[row]),
        "level": level,
        "method": clock.manifest.interval_method,
    }


def _contributions(clock: Clock, panel: Panel, scores: Scores, row: int) -> list[Contribution]:
    features = {f.key: f for f in clock.manifest.features}
    contributions: list[Contribution] = []
    for index, key in enumerate(scores.features):
        imputed = bool(scores.imputed[row, index])
        if key not in panel.values and not imputed:
            continue
        f = features[key]
        contributions.append(
            {
                "feature": key,
                "label": f.label,
                "value": panel.values.get(key),
                "unit": f.unit,
                "years": float(scores.contributions[row, index]),
                "imputed": imputed,
                "clipped": bool(scores.clipped[row, index]),
                "reference_range": f.reference.describe() if f.reference else None,
                "modifiable": f.modifiable,
            }
        )
    return sorted(contributions, key=lambda contribution: -abs(contribution["years"]))


def _expected_interval_widths(
    clock: Clock, table: Table, row: int, missing: Sequence[str], interval: Interval | None
) -> list[ExpectedWidth] | None:
    if interval is None or not isinstance(clock, HasExpectedIntervalWidth):
        return None
    if not missing:
        return []
    now = interval["high"] - interval["low"]
    widths = clock.expected_widths(table.person(row), missing, now)
    labels = {f.key: f.label for f in clock.manifest.features}
    entries: list[ExpectedWidth] = [
        {"feature": key, "label": labels[key], "width_now": now, "width_expected": widths[key]}
        for key in missing
    ]
    return sorted(entries, key=lambda entry: entry["width_expected"])


def _age_gap(
    clock: Clock, panel: Panel, table: Table, scores: Scores, row: int, *, complete: bool
) -> AgeGap | None:
    age = panel.chronological_age
    if age is None or clock.manifest.unit != YEARS:
        return None
    raw = float(scores.prediction[row]) - age
    gap: AgeGap = {
        "raw": raw,
        "adjusted": None,
        "percentile": None,
        "reference": None,
        "percentile_range": None,
        "others": [],
    }
    reference = clock.reference
    if reference is None:
        return gap
    sex = panel.values.get("sex")
    sex_name = sex if isinstance(sex, str) else None
    gap["reference"] = reference.described(sex_name)
    half_width = scores.missing_half_width
    if not complete and half_width is None:  # the reference people's gaps are of complete panels
        if isinstance(clock, HasCompletedRange) and not panel.context:
            ends = clock.completed_range(table.person(row))
            gap["percentile_range"] = _ranks(reference, [end - age for end in ends], age, sex_name)
        return gap
    gap["adjusted"] = reference.adjusted(raw, age, sex_name)
    if panel.context:
        return gap
    gap["percentile"] = reference.percentile(raw, age, sex_name)
    if complete:
        ranks = (
            other_reference.rank(raw, age, sex_name)
            for other_reference in references_of(clock.manifest)
        )
        gap["others"] = [rank for rank in ranks if rank is not None]
    if not complete and half_width is not None:
        around = [raw - float(half_width[row]), raw + float(half_width[row])]
        gap["percentile_range"] = _ranks(reference, around, age, sex_name)
    return gap


def _ranks(
    reference: AgeGapReference, gaps: Sequence[float], age: float, sex: str | None
) -> list[float] | None:
    """The percentiles of these gaps; None at an age that the reference does not have."""
    percentiles = [reference.percentile(gap, age, sex) for gap in gaps]
    return [rank for rank in percentiles if rank is not None] or None


def _rank(clock: Clock, panel: Panel, prediction: float, *, complete: bool) -> OtherRank | None:
    """The percentile of an answer that is no age, among people of that age and sex."""
    age, sex = panel.chronological_age, panel.values.get("sex")
    if clock.manifest.unit == YEARS or age is None or panel.context or not complete:
        return None
    references = references_of(clock.manifest)
    return (
        references[0].rank(prediction, age, sex if isinstance(sex, str) else None)
        if references
        else None
    )
