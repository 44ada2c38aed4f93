"""CSV template of a clock: its columns and one made-up person."""

import csv
import io
import math
from collections.abc import Iterator, Sequence

from agelens.clocks.base import Clock
from agelens.domain.errors import InvalidInput
from agelens.domain.features import Feature, Target
from agelens.domain.registry import DATA_SETS, Alias, age_column, example_age
from agelens.tables.column_hints import no_column


def template(clock: Clock, columns: str) -> str:
    """A CSV file that the clock can score as it is.

    Parameters
    ----------
    clock : Clock
    columns : str
        Whose column names and ways to write answers: a name of `DATA_SETS`.

    Raises
    ------
    InvalidInput
        At "columns", if there is no such data set, or it lacks what this clock needs.
    """
    if columns not in DATA_SETS:
        raise InvalidInput.at("columns", f"must be one of: {', '.join(DATA_SETS)}")
    manifest = clock.manifest
    features = sorted(manifest.features, key=lambda f: not f.informative)
    targets = [target for f in features if (target := _target(f, columns))]
    _check_enough(clock, targets, columns)
    cells = dict(_cells(targets))
    if manifest.needs_age:
        cells = {age_column(columns): f"{example_age():g}"} | cells
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cells.keys(), cells.values()])
    return text.getvalue()


def _target(feature: Feature, columns: str) -> Target | None:
    """The name that wins where a file has several for one feature."""
    if columns == "agelens":
        return Target(feature)
    aliases = (alias for alias in feature.aliases if alias.columns == columns)
    return next((Target(feature, alias) for alias in aliases), None)


def _check_enough(clock: Clock, targets: Sequence[Target], columns: str) -> None:
    answered = {target.feature.key for target in targets}
    features = clock.manifest.features
    if not any(target.feature.informative for target in targets):
        raise InvalidInput.at("columns", no_column((), features, columns))
    lacking = [f.key for f in features if f.required and f.key not in answered]
    words = f"needs {', '.join(lacking)}" if lacking else clock.lacks(answered)
    if words:
        raise InvalidInput.at("columns", f"{columns} has too little for this clock, which {words}")


def _cells(targets: Sequence[Target]) -> Iterator[tuple[str, str]]:
    """Names and cells; both halves of a pair give the whole of it."""
    halves: dict[str, dict[str, str]] = {}
    for target in targets:
        alias = target.alias
        if alias is None or not alias.transform.endswith("_of_pair"):
            continue
        halves.setdefault(alias.name, {})[alias.transform] = _number(target)
    for target in targets:
        name = target.alias.name if target.alias else target.feature.key
        pair = halves.get(name)
        yield name, "/".join(pair[half] for half in sorted(pair)) if pair else _cell(target)


def _cell(target: Target) -> str:
    example = target.feature.example
    if not isinstance(example, str):
        return _number(target)
    return _code(target.alias, example) if target.alias and target.alias.codes else example


def _number(target: Target) -> str:
    value, unit = float(target.feature.example), target.unit
    if unit is not None:
        value = unit.from_canonical(value)
    if target.alias and target.alias.transform == "expm1":
        value = math.log1p(value)
    return f"{value:.4g}"


def _code(alias: Alias, choice: str) -> str:
    return next(code for code, meaning in alias.codes if meaning == choice)
