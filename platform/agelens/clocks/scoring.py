"""Score panels: one person for the API, many at once for batches of tasks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agelens.clocks.applicability import age_refusal, complete_panels, notes
from agelens.clocks.base import (
    Clock,
    FloatArray,
    HasOwnAgeBaseline,
    PanelRequirements,
    Scores,
    Table,
    encoded,
)
from agelens.clocks.results import result_of
from agelens.domain.context import CONTEXTS
from agelens.domain.errors import (
    CannotScore,
    FieldProblem,
    InvalidAnswers,
    NotAdditive,
    ScoringError,
    json_pointer,
)
from agelens.domain.panel import AGE, OWN_AGE, Panel, read_changes, read_panel
from agelens.wire import Result

ADDITIVITY_YEARS = 1e-6  # how far an explanation may be from its prediction


def read_panel_for(
    clock: Clock,
    answers: object,
    units: object = None,
    chronological_age: object = None,
    baseline: str | None = None,
    context: Sequence[str] = (),
) -> Panel:
    """A panel that this clock can score.

    Parameters
    ----------
    clock : Clock
    answers, units, chronological_age
        As `read_panel` takes them.
    baseline : str, optional
        One of `BASELINES`; a clock that has no choice explains as ever.
    context : sequence of str
        Of `CONTEXTS`.

    Raises
    ------
    InvalidAnswers
        With every problem at once; nothing else, whatever was sent.
    """
    manifest = clock.manifest
    panel = read_panel(
        manifest.features,
        answers,
        units,
        chronological_age,
        needs_age=manifest.needs_age,
        names=manifest.names,
    )
    panel = replace(panel, baseline=baseline, context=tuple(context))
    if problems := obstacles(clock, panel):
        raise InvalidAnswers(problems)
    return panel


def obstacles(clock: PanelRequirements | Clock, panel: Panel) -> list[FieldProblem]:
    """Problems that stop this clock from scoring a valid panel."""
    problems = []
    if lacking := clock.lacks(panel.values):
        problems.append(FieldProblem(json_pointer("answers"), "answers", lacking))
    age = panel.chronological_age
    if clock.ages and age is not None and not clock.ages[0] <= age <= clock.ages[1]:
        where = "chronological_age"
        problems.append(FieldProblem(json_pointer(where), where, age_refusal(clock.ages)))
    if age is None and panel.baseline == OWN_AGE and isinstance(clock, HasOwnAgeBaseline):
        problems.append(FieldProblem(json_pointer(AGE), AGE, "is needed for this baseline"))
    return problems


def read_changes_for(
    clock: Clock, panel: Panel, changes: Sequence[object], units: object = None
) -> list[Panel]:
    """The panel with each of the changes; all can be scored by this clock.

    Raises
    ------
    InvalidAnswers
        With every problem of every change at once.
    """
    panels = read_changes(clock.manifest.features, panel, changes, units, clock.manifest.names)
    problems = [
        FieldProblem(json_pointer("changes", str(index)), "changes", lacking)
        for index, changed in enumerate(panels)
        if (lacking := clock.lacks(changed.values))
    ]
    if problems:
        raise InvalidAnswers(problems)
    return panels


def predict(clock: Clock, panel: Panel) -> Result:
    """Score one person.

    Raises
    ------
    CannotScore
        If the panel lacks what the clock needs.
    NotAdditive
        If the explanation does not add up to the prediction.
    """
    (outcome,) = predict_all(clock, [panel])
    if isinstance(outcome, ScoringError):
        raise outcome
    return outcome


def predict_all(clock: Clock, panels: Sequence[Panel]) -> list[Result | ScoringError]:
    """Score many people at once; each gets what `predict` would return or raise."""
    table = table_of(clock, panels)
    scores = _explained(clock, panels, table, clock.score(table))
    gaps = additivity_gap_years(scores)
    notes_of_rows = notes(clock, table, scores, complete_panels(clock, table))
    outcomes: list[Result | ScoringError] = []
    for row, panel in enumerate(panels):
        gap = float(gaps[row])
        if row in scores.errors:
            outcomes.append(CannotScore(scores.errors[row]))
        elif not abs(gap) < ADDITIVITY_YEARS:
            message = f"The explanation misses the prediction by {gap} {clock.manifest.unit}"
            outcomes.append(NotAdditive(message))
        else:
            warnings = [*panel.warnings, *(text for text, rows in notes_of_rows if rows[row])]
            outcomes.append(result_of(clock, panel, table, scores, row, gap, warnings))
    return outcomes


def _explained(clock: Clock, panels: Sequence[Panel], table: Table, scores: Scores) -> Scores:
    """The scores with every panel's own baseline."""
    rows = [row for row, panel in enumerate(panels) if panel.baseline == OWN_AGE]
    rows = [row for row in rows if row not in scores.errors]
    if not rows or not isinstance(clock, HasOwnAgeBaseline):
        return scores
    return clock.against_own_age(table, scores, np.array(rows))


def table_of(clock: Clock, panels: Sequence[Panel]) -> Table:
    """The panels as columns; a feature that nobody answered has none."""
    answered = set().union(*(panel.values for panel in panels))
    columns = {
        f.key: encoded(f, [panel.values.get(f.key) for panel in panels])
        for f in clock.manifest.features
        if f.key in answered
    }
    ages = [np.nan if p.chronological_age is None else p.chronological_age for p in panels]
    flags_by_key = {key: np.array([key in panel.context for panel in panels]) for key in CONTEXTS}
    context = {key: flags for key, flags in flags_by_key.items() if flags.any()}
    return Table(columns, np.array(ages, dtype=float), context)


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
