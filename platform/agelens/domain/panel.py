"""A panel: what one person answered, checked and in canonical units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agelens.domain.answers import NotUsable, finite_number, printable, read_answer
from agelens.domain.errors import FieldProblem, InvalidAnswers, json_pointer
from agelens.domain.features import Feature, Names, Target
from agelens.domain.units import find_unit

__all__ = ["Feature", "Panel", "PanelReader", "read_panel"]

AGE_YEARS = (0.0, 130.0)
MAX_PROBLEMS = 100
MAX_SUGGESTIONS = 10


@dataclass(frozen=True)
class Panel:
    """Canonical keys, units and choices; only what was given."""

    values: Mapping[str, float | str]
    chronological_age: float | None = None
    warnings: tuple[str, ...] = ()


def read_panel(
    features: Sequence[Feature],
    answers: object,
    units: object = None,
    chronological_age: object = None,
    *,
    needs_age: bool = False,
    columns: str | None = None,
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

    Raises
    ------
    InvalidAnswers
        With every problem at once; nothing else, whatever was sent.
    """
    reader = PanelReader(features, needs_age=needs_age, columns=columns)
    return reader.read(answers, units, chronological_age)


class PanelReader:
    """Reads many panels of one clock; `read_panel` reads one."""

    def __init__(
        self, features: Sequence[Feature], *, needs_age: bool = False, columns: str | None = None
    ) -> None:
        self.names = Names(features, columns)
        self._required = [f for f in features if f.required]
        self._needs_age = needs_age

    def read(
        self, answers: object, units: object = None, chronological_age: object = None
    ) -> Panel:
        """One panel; see `read_panel`."""
        reading = _Reading(self.names)
        unit_names = reading.units(units)
        values = reading.answers(answers, unit_names)
        age = reading.age(chronological_age, needed=self._needs_age)
        reading.missing(self._required, values)
        if reading.problems:
            raise InvalidAnswers(reading.problems[:MAX_PROBLEMS])
        return Panel(values, age, tuple(reading.warnings))


class _Reading:
    """The problems and warnings that come up while one panel is read."""

    def __init__(self, names: Names) -> None:
        self.problems: list[FieldProblem] = []
        self.warnings: list[str] = []
        self._names = names
        self._unknown = 0
        self._answered: dict[str, str] = {}
        self._unreadable: set[str] = set()

    def units(self, units: object) -> dict[str, str]:
        """The unit names by key."""
        if units is None:
            return {}
        if not isinstance(units, Mapping):
            self._problem("must be an object of units by feature", "units")
            return {}
        named: dict[str, str] = {}
        for sent, unit in units.items():
            for ways in self._targets("units", sent):
                if unit is not None:
                    self._unit(ways[0].feature, sent, unit, named)
        return named

    def answers(self, answers: object, units: Mapping[str, str]) -> dict[str, float | str]:
        """The canonical values by key."""
        values: dict[str, float | str] = {}
        if not isinstance(answers, Mapping):
            self._problem("must be an object of answers by feature", "answers")
            return values
        for sent, answer in answers.items():
            for ways in self._targets("answers", sent):
                if answer is not None and not self._answer(ways, sent, answer, units, values):
                    break
        return values

    def age(self, sent: object, *, needed: bool) -> float | None:
        """The chronological age in years."""
        if sent is None:
            if needed:
                self._problem("is required by this clock", "chronological_age")
            return None
        try:
            age = finite_number(sent)
        except NotUsable as error:
            self._problem(str(error), "chronological_age")
            return None
        if not AGE_YEARS[0] <= age <= AGE_YEARS[1]:
            self._problem("must be between 0 and 130 years", "chronological_age")
        return age

    def missing(self, required: Sequence[Feature], values: Mapping[str, float | str]) -> None:
        """Name what the clock cannot do without, unless it was sent and already complained of."""
        for feature in required:
            if feature.key not in values and feature.key not in self._answered:
                self._problem("is required by this clock", "answers", feature.key)

    def _unit(self, feature: Feature, sent: str, unit: object, named: dict[str, str]) -> None:
        if isinstance(unit, str) and find_unit(feature.units, unit):
            named[feature.key] = unit
            return
        accepted = ", ".join(u.name for u in feature.units) or "none, it is a choice"
        self._problem(f"must be an accepted unit: {accepted}", "units", sent, field=feature.key)
        self._unreadable.add(feature.key)

    def _answer(
        self,
        ways: Sequence[Target],
        sent: str,
        answer: object,
        units: Mapping[str, str],
        values: dict[str, float | str],
    ) -> bool:
        key = ways[0].feature.key
        if key in self._answered:
            message = (
                f'was already answered as "{printable(self._answered[key])}"; send one of them'
            )
            self._problem(message, "answers", sent, field=key)
            return False
        self._answered[key] = sent
        if key in self._unreadable:
            return True
        try:
            values[key], warning = _first_reading(ways, answer, units.get(key))
        except NotUsable as error:
            self._problem(str(error), "answers", sent, field=key)
            return False
        if warning:
            self.warnings.append(warning)
        return True

    def _targets(self, part: str, sent: object) -> list[list[Target]]:
        name = sent if isinstance(sent, str) else ""
        targets = self._names.find(name) if 0 < len(name) <= 200 else []
        if not targets:
            self._unknown += 1
            near = self._names.closest(name) if self._unknown <= MAX_SUGGESTIONS else None
            hint = f'; did you mean "{near}"?' if near else ""
            self._problem(f"is not a feature of this clock{hint}", part, str(sent))
        return targets

    def _problem(self, message: str, *where: str, field: str | None = None) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            place = [printable(part, 200) for part in where]
            self.problems.append(FieldProblem(json_pointer(*place), field or place[-1], message))


def _first_reading(
    ways: Sequence[Target], answer: object, unit: str | None
) -> tuple[float | str, str | None]:
    """The answer read in the first way that fits; with none, the first way's complaint."""
    complaints = []
    for way in ways:
        try:
            return read_answer(way, answer, unit)
        except NotUsable as error:
            complaints.append(error)
    raise complaints[0]
