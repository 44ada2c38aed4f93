"""What the names of columns say: the biomarker, its unit, or what must be asked about first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from agelens.domain.features import Feature, Names, Target
from agelens.domain.panel import AGE
from agelens.domain.registry import MistakenQuantity, age_column, age_names, age_units
from agelens.domain.single_answer import printable
from agelens.domain.units import find_unit, normalized_name, unit_key
from agelens.tables.header_units import NotedName, known_unit, noted_names, noted_unit

Targets = tuple[Target, ...]
Suggestion = tuple[str, str]  # the key that a column may answer, and the words


@dataclass(frozen=True)
class NamedColumn:
    """A column whose name says what it answers.

    `unit` is the one that it is read in, where that is not the usual one; `says_unit` whether its name
    has it.
    """

    index: int
    name: str
    targets: Targets
    unit: str | None = None
    says_unit: bool = False

    @property
    def feature(self) -> Feature:
        """What it answers."""
        return self.targets[0].feature

    @property
    def own_data_set(self) -> str | None:
        """The data set whose alias with a unit it is, if it is one."""
        alias = self.targets[0].alias
        return alias.columns if alias else None


@dataclass(frozen=True)
class Understood:
    """What a header says: columns by feature, the index of the age, and what is asked about."""

    columns: Mapping[str, NamedColumn]
    age: int | None
    suggestions: tuple[Suggestion, ...]


class HeaderNames:
    """Understands the names of columns by registry keys and spellings.

    Parameters
    ----------
    features : sequence of Feature
    units : mapping of str to str, optional
        The units that were given by key: of a column that is called as another quantity (Urea) they
        may say that it is the biomarker after all.
    """

    def __init__(self, features: Sequence[Feature], units: Mapping[str, str] | None = None) -> None:
        self._names = Names(features, "agelens")
        self._units = units or {}
        self._mistaken: dict[str, tuple[Feature, MistakenQuantity]] = {}
        for feature in features:
            for quantity in feature.mistaken_for:
                for name in (*quantity.names, *quantity.loinc):
                    self._mistaken[normalized_name(name)] = (feature, quantity)

    def understand(self, header: Sequence[str]) -> Understood:
        """What each feature is answered by; one with several columns by none, and it is said."""
        candidates_by_key: dict[str, list[NamedColumn]] = {}
        ages: list[tuple[int, str]] = []
        suggestions: list[Suggestion] = []
        for index, name in enumerate(header):
            age_match = self._age(name)
            if age_match is True:
                ages.append((index, name))
            elif isinstance(age_match, str):
                suggestions.append((AGE, age_match))
            else:
                self._sort(index, name, candidates_by_key, suggestions)
        columns = {}
        for key, candidates in candidates_by_key.items():
            column = _chosen(candidates)
            if column is None:
                suggestions.append(
                    (key, _several(key, [candidate.name for candidate in candidates]))
                )
            else:
                columns[key] = column
        age = next((index for index, name in ages if name == age_column("agelens")), None)
        if age is None and ages:
            same_name = len({normalized_name(name) for _, name in ages}) == 1
            age = ages[0][0] if same_name else None
            if not same_name:
                suggestions.append((AGE, _several(AGE, [name for _, name in ages])))
        return Understood(columns, age, tuple(suggestions))

    def _sort(
        self,
        index: int,
        name: str,
        candidates_by_key: dict[str, list[NamedColumn]],
        suggestions: list[Suggestion],
    ) -> None:
        columns_or_suggestion = self._read(index, name)
        if isinstance(columns_or_suggestion, tuple):
            suggestions.append(columns_or_suggestion)
        for column in columns_or_suggestion if isinstance(columns_or_suggestion, list) else ():
            candidates_by_key.setdefault(column.feature.key, []).append(column)

    def _read(self, index: int, name: str) -> list[NamedColumn] | Suggestion | None:
        """The columns that a name makes of it, one for each feature; or what is asked about it."""
        if mistaken := self._mistaken.get(normalized_name(name)):
            unit = self._units.get(mistaken[0].key)
            return _as_quantity(NamedColumn(index, name, (Target(mistaken[0]),)), mistaken[1], unit)
        notes = list(noted_names(name))
        signs = any(noted.marked and not normalized_name(noted.note) for noted in notes)
        target_groups = [] if signs else self._names.find(name)  # `Height (")` is not in cm
        if target_groups:
            return [NamedColumn(index, name, tuple(target_group)) for target_group in target_groups]
        for noted in notes:
            reading = self._read_noted(index, name, noted)
            if reading is not None:
                return reading
        return None

    def _read_noted(
        self, index: int, name: str, noted: NotedName
    ) -> list[NamedColumn] | Suggestion | None:
        if mistaken := self._mistaken.get(normalized_name(noted.base)):
            if not noted.marked and known_unit(noted.note) is None:
                return None
            column = NamedColumn(index, name, (Target(mistaken[0]),), says_unit=True)
            return _as_quantity(column, mistaken[1], noted.note)
        target_groups = self._names.find(noted.base)
        if not target_groups:
            return None
        feature = target_groups[0][0].feature
        if feature.kind == "choice":
            return [NamedColumn(index, name, tuple(target_groups[0]))] if noted.marked else None
        unit = noted_unit(feature.units, noted.note)
        if unit is None:
            words = _other_note(name, feature, noted)
            return (feature.key, words) if words else None
        usual = target_groups[0][0].unit if target_groups[0][0].alias else unit
        if usual is not unit:
            named = usual.name if usual else "another unit"
            words = f'column "{printable(name)}" is not read: {noted.base.strip()} is in {named}'
            return feature.key, words
        return [NamedColumn(index, name, tuple(target_groups[0]), unit.name, True)]

    def _age(self, name: str) -> bool | str:
        """Whether a column is chronological age; text when it may be, in another unit."""
        if _is_age(name):
            return True
        for noted in noted_names(name):
            if _is_age(noted.base):
                if unit_key(noted.note) in age_units():
                    return True
                if noted.marked:
                    asked = f"map it to {AGE} if it is the age in years"
                    return f'column "{printable(name)}" is not read; {asked}'
        return False


def _is_age(name: str) -> bool:
    return normalized_name(name) in _ages()


@cache
def _ages() -> frozenset[str]:
    return frozenset(map(normalized_name, (age_column("agelens"), *age_names())))


def _chosen(candidates: Sequence[NamedColumn]) -> NamedColumn | None:
    """The column that answers: the only one, the one named by the key, or the first of a data set."""
    exact = [column for column in candidates if column.name == column.feature.key]
    same_name = len({normalized_name(column.name) for column in candidates}) == 1
    if exact or same_name:  # columns of one name are refused later
        return (exact or candidates)[0]
    data_sets = {column.own_data_set for column in candidates}
    if len(data_sets) > 1 or None in data_sets:
        return None
    order = [alias.name for alias in candidates[0].feature.aliases]
    return min(candidates, key=lambda column: order.index(column.targets[0].alias.name))  # type: ignore[union-attr]


def _several(key: str, names: Sequence[str]) -> str:
    shown = " and ".join(f'"{printable(name)}"' for name in names[:4])
    return f'{shown} may all be {key}, so none is read; map one of them: {{"{names[0]}": "{key}"}}'


def _after_all(quantity: MistakenQuantity, unit: str | None) -> str | None:
    """The unit of the biomarker that a column of another quantity has after all, if it is one."""
    if unit is None or not quantity.units:
        return None
    for their_unit, our_unit in quantity.units:
        if unit_key(unit) == unit_key(our_unit) or known_unit(unit) == known_unit(their_unit):
            return our_unit
    return None


def _as_quantity(
    column: NamedColumn, quantity: MistakenQuantity, unit: str | None
) -> list[NamedColumn] | Suggestion:
    """A column that is called as another quantity, where its unit says that it is the biomarker."""
    unit_after_all = _after_all(quantity, unit)
    if unit_after_all is None:
        return column.feature.key, _other_quantity(column.name, column.feature, quantity)
    return [replace(column, unit=unit_after_all)]


def _other_quantity(name: str, feature: Feature, quantity: MistakenQuantity) -> str:
    return f'column "{printable(name)}" is {quantity}, not {feature.key}: {quantity.advice}'


def _other_note(name: str, feature: Feature, noted: NotedName) -> str | None:
    """What is said of a column whose note is no unit of what it seems to be."""
    unit = known_unit(noted.note)
    for quantity in feature.mistaken_for:
        if quantity.unit and unit_key(noted.note) == unit_key(quantity.unit):
            return _other_quantity(name, feature, quantity)
        if unit and unit == known_unit(quantity.unit):
            return _other_quantity(name, feature, quantity)
    accepted = ", ".join(unit.name for unit in feature.units)
    if unit is not None:
        advice = next((f"; {q.advice}" for q in feature.mistaken_for if q.unit), "")
        return (
            f'column "{printable(name)}" is not read: {feature.key} is read in {accepted}{advice}'
        )
    if noted.marked:
        return f'column "{printable(name)}" may be {feature.key}; map it if it is'
    return None


def same_unit(feature: Feature, name_unit: str, unit: str) -> bool:
    """Whether the unit in a column's name is the one that was given, also for a quantity such as urea."""
    if find_unit(feature.units, name_unit) is find_unit(feature.units, unit):
        return True
    return any(_after_all(quantity, unit) == name_unit for quantity in feature.mistaken_for)


def other_quantity(feature: Feature, name: str) -> MistakenQuantity | None:
    """The quantity that a column of this name holds, if it is not the biomarker."""
    normalized = normalized_name(name)
    return next(
        (
            q
            for q in feature.mistaken_for
            if normalized in map(normalized_name, (*q.names, *q.loinc))
        ),
        None,
    )


def unit_in_name(feature: Feature, name: str) -> tuple[str | None, str | None]:
    """The unit that the name of a mapped column has, or what is wrong with it."""
    for noted in noted_names(name):
        if not noted.marked:
            continue
        for quantity in feature.mistaken_for:
            synonyms = {normalized_name(synonym) for synonym in quantity.names}
            if normalized_name(noted.base) in synonyms and (
                own_unit := _after_all(quantity, noted.note)
            ):
                return own_unit, None
        unit = find_unit(feature.units, noted.note) if not noted.note.isdigit() else None
        if unit is not None:
            return unit.name, None
        if feature.units and known_unit(noted.note):
            return None, _other_note(name, feature, noted)
    return None, None
