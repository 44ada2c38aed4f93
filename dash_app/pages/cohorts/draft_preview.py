"""How a draft would be read, as the API says: with some options, and by the names of columns alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agelens.client import Cohort, InvalidInput, Match, Model, Preview

Options = dict[str, Any]
IGNORED = "ignored"
AGE = "chronological_age"
BESIDE = "+"


@dataclass(frozen=True)
class Reading:
    """What the API says to some options; `recognised` is what it makes of the names alone.

    `sample` are the first rows as they are in the file.
    """

    options: Options
    preview: Preview | None
    problem: InvalidInput | None
    recognised: tuple[Match, ...]
    sample: tuple[tuple[str | None, ...], ...]


def of(cohort: Cohort, options: Options) -> Reading:
    """Ask; a file of which no column is known still can be matched."""
    preview, problem = asked(cohort, options)
    plain = preview
    if options["mapping"] or options["units"]:
        plain, _ = asked(cohort, options | {"mapping": {}, "units": {}})
    nothing = tuple(Match(column, (), None) for column in cohort.header)
    shown = options | {"columns": options["columns"] or (preview.columns if preview else "agelens")}
    sample = preview.sample if preview else cohort.sample()
    return Reading(shown, preview, problem, plain.matches if plain else nothing, sample)


def asked(cohort: Cohort, options: Options) -> tuple[Preview | None, InvalidInput | None]:
    """The preview with some options, or why there is none."""
    try:
        return cohort.preview(**given(options)), None
    except InvalidInput as error:
        return None, error


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """What the API is told."""
    names = ("model", "columns", "mapping", "units", "id_column")
    return {name: options[name] for name in names if options.get(name) is not None}


def fitting(options: Options, model: Model) -> Options:
    """Without what was matched to features that this clock, unlike the one before, does not have."""
    keys = {IGNORED, AGE, *(feature["key"] for feature in model.features)}
    mapping = {
        column: value
        for column, value in options["mapping"].items()
        if keys.issuperset(value.split(BESIDE))
    }
    units = {feature: unit for feature, unit in options["units"].items() if feature in keys}
    return options | {"mapping": mapping, "units": units}


def told_of(cohort: Cohort, standard: str) -> Options:
    """What was said with the file, by whatever program has sent it."""
    return {
        "model": cohort.model.name if cohort.model else standard,
        "columns": cohort.columns,
        "mapping": cohort.mapping,
        "units": cohort.units,
        "id_column": cohort.id_column,
    }


def value_of(match: Match) -> str:
    """What a column answers, as a choice has it; a pair such as 120/80 answers two features."""
    return BESIDE.join(each.feature for each in match.features) or IGNORED


def by_column(problem: InvalidInput | None) -> dict[str, str]:
    """What is wrong with which column of the mapping."""
    found: dict[str, str] = {}
    for each in problem.problems if problem else ():
        _, *path = each.pointer.split("/")
        if path[:1] == ["mapping"] and len(path) == 2:
            found[path[1].replace("~1", "/").replace("~0", "~")] = each.message
    return found


def of_options(problem: InvalidInput | None) -> dict[str, str]:
    """What is wrong with the choices above the table, by name; the units' problems are `units`."""
    found: dict[str, str] = {}
    for each in problem.problems if problem else ():
        _, *path = each.pointer.split("/")
        if path[:1] == ["mapping"] and len(path) == 2:
            continue
        name = path[0] if path else ""
        words = f"{each.field} {each.message}" if name == "units" else each.message
        found[name] = f"{found[name]} {words}" if name in found else words
    return found
