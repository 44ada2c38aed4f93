"""A panel: one person's validated answers, in canonical units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agelens.domain.answer_parsing import AnswerParser
from agelens.domain.errors import InvalidAnswers
from agelens.domain.features import Feature, Names

__all__ = ["Feature", "Panel", "PanelReader", "read_changes", "read_panel"]

AGE = "chronological_age"
OWN_AGE = "own_age"
BASELINES = (OWN_AGE,)


@dataclass(frozen=True)
class Panel:
    """Canonical keys, units and choices; only what was given.

    `baseline` says whom the explanation starts from: people of one's own age, or, where it is None
    or the clock has no choice, whom the clock names. `context` is what changes biomarkers for a while,
    of `CONTEXTS`.
    """

    values: Mapping[str, float | str]
    chronological_age: float | None = None
    warnings: tuple[str, ...] = ()
    baseline: str | None = None
    context: tuple[str, ...] = ()


def read_panel(
    features: Sequence[Feature],
    answers: object,
    units: object = None,
    chronological_age: object = None,
    *,
    needs_age: bool = False,
    columns: str | None = None,
    names: Names | None = None,
) -> Panel:
    """Check everything a person sent and turn it into a panel.

    Parameters
    ----------
    features : sequence of Feature
        What the clock takes.
    answers : mapping of str to any JSON value
        By registry key or by a data set's own name. null is an answer that was not given.
    units : mapping of str to str, optional
        The unit of an answer, by key; canonical when absent.
    chronological_age : number, optional
        Years.
    needs_age : bool
        Whether the clock cannot do without the age.
    columns : str, optional
        Understand only the names of this data set, in its meaning.
    names : Names, optional
        Of the features, where they were made before.

    Raises
    ------
    InvalidAnswers
        With every problem at once; nothing else, whatever was sent.
    """
    reader = PanelReader(features, needs_age=needs_age, columns=columns, names=names)
    return reader.read(answers, units, chronological_age)


class PanelReader:
    """Reads many panels of one clock; `read_panel` reads one.

    `partial` panels may lack what the clock requires.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        *,
        needs_age: bool = False,
        columns: str | None = None,
        names: Names | None = None,
        partial: bool = False,
    ) -> None:
        self.names = names or Names(features, columns)
        self._required = [f for f in features if f.required and not partial]
        self._needs_age = needs_age

    def read(
        self, answers: object, units: object = None, chronological_age: object = None
    ) -> Panel:
        """One panel; see `read_panel`."""
        parser = AnswerParser(self.names)
        unit_names = parser.units(units)
        values = parser.answers(answers, unit_names)
        age = parser.age(chronological_age, needed=self._needs_age)
        parser.missing(self._required, values)
        parser.pairs(values)
        if parser.problems:
            raise InvalidAnswers(parser.problems)
        return Panel(values, age, tuple(parser.warnings))


def read_changes(
    features: Sequence[Feature],
    panel: Panel,
    changes: Sequence[object],
    units: object = None,
    names: Names | None = None,
) -> list[Panel]:
    """The panel with each of the changes, the others left out.

    Parameters
    ----------
    features : sequence of Feature
        What the clock takes.
    panel : Panel
        As it was read.
    changes : sequence of mapping of str to any JSON value
        Answers as `read_panel` takes them, but null takes the panel's answer away.
    units : mapping of str to str, optional
        The unit of an answer in any of the changes, by key; canonical when absent.
    names : Names, optional
        Of the features, where they were made before.

    Raises
    ------
    InvalidAnswers
        With every problem of every change at once.
    """
    names = names or Names(features)
    parser = AnswerParser(names)
    unit_names = parser.units(units)
    required = [f for f in features if f.required]
    panels = []
    for number, change in enumerate(changes):
        where = ("changes", str(number))
        if isinstance(change, Mapping) and AGE in change:
            parser.problem("cannot be changed; ask again as a new prediction", *where, AGE)
            change = {name: answer for name, answer in change.items() if name != AGE}
        values = parser.answers(change, unit_names, *where)
        removed_keys = _removed_keys(names, change)
        remaining = {key: value for key, value in panel.values.items() if key not in removed_keys}
        parser.missing(required, remaining | values)
        parser.pairs(remaining | values)
        # a warning is about the answer whose key it begins with
        stale = tuple(f"{key} " for key in (*removed_keys, *values))
        kept_warnings = [warning for warning in panel.warnings if not warning.startswith(stale)]
        warnings = (*kept_warnings, *parser.warnings)
        panels.append(replace(panel, values=remaining | values, warnings=warnings))
    if parser.problems:
        raise InvalidAnswers(parser.problems)
    return panels


def _removed_keys(names: Names, change: object) -> set[str]:
    answers = change.items() if isinstance(change, Mapping) else ()
    removed_names = (name for name, answer in answers if answer is None)
    return {targets[0].feature.key for name in removed_names for targets in names.find(name)}
