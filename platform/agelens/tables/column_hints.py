"""Columns in use, and "did you mean" hints for columns that match nothing."""

from collections.abc import Iterator, Sequence

from agelens.domain.features import Feature, Names, Target
from agelens.domain.registry import DATA_SETS, age_column
from agelens.domain.single_answer import printable
from agelens.domain.units import normalized_name
from agelens.tables.header_names import HeaderNames

SHOWN_NAMES = 5


def used_columns(
    header: Sequence[str], features: Sequence[Feature], columns: str, names: Names
) -> dict[str, str]:
    """The columns to read and how; of several for one feature, the one its registry entry has first."""
    answered = _answered(header, features, columns)
    return {name: _cell_kind(names.find(name)) for name in answered}


def age_name(header: Sequence[str], columns: str) -> str | None:
    """The column of chronological age."""
    normalized = normalized_name(age_column(columns))
    return next((name for name in header if normalized_name(name) == normalized), None)


def no_column(header: Sequence[str], features: Sequence[Feature], columns: str) -> str:
    """What to say when no column answers any feature that the clock's number depends on."""
    names = (name for f in features if f.informative for name in _names_of(f, columns))
    message = f"no column of the file is one of: {', '.join(dict.fromkeys(names)) or 'none at all'}"
    return "; ".join([message, *_taken_for_header(header), *hints(header, features, columns)])


def _taken_for_header(header: Sequence[str]) -> list[str]:
    """The first names, so that a title that was taken for the header is seen to be one."""
    names = [printable(name, 40) for name in header if name][:SHOWN_NAMES]
    more = ", ..." if len(header) > len(names) else ""
    return [f'its header is read as "{", ".join(names)}{more}"'] if names else []


def hints(
    header: Sequence[str], features: Sequence[Feature], columns: str, *, needs_age: bool = False
) -> list[str]:
    """Suggestions for unmatched columns; none is ever applied.

    Parameters
    ----------
    header : sequence of str
    features : sequence of Feature
        Of the clock.
    columns : str
        Whose column names these are said to be: a name of `DATA_SETS`.
    needs_age : bool
        Whether the clock cannot do without chronological age.
    """
    matches = {data_set: _matches(header, features, data_set) for data_set in DATA_SETS}
    best = max(DATA_SETS, key=lambda data_set: matches[data_set])
    if matches[best] > matches[columns]:
        return [f"the file looks like one with {best} columns; choose these"]
    if not needs_age or _has_age(header, features, columns):
        return []
    age_names = (age_name(header, data_set) for data_set in DATA_SETS)
    near = next((name for name in age_names if name), None)
    meant = f'; did you mean it by "{near}"?' if near else ""
    return [f"there is no column {age_column(columns)}, which this clock needs{meant}"]


def _has_age(header: Sequence[str], features: Sequence[Feature], columns: str) -> bool:
    if columns == "agelens":
        return HeaderNames(features).understand(header).age is not None
    return age_name(header, columns) is not None


def _matches(header: Sequence[str], features: Sequence[Feature], columns: str) -> int:
    if columns == "agelens":
        understood = HeaderNames(features).understand(header)
        return len(understood.columns) + (understood.age is not None)
    answered = [*_answered(header, features, columns), age_name(header, columns)]
    return sum(name is not None for name in answered)


def _answered(header: Sequence[str], features: Sequence[Feature], columns: str) -> Iterator[str]:
    present = {normalized_name(name): name for name in header}
    for feature in features:
        normalized_names = (normalized_name(name) for name in _names_of(feature, columns))
        name = next((present[name] for name in normalized_names if name in present), None)
        if name is not None:
            yield name


def _names_of(feature: Feature, columns: str) -> list[str]:
    if columns == "agelens":
        return [feature.key]
    return [alias.name for alias in feature.aliases if alias.columns == columns]


def _cell_kind(answered: Sequence[Sequence[Target]]) -> str:
    alias, feature = answered[0][0].alias, answered[0][0].feature
    return "pair" if alias is not None and alias.transform.endswith("of_pair") else feature.kind
