"""Whether a clock can score a panel, and if not, what it lacks: for panels that are still being filled in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agelens.clocks.base import Clock
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.scoring import obstacles
from agelens.domain.errors import FieldProblem, InvalidAnswers
from agelens.domain.panel import AGE, Panel, PanelReader
from agelens.languages import SOURCE, in_sentence

MOST_NAMED = 6  # of what is lacking, in a sentence


@dataclass(frozen=True)
class Readiness:
    """What stands between a panel and a clock.

    `lacks` are keys, of which `at_least` so many must be answered: fewer than all where the clock may
    miss some; sex and age, where they are lacking, are always needed. `problems` are of answers that
    cannot be used by any clock, `refusals` of people whom this clock does not score.
    """

    panel: Panel | None = None
    lacks: tuple[str, ...] = ()
    at_least: int = 0
    reason: str = ""
    problems: tuple[FieldProblem, ...] = ()
    refusals: tuple[FieldProblem, ...] = ()

    @property
    def ready(self) -> bool:
        return self.panel is not None and not self.lacks and not self.refusals


def readiness(
    clock: Clock,
    reader: PanelReader,
    answers: Mapping[str, Any],
    units: Mapping[str, Any],
    chronological_age: object,
    *,
    baseline: str | None = None,
    context: Sequence[str] = (),
) -> Readiness:
    """Read a panel for a clock, however little of it is there.

    Parameters
    ----------
    clock : Clock
    reader : PanelReader
        Of the clock's features, to which nothing is required.
    answers, units, chronological_age, baseline, context
        As `read_panel_for` takes them; of the answers only those that the clock takes.
    """
    panel, problems, refusals = None, [], []
    try:
        panel = reader.read(answers, units, chronological_age)
        answered: Collection[str] = panel.values.keys()
    except InvalidAnswers as error:
        problems = error.problems
        answered = _keys(reader, answers)
    needs_age = clock.manifest.needs_age and chronological_age is None
    if panel is not None:
        panel = replace(panel, baseline=baseline, context=tuple(context))
        age_obstacles = [obstacle for obstacle in obstacles(clock, panel) if obstacle.field == AGE]
        needs_age |= bool(age_obstacles) and chronological_age is None  # for the baseline
        refusals = [] if chronological_age is None else age_obstacles
    needed, alternatives, n_alternatives = _lacking(clock, answered, needs_age=needs_age)
    return Readiness(
        panel=panel,
        lacks=(*needed, *alternatives),
        at_least=len(needed) + n_alternatives,
        reason=_reason(clock, needed, alternatives, n_alternatives)
        or "".join(e.message for e in refusals),
        problems=tuple(problems),
        refusals=tuple(refusals),
    )


def _keys(reader: PanelReader, answers: Mapping[str, Any]) -> set[str]:
    names = (name for name, answer in answers.items() if answer is not None)
    return {targets[0].feature.key for name in names for targets in reader.names.find(name)}


def _lacking(
    clock: Clock, answered: Collection[str], *, needs_age: bool
) -> tuple[list[str], list[str], int]:
    """What must be answered, and markers of which so many must be: those count alike."""
    features = clock.manifest.features
    keys = [feature.key for feature in features]
    needed = [f.key for f in features if f.required and f.key not in answered and f.key != SEX]
    if SEX not in answered and clock.lacks({*keys} - {SEX}) is not None:
        needed.insert(0, SEX)
    if needs_age:
        needed.insert(0, AGE)
    certain = {*answered, *needed}
    pool = [key for key in clock.manifest.informative if key not in certain and key != SEX]
    for n in range(len(pool)):
        if clock.lacks({*certain, *pool[:n]}) is None:
            return needed, pool if n else [], n
    return needed, pool if clock.lacks(certain) is not None else [], len(pool)


def _reason(clock: Clock, needed: Sequence[str], alternatives: Sequence[str], n_some: int) -> str:
    """What is lacking, in words: "needs age, albumin and creatinine"."""
    labels = {f.key: _in_a_sentence(f.label) for f in clock.manifest.features}
    labels |= {AGE: "age", SEX: "sex"}
    all_needed = [*needed, *alternatives] if n_some == len(alternatives) else [*needed]
    parts = _few([labels[key] for key in all_needed])
    if n_some < len(alternatives):
        parts.append(
            f"at least {n_some} of: {_listed(_few([labels[key] for key in alternatives]))}"
        )
    return f"needs {_listed(parts)}" if parts else ""


def _few(labels: list[str]) -> list[str]:
    """The first of many, and how many there are beside them."""
    left_out = len(labels) - MOST_NAMED
    return labels if left_out < 2 else [*labels[:MOST_NAMED], f"{left_out} others"]


def _listed(parts: Sequence[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _in_a_sentence(label: str) -> str:
    """A label up to its comma, without its capital unless it begins with an abbreviation (HbA1c)."""
    return in_sentence(label.partition(",")[0], SOURCE)


def requirements_text(clock: Clock) -> str:
    """What a panel must have for this clock, in words: markers, sex, age; empty if nothing."""
    keys = {feature.key for feature in clock.manifest.features}
    parts = []
    # what comes after the semicolon are the markers that this panel lacks: all of them
    if lacked := clock.lacks((SEX,)):
        parts.append(lacked.partition(";")[0].removeprefix("needs "))
    if clock.lacks(keys - {SEX}) is not None:
        parts.append("sex")
    if clock.manifest.needs_age:
        parts.append("chronological age")
    *first, last = parts or [""]
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"needs {listed}" if listed else ""
