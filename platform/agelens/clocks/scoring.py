"""From panels to results: one person for the API, many for files; every answer is checked."""

from collections.abc import Sequence

import numpy as np

from agelens.clocks.base import Clock, FloatArray, Scores, Table, encoded
from agelens.domain.errors import (
    CannotScore,
    FieldProblem,
    InvalidAnswers,
    NotAdditive,
    json_pointer,
)
from agelens.domain.panel import Panel, read_panel
from agelens.domain.prediction import (
    ADDITIVITY_YEARS,
    AgeGap,
    Contribution,
    Interval,
    Result,
)


def read_panel_for(
    clock: Clock, answers: object, units: object = None, chronological_age: object = None
) -> Panel:
    """A panel that this clock can score.

    Raises
    ------
    InvalidAnswers
        With every problem at once; nothing else, whatever was sent.
    """
    manifest = clock.manifest
    panel = read_panel(
        manifest.features, answers, units, chronological_age, needs_age=manifest.needs_age
    )
    problems = []
    if lacking := clock.lacks(panel.values):
        problems.append(FieldProblem(json_pointer("answers"), "answers", lacking))
    age = panel.chronological_age
    if clock.ages and age is not None and not clock.ages[0] <= age <= clock.ages[1]:
        words = "must be between {:g} and {:g} for this clock, as it was in training"
        where = "chronological_age"
        problems.append(FieldProblem(json_pointer(where), where, words.format(*clock.ages)))
    if problems:
        raise InvalidAnswers(problems)
    return panel


def predict(clock: Clock, panel: Panel) -> Result:
    """Score one person.

    Raises
    ------
    CannotScore
        If the panel lacks what the clock needs.
    NotAdditive
        If the explanation does not add up to the prediction.
    """
    scores = clock.score(table_of(clock, [panel]))
    if scores.errors:
        raise CannotScore(scores.errors[0])
    gap = float(additivity_gap_years(scores)[0])
    if not abs(gap) < ADDITIVITY_YEARS:
        raise NotAdditive(f"The explanation misses the prediction by {gap} {clock.manifest.unit}")
    return _result(clock, panel, scores, gap)


def score_panels(clock: Clock, panels: Sequence[Panel]) -> tuple[Scores, dict[int, str]]:
    """Score many people; the errors hold everyone who has no number to show, by place."""
    scores = clock.score(table_of(clock, panels))
    errors = dict(scores.errors)
    wrong = ~(np.abs(additivity_gap_years(scores)) < ADDITIVITY_YEARS)
    for place in np.flatnonzero(wrong):
        errors.setdefault(int(place), NotAdditive.title)
    return scores, errors


def table_of(clock: Clock, panels: Sequence[Panel]) -> Table:
    """The panels as columns; a feature that nobody answered has none."""
    answered = set().union(*(panel.values for panel in panels))
    columns = {
        f.key: encoded(f, [panel.values.get(f.key) for panel in panels])
        for f in clock.manifest.features
        if f.key in answered
    }
    ages = [np.nan if p.chronological_age is None else p.chronological_age for p in panels]
    return Table(columns, np.array(ages, dtype=float))


def additivity_gap_years(scores: Scores) -> FloatArray:
    """How far each explanation is from adding up to its prediction.

    Parameters
    ----------
    scores : Scores

    Returns
    -------
    ndarray of float64, shape (n_people,)
        In the clock's unit; 0 when exact, NaN where there is no prediction.

    Source
    ------
    Local accuracy, Lundberg & Lee, NeurIPS 2017.
    """
    gap: FloatArray = scores.base_value + scores.contributions.sum(axis=1) - scores.prediction
    return gap


def _result(clock: Clock, panel: Panel, scores: Scores, gap: float) -> Result:
    manifest = clock.manifest
    missing = [key for key in manifest.informative if key not in panel.values]
    clipped = [key for key, was in zip(scores.features, scores.clipped[0], strict=True) if was]
    interval = _interval(clock, scores)
    return Result(
        prediction=float(scores.prediction[0]),
        unit=manifest.unit,
        interval=interval,
        interval_reason=None if interval else manifest.interval_method,
        base_value=float(scores.base_value[0]),
        base_meaning=manifest.base_meaning,
        contributions=_contributions(clock, panel, scores),
        additivity_gap=gap,
        age_gap=_age_gap(clock, panel, float(scores.prediction[0]), complete=not missing),
        derived={k: float(v[0]) for k, v in scores.derived.items() if np.isfinite(v[0])},
        missing=missing,
        clipped=clipped,
        warnings=_warnings(clock, panel, missing, clipped),
        model={
            "name": manifest.name,
            "version": manifest.version,
            "sha256": manifest.sha256,
            "data_sha256": manifest.data_sha256,
        },
    )


def _interval(clock: Clock, scores: Scores) -> Interval | None:
    level = clock.manifest.interval_level
    if level is None or not np.isfinite([scores.low[0], scores.high[0]]).all():
        return None
    return {
        "low": float(scores.low[0]),
        "high": float(scores.high[0]),
        "level": level,
        "method": clock.manifest.interval_method,
    }


def _contributions(clock: Clock, panel: Panel, scores: Scores) -> list[Contribution]:
    features = {f.key: f for f in clock.manifest.features}
    rows: list[Contribution] = []
    for place, key in enumerate(scores.features):
        imputed = bool(scores.imputed[0, place])
        if key not in panel.values and not imputed:
            continue
        f = features[key]
        rows.append(
            {
                "feature": key,
                "label": f.label,
                "value": panel.values.get(key),
                "unit": f.unit,
                "years": float(scores.contributions[0, place]),
                "imputed": imputed,
                "clipped": bool(scores.clipped[0, place]),
                "reference_range": f.reference.describe() if f.reference else None,
                "modifiable": f.modifiable,
            }
        )
    return sorted(rows, key=lambda row: -abs(row["years"]))


def _age_gap(clock: Clock, panel: Panel, prediction: float, *, complete: bool) -> AgeGap | None:
    age = panel.chronological_age
    if age is None or clock.manifest.unit != "years":
        return None
    raw = prediction - age
    reference = clock.reference
    sex = panel.values.get("sex")
    if reference is None:
        return {"raw": raw, "adjusted": None, "percentile": None, "reference": None}
    if not complete:  # the reference people's gaps are of complete panels
        return {"raw": raw, "adjusted": None, "percentile": None, "reference": reference.name}
    who = sex if isinstance(sex, str) else None
    return {
        "raw": raw,
        "adjusted": reference.adjusted(raw, age, who),
        "percentile": reference.percentile(raw, age, who),
        "reference": reference.name,
    }


def _warnings(
    clock: Clock, panel: Panel, missing: Sequence[str], clipped: Sequence[str]
) -> list[str]:
    warnings = list(panel.warnings)
    warnings += [f"{key} is beyond the training data and counts as its limit" for key in clipped]
    age, reference = panel.chronological_age, clock.reference
    if age is None or reference is None:
        return warnings
    first, last = reference.ages
    if not first <= age < last + 1:
        warnings.append(f"the age gap is ranked for ages {first} to {last} only")
    elif missing:
        warnings.append("the age gap is ranked for complete panels only")
    return warnings
