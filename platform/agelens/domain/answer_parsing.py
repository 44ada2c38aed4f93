"""Parse and validate answers; every problem is collected, none is raised."""

from collections.abc import Mapping, Sequence

from agelens.domain.errors import FieldProblem, json_pointer
from agelens.domain.features import Feature, Names, Target
from agelens.domain.registry import DATA_SETS, age_column, age_names, ordered_pairs
from agelens.domain.single_answer import NotUsable, finite_number, printable, read_answer
from agelens.domain.units import find_unit, normalized_name

AGE_YEARS = (0.0, 130.0)
MAX_PROBLEMS = 100
MAX_SUGGESTIONS = 10
REQUIRED = "is required by this clock"


class AnswerParser:
    """Parse answers into canonical values, collecting problems and the last panel's warnings."""

    def __init__(self, names: Names) -> None:
        self.problems: list[FieldProblem] = []
        self.warnings: list[str] = []
        self._names = names
        self._where: tuple[str, ...] = ("answers",)
        self._unknown = 0
        self._answered: dict[str, str] = {}
        self._unreadable: set[str] = set()

    def units(self, units: object) -> dict[str, str]:
        """The unit names by key."""
        if units is None:
            return {}
        if not isinstance(units, Mapping):
            self.problem("must be an object of units by feature", "units")
            return {}
        unit_names: dict[str, str] = {}
        for name, unit in units.items():
            for targets in self._targets(("units",), name):
                if unit is not None:
                    self._unit(targets[0].feature, name, unit, unit_names)
        return unit_names

    def answers(
        self, answers: object, units: Mapping[str, str], *where: str
    ) -> dict[str, float | str]:
        """The canonical values by key; `where` in the request they are, ("answers",) by default."""
        self._where = where or ("answers",)
        self._answered, self.warnings = {}, []
        values: dict[str, float | str] = {}
        if not isinstance(answers, Mapping):
            self.problem("must be an object of answers by feature", *self._where)
            return values
        for name, answer in answers.items():
            for targets in self._targets(self._where, name):
                if answer is not None and not self._answer(targets, name, answer, units, values):
                    break
        return values

    def age(self, answer: object, *, needed: bool) -> float | None:
        """The chronological age in years."""
        if answer is None:
            if needed:
                self.problem(REQUIRED, "chronological_age")
            return None
        try:
            age = finite_number(answer)
        except NotUsable as error:
            self.problem(str(error), "chronological_age")
            return None
        if not AGE_YEARS[0] <= age <= AGE_YEARS[1]:
            self.problem("must be between 0 and 130 years", "chronological_age")
        return age

    def missing(self, required: Sequence[Feature], values: Mapping[str, float | str]) -> None:
        """Record the required features that have no answer."""
        for feature in required:
            if feature.key not in values and feature.key not in self._answered:
                self.problem(REQUIRED, *self._where, feature.key)

    def pairs(
        self, values: Mapping[str, float | str], names: Mapping[str, str] | None = None
    ) -> None:
        """Record the pairs of values, such as blood pressures, that cannot be one person's.

        `names` are those that were used for the keys; those of the last answers by default.
        """
        names = self._answered if names is None else names
        for larger, smaller in ordered_pairs():
            high, low = values.get(larger), values.get(smaller)
            if isinstance(high, float) and isinstance(low, float) and low >= high:
                name = names.get(smaller) or names.get(larger) or smaller
                message = f"must be below {larger}, which is {high:.6g}; were the two swapped?"
                self.problem(message, *self._where, name, field=smaller)

    def _unit(self, feature: Feature, name: str, unit: object, unit_names: dict[str, str]) -> None:
        if isinstance(unit, str) and find_unit(feature.units, unit):
            unit_names[feature.key] = unit
            return
        accepted = ", ".join(u.name for u in feature.units) or "none, it is a choice"
        self.problem(f"must be an accepted unit: {accepted}", "units", name, field=feature.key)
        self._unreadable.add(feature.key)

    def _answer(
        self,
        targets: Sequence[Target],
        name: str,
        answer: object,
        units: Mapping[str, str],
        values: dict[str, float | str],
    ) -> bool:
        key = targets[0].feature.key
        if key in self._answered:
            message = (
                f'was already answered as "{printable(self._answered[key])}"; send one of them'
            )
            self.problem(message, *self._where, name, field=key)
            return False
        self._answered[key] = name
        if key in self._unreadable:
            return True
        try:
            values[key], warning = first_usable(targets, answer, units.get(key))
        except NotUsable as error:
            self.problem(str(error), *self._where, name, field=key)
            return False
        if warning:
            self.warnings.append(warning)
        return True

    def _targets(self, where: tuple[str, ...], key: object) -> list[list[Target]]:
        name = key if isinstance(key, str) else ""
        targets = self._names.find(name) if 0 < len(name) <= 200 else []
        if not targets:
            self._unknown += 1
            self.problem(
                f"is not a feature of this clock{self._hint(where, name)}", *where, str(key)
            )
        return targets

    def _hint(self, where: tuple[str, ...], name: str) -> str:
        if where == ("answers",) and _is_age(name):
            return "; did you mean chronological_age, beside the answers?"
        if mistaken := self._names.other_quantity(name):
            feature, quantity = mistaken
            return f"; it is {quantity}, not {feature.key}: {quantity.advice}"
        near = self._names.closest(name) if self._unknown <= MAX_SUGGESTIONS else None
        return f'; did you mean "{near}"?' if near else ""

    def problem(self, message: str, *where: str, field: str | None = None) -> None:
        """Record a problem at this place of the request."""
        if len(self.problems) < MAX_PROBLEMS:
            path = [printable(part, 200) for part in where]
            self.problems.append(FieldProblem(json_pointer(*path), field or path[-1], message))


def _is_age(name: str) -> bool:
    """Whether chronological age is called so."""
    age_columns = (*map(age_column, DATA_SETS), *age_names())
    return normalized_name(name) in map(normalized_name, age_columns)


def first_usable(
    targets: Sequence[Target], answer: object, unit: str | None
) -> tuple[float | str, str | None]:
    """Parse the answer as the first target that accepts it; else raise the first error."""
    if len(targets) == 1:  # an error that is kept in a list lives until the next garbage collection
        return read_answer(targets[0], answer, unit)
    errors = []
    for target in targets:
        try:
            return read_answer(target, answer, unit)
        except NotUsable as error:
            errors.append(error)
    raise errors[0]
