"""Match the columns of a file with the features of a clock."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agelens.domain.answer_parsing import MAX_PROBLEMS
from agelens.domain.answers import printable
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.domain.features import Feature, Names, Target
from agelens.domain.panel import AGE
from agelens.domain.registry import DATA_SETS
from agelens.domain.units import find_unit, normalized_name
from agelens.tables.column_hints import age_name, no_column, used_columns
from agelens.tables.header_names import (
    HeaderNames,
    Suggestion,
    other_quantity,
    same_unit,
    unit_in_name,
)

LONGEST_NAME = 200  # characters of a name that `AnswerParser` still looks up
AGE_UNIT = "years"
IGNORED = "ignored"  # what a column is mapped to that shall answer nothing


@dataclass(frozen=True)
class Column:
    """One column that is read.

    `ways` are, of every feature that it answers, the ways to read a cell. `sent` is its name in the
    words about a row; `unit` is the unit that was given for it, None for the usual one; `says_unit`
    whether its name has it.
    """

    place: int
    sent: str
    kind: str
    ways: tuple[tuple[Target, ...], ...]
    unit: str | None = None
    says_unit: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        """The keys of the features that it answers."""
        return tuple(each[0].feature.key for each in self.ways)

    @property
    def unit_name(self) -> str | None:
        """The unit in which its cells are read; None of choices."""
        target = self.ways[0][0]
        if target.feature.kind == "choice":
            return None
        found = find_unit(target.feature.units, self.unit) if self.unit else target.unit
        return found.name if found else None


class ColumnNames(Names):
    """The names of one file's columns, each of which answers what was matched with it."""

    def __init__(self, features: Sequence[Feature], columns: Sequence[Column]) -> None:
        super().__init__(features)
        self._ways = {c.sent: [list(ways) for ways in c.ways] for c in columns}

    def find(self, name: str) -> list[list[Target]]:
        """What the column answers, by feature."""
        return self._ways.get(name, [])


@dataclass(frozen=True)
class Matching:
    """The columns that are read, in the order of the clock's features; `age` is a place.

    `suggestions` say in words which columns may be meant, and are not read.
    """

    columns: tuple[Column, ...]
    age: int | None
    suggestions: tuple[str, ...] = ()


def match(
    features: Sequence[Feature],
    header: Sequence[str],
    columns: str,
    mapping: Mapping[str, str],
    units: Mapping[str, str],
) -> Matching:
    """Match a header with a clock's features.

    Parameters
    ----------
    features : sequence of Feature
    header : sequence of str
    columns : str
        Whose names the columns have that `mapping` does not name: a name of `DATA_SETS`.
    mapping : mapping of str to str
        The feature, or chronological_age, that a column answers under whatever name; `ignored`
        when it shall answer nothing.
    units : mapping of str to str
        The unit in which the columns of a feature's own name, or mapped to it, are written.

    Raises
    ------
    InvalidInput
        With every problem of `columns`, `mapping` and `units`; also if two columns have a name that is
        read.
    """
    if columns not in DATA_SETS:
        raise InvalidInput.at("columns", f"must be one of: {', '.join(DATA_SETS)}")
    mapped, ignored = _mapped(features, header, mapping)
    taken = {*mapped.values(), *ignored}
    # a nameless column keeps its place and answers nothing
    free = ["" if place in taken else name for place, name in enumerate(header)]
    named = _understood(features, free, columns, units)
    found: dict[int, Column] = {}
    for f in features:
        column = _mapped_column(f, mapped, header, units) or named.columns.get(f.key)
        if column is not None:
            earlier = found.get(column.place)
            ways = (*earlier.ways, *column.ways) if earlier else column.ways
            found[column.place] = replace(column, ways=ways)
    read = _with_units(features, list(found.values()), units)
    suggestions = tuple(words for key, words in named.suggestions if key not in mapped)
    if not any(ways[0].feature.informative for c in read for ways in c.ways):
        message = "; ".join([no_column(header, features, columns), *suggestions])
        raise InvalidInput.at("columns", message)
    age = mapped.get(AGE, named.age)
    _check_read_once(free, [c.place for c in read] + ([] if age is None else [age]))
    return Matching(tuple(read), age, suggestions)


@dataclass(frozen=True)
class _Named:
    """What names of columns say: columns by feature, the place of the age, what is asked about."""

    columns: Mapping[str, Column]
    age: int | None
    suggestions: Sequence[Suggestion] = ()


def _understood(
    features: Sequence[Feature], free: Sequence[str], columns: str, units: Mapping[str, str]
) -> _Named:
    if columns == "agelens":
        said = HeaderNames(features, units).understand(free)
        named = {
            key: Column(c.place, c.name, c.feature.kind, (c.ways,), c.unit, c.says_unit)
            for key, c in said.columns.items()
        }
        return _Named(named, said.age, said.suggestions)
    names = Names(features, columns)
    found = {f.key: _column(f, free, columns, names) for f in features}
    age = age_name(free, columns)
    return _Named(
        {key: column for key, column in found.items() if column},
        None if age is None else free.index(age),
    )


def _check_read_once(free: Sequence[str], places: Sequence[int]) -> None:
    """Of two columns of one name it would be chance which is read; others may be called as they are."""
    spelled = [normalized_name(name) for name in free]
    read = {spelled[place] for place in places} - {""}
    twice = [
        name
        for name, each in zip(free, spelled, strict=True)
        if each in read and spelled.count(each) > 1
    ]
    if twice:
        message = f"columns have the same name: {', '.join(map(printable, twice[:6]))}"
        raise InvalidInput.at("columns", message)


def place_of(header: Sequence[str], name: str) -> int | None:
    """The place of a column: the one spelled exactly so, else the one that means the same."""
    if name in header:
        return header.index(name)
    wanted = normalized_name(name)
    return next((p for p, each in enumerate(header) if normalized_name(each) == wanted), None)


def _column(feature: Feature, free: Sequence[str], columns: str, names: Names) -> Column | None:
    for name, kind in used_columns(free, [feature], columns, names).items():
        ways = [w for w in names.find(name) if w[0].feature.key == feature.key]
        return Column(free.index(name), name, kind, (tuple(ways[0]),))
    return None


def _mapped_column(
    feature: Feature, mapped: Mapping[str, int], header: Sequence[str], units: Mapping[str, str]
) -> Column | None:
    if feature.key not in mapped:
        return None
    place = mapped[feature.key]
    name = header[place]
    unit, wrong = unit_in_name(feature, name)
    quantity = other_quantity(feature, name)
    if quantity and feature.key not in units:
        wrong = f"is {quantity}: {quantity.advice}"
    if wrong:
        raise InvalidInput([_problem(wrong, "mapping", name)])
    sent = name if 0 < len(name) <= LONGEST_NAME else feature.key
    return Column(place, sent, feature.kind, ((Target(feature),),), unit, unit is not None)


def _mapped(
    features: Sequence[Feature], header: Sequence[str], mapping: Mapping[str, str]
) -> tuple[dict[str, int], set[int]]:
    """The places of the mapped columns by what they answer, and of those to ignore."""
    keys = [AGE, *(f.key for f in features)]
    places: dict[str, int] = {}
    ignored: set[int] = set()
    problems = []
    for column, key in mapping.items():
        place = place_of(header, column)
        if place is None:
            problems.append(_problem("the file has no such column", "mapping", column))
        elif header.count(header[place]) > 1:
            problems.append(_problem("is the name of two columns", "mapping", column))
        elif place in ignored or place in places.values():
            problems.append(_problem("is named twice", "mapping", column))
        elif key == IGNORED:
            ignored.add(place)
        elif key not in keys:
            message = f'"{printable(key)}" is not a feature of this clock{_hint(key, keys)}'
            problems.append(_problem(message, "mapping", column))
        elif key in places:
            message = f"{key} is already answered by {printable(header[places[key]])}"
            problems.append(_problem(message, "mapping", column))
        else:
            places[key] = place
    if problems:
        raise InvalidInput(problems[:MAX_PROBLEMS])
    return places, ignored


def _with_units(
    features: Sequence[Feature], columns: Sequence[Column], units: Mapping[str, str]
) -> list[Column]:
    known = {f.key: f for f in features}
    of_key = {key: column for column in columns for key in column.features}
    problems = [
        _problem(message, "units", key)
        for key, unit in units.items()
        if (message := _wrong_unit(known, of_key.get(key), key, unit))
    ]
    if problems:
        raise InvalidInput(problems[:MAX_PROBLEMS])
    return [
        c if c.unit or c.ways[0][0].alias else replace(c, unit=units.get(c.features[0]))
        for c in columns
    ]


def _wrong_unit(
    known: Mapping[str, Feature], column: Column | None, key: str, unit: str
) -> str | None:
    if key not in known:
        return f"is not a feature of this clock{_hint(key, list(known))}"
    found = find_unit(known[key].units, unit)
    if found is None:
        accepted = ", ".join(u.name for u in known[key].units) or "none, it is a choice"
        return f"must be an accepted unit: {accepted}"
    if column is None:
        return "is answered by no column of the file"
    own = column.ways[0][0]
    if column.says_unit and column.unit and not same_unit(known[key], column.unit, unit):
        return (
            f"is {unit} here, but {column.unit} in the name of the column {printable(column.sent)}"
        )
    if own.alias and own.unit is not found:
        return f"is in {own.alias.unit} in the column {column.sent}; map the column to the feature"
    return None


def _hint(name: str, keys: Sequence[str]) -> str:
    near = difflib.get_close_matches(name[:80], keys, n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def _problem(message: str, field: str, name: str) -> FieldProblem:
    return FieldProblem(json_pointer(field, name), printable(name), message)
