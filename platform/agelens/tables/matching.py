"""Match the columns of a file with the features of a clock."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agelens.domain.answer_parsing import MAX_PROBLEMS
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.domain.features import Feature, Names, Target
from agelens.domain.panel import AGE
from agelens.domain.registry import DATA_SETS
from agelens.domain.single_answer import printable
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

    `targets` are, of every feature that it answers, the ways to read a cell. `sent` is its name in the
    words about a row; `unit` is the unit that was given for it, None for the usual one; `says_unit`
    whether its name has it.
    """

    index: int
    sent: str
    kind: str
    targets: tuple[tuple[Target, ...], ...]
    unit: str | None = None
    says_unit: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        """The keys of the features that it answers."""
        return tuple(targets[0].feature.key for targets in self.targets)

    @property
    def unit_name(self) -> str | None:
        """The unit in which its cells are read; None of choices."""
        target = self.targets[0][0]
        if target.feature.kind == "choice":
            return None
        unit = find_unit(target.feature.units, self.unit) if self.unit else target.unit
        return unit.name if unit else None


class ColumnNames(Names):
    """The names of one file's columns, each of which answers what was matched with it."""

    def __init__(self, features: Sequence[Feature], columns: Sequence[Column]) -> None:
        super().__init__(features)
        self._targets_by_column = {
            c.sent: [list(targets) for targets in c.targets] for c in columns
        }

    def find(self, name: str) -> list[list[Target]]:
        """What the column answers, by feature."""
        return self._targets_by_column.get(name, [])


@dataclass(frozen=True)
class Matching:
    """The columns that are read, in the order of the clock's features; `age` is an index.

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
    used_indices = {*mapped.values(), *ignored}
    # a nameless column keeps its place and answers nothing
    unmapped = ["" if index in used_indices else name for index, name in enumerate(header)]
    named_columns = _named_columns(features, unmapped, columns, units)
    by_index: dict[int, Column] = {}
    for f in features:
        column = _mapped_column(f, mapped, header, units) or named_columns.columns.get(f.key)
        if column is not None:
            earlier = by_index.get(column.index)
            targets = (*earlier.targets, *column.targets) if earlier else column.targets
            by_index[column.index] = replace(column, targets=targets)
    read_columns = _with_units(features, list(by_index.values()), units)
    suggestions = tuple(words for key, words in named_columns.suggestions if key not in mapped)
    if not any(targets[0].feature.informative for c in read_columns for targets in c.targets):
        message = "; ".join([no_column(header, features, columns), *suggestions])
        raise InvalidInput.at("columns", message)
    age = mapped.get(AGE, named_columns.age)
    _check_read_once(unmapped, [c.index for c in read_columns] + ([] if age is None else [age]))
    return Matching(tuple(read_columns), age, suggestions)


@dataclass(frozen=True)
class _NamedColumns:
    """What names of columns say: columns by feature, the index of the age, what is asked about."""

    columns: Mapping[str, Column]
    age: int | None
    suggestions: Sequence[Suggestion] = ()


def _named_columns(
    features: Sequence[Feature], unmapped: Sequence[str], columns: str, units: Mapping[str, str]
) -> _NamedColumns:
    if columns == "agelens":
        understood = HeaderNames(features, units).understand(unmapped)
        columns_by_key = {
            key: Column(c.index, c.name, c.feature.kind, (c.targets,), c.unit, c.says_unit)
            for key, c in understood.columns.items()
        }
        return _NamedColumns(columns_by_key, understood.age, understood.suggestions)
    names = Names(features, columns)
    columns_of_features = {f.key: _column(f, unmapped, columns, names) for f in features}
    age = age_name(unmapped, columns)
    return _NamedColumns(
        {key: column for key, column in columns_of_features.items() if column},
        None if age is None else unmapped.index(age),
    )


def _check_read_once(unmapped: Sequence[str], indices: Sequence[int]) -> None:
    """Of two columns of one name it would be chance which is read; others may be called as they are."""
    spellings = [normalized_name(name) for name in unmapped]
    read_spellings = {spellings[index] for index in indices} - {""}
    repeated = [
        name
        for name, spelling in zip(unmapped, spellings, strict=True)
        if spelling in read_spellings and spellings.count(spelling) > 1
    ]
    if repeated:
        message = f"columns have the same name: {', '.join(map(printable, repeated[:6]))}"
        raise InvalidInput.at("columns", message)


def column_index(header: Sequence[str], name: str) -> int | None:
    """The index of a column: the one spelled exactly so, else the one that means the same."""
    if name in header:
        return header.index(name)
    normalized = normalized_name(name)
    return next(
        (p for p, column in enumerate(header) if normalized_name(column) == normalized), None
    )


def _column(feature: Feature, unmapped: Sequence[str], columns: str, names: Names) -> Column | None:
    for name, kind in used_columns(unmapped, [feature], columns, names).items():
        targets = [t for t in names.find(name) if t[0].feature.key == feature.key]
        return Column(unmapped.index(name), name, kind, (tuple(targets[0]),))
    return None


def _mapped_column(
    feature: Feature, mapped: Mapping[str, int], header: Sequence[str], units: Mapping[str, str]
) -> Column | None:
    if feature.key not in mapped:
        return None
    index = mapped[feature.key]
    name = header[index]
    unit, wrong = unit_in_name(feature, name)
    quantity = other_quantity(feature, name)
    if quantity and feature.key not in units:
        wrong = f"is {quantity}: {quantity.advice}"
    if wrong:
        raise InvalidInput([_problem(wrong, "mapping", name)])
    column_name = name if 0 < len(name) <= LONGEST_NAME else feature.key
    return Column(index, column_name, feature.kind, ((Target(feature),),), unit, unit is not None)


def _mapped(
    features: Sequence[Feature], header: Sequence[str], mapping: Mapping[str, str]
) -> tuple[dict[str, int], set[int]]:
    """The indices of the mapped columns by what they answer, and of those to ignore."""
    keys = [AGE, *(f.key for f in features)]
    indices: dict[str, int] = {}
    ignored: set[int] = set()
    problems = []
    for column, key in mapping.items():
        index = column_index(header, column)
        if index is None:
            problems.append(_problem("the file has no such column", "mapping", column))
        elif header.count(header[index]) > 1:
            problems.append(_problem("is the name of two columns", "mapping", column))
        elif index in ignored or index in indices.values():
            problems.append(_problem("is named twice", "mapping", column))
        elif key == IGNORED:
            ignored.add(index)
        elif key not in keys:
            message = f'"{printable(key)}" is not a feature of this clock{_hint(key, keys)}'
            problems.append(_problem(message, "mapping", column))
        elif key in indices:
            message = f"{key} is already answered by {printable(header[indices[key]])}"
            problems.append(_problem(message, "mapping", column))
        else:
            indices[key] = index
    if problems:
        raise InvalidInput(problems[:MAX_PROBLEMS])
    return indices, ignored


def _with_units(
    features: Sequence[Feature], columns: Sequence[Column], units: Mapping[str, str]
) -> list[Column]:
    features_by_key = {f.key: f for f in features}
    columns_by_key = {key: column for column in columns for key in column.features}
    problems = [
        _problem(message, "units", key)
        for key, unit in units.items()
        if (message := _wrong_unit(features_by_key, columns_by_key.get(key), key, unit))
    ]
    if problems:
        raise InvalidInput(problems[:MAX_PROBLEMS])
    return [
        c if c.unit or c.targets[0][0].alias else replace(c, unit=units.get(c.features[0]))
        for c in columns
    ]


def _wrong_unit(
    features: Mapping[str, Feature], column: Column | None, key: str, unit: str
) -> str | None:
    if key not in features:
        return f"is not a feature of this clock{_hint(key, list(features))}"
    accepted_unit = find_unit(features[key].units, unit)
    if accepted_unit is None:
        accepted = ", ".join(u.name for u in features[key].units) or "none, it is a choice"
        return f"must be an accepted unit: {accepted}"
    if column is None:
        return "is answered by no column of the file"
    target = column.targets[0][0]
    if column.says_unit and column.unit and not same_unit(features[key], column.unit, unit):
        return (
            f"is {unit} here, but {column.unit} in the name of the column {printable(column.sent)}"
        )
    if target.alias and target.unit is not accepted_unit:
        return (
            f"is in {target.alias.unit} in the column {column.sent}; map the column to the feature"
        )
    return None


def _hint(name: str, keys: Sequence[str]) -> str:
    near = difflib.get_close_matches(name[:80], keys, n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def _problem(message: str, field: str, name: str) -> FieldProblem:
    return FieldProblem(json_pointer(field, name), printable(name), message)
