"""Previews of a draft: how its columns would be matched, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agelens.client import Cohort, InvalidInput, Match, Model, Preview

Options = dict[str, Any]
IGNORED = "ignored"
AGE = "chronological_age"
BESIDE = "+"


@dataclass(frozen=True)
class DraftPreview:
    """A draft previewed with some options: the preview, or the problem that prevents one.

    `recognised` is how the column names alone would be matched, and `sample` the first rows of the
    file: only the table of columns shows them, so both are empty where it is not drawn.
    """

    options: Options
    preview: Preview | None
    problem: InvalidInput | None
    recognised: tuple[Match, ...] = ()
    sample: tuple[tuple[str | None, ...], ...] = ()


def preview_draft(cohort: Cohort, options: Options, *, for_table: bool = True) -> DraftPreview:
    """Preview a draft: one request, and a second one where the table needs the names alone.

    A file of which no column is recognised can still be matched.
    """
    preview, problem = preview_or_problem(cohort, options)
    if not for_table:
        return DraftPreview(options, preview, problem)
    by_names_alone = preview
    if options["mapping"] or options["units"]:
        by_names_alone, _ = preview_or_problem(cohort, options | {"mapping": {}, "units": {}})
    nothing = tuple(Match(column, (), None) for column in cohort.header)
    options_used = options | {
        "columns": options["columns"] or (preview.columns if preview else "agelens")
    }
    sample = preview.sample if preview else cohort.sample()
    return DraftPreview(
        options_used,
        preview,
        problem,
        by_names_alone.matches if by_names_alone else nothing,
        sample,
    )


def preview_or_problem(
    cohort: Cohort, options: Options
) -> tuple[Preview | None, InvalidInput | None]:
    """The preview with some options, or why there is none."""
    try:
        return cohort.preview(**request_options(options)), None
    except InvalidInput as error:
        return None, error


def request_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """What the API is told."""
    names = ("model", "columns", "mapping", "units", "id_column", "values")
    return {name: options[name] for name in names if options.get(name) is not None}


def options_for_clock(options: Options, model: Model) -> Options:
    """Without what was matched to features that this clock, unlike the one before, does not have."""
    keys = {IGNORED, AGE, *(feature["key"] for feature in model.features)}
    mapping = {
        column: value
        for column, value in options["mapping"].items()
        if keys.issuperset(value.split(BESIDE))
    }
    units = {feature: unit for feature, unit in options["units"].items() if feature in keys}
    values = {column: codes for column, codes in options["values"].items() if codes}
    return options | {"mapping": mapping, "units": units, "values": values}


def options_sent_with(cohort: Cohort, standard: str) -> Options:
    """What was said with the file, by whatever program has sent it."""
    return {
        "model": cohort.model.name if cohort.model else standard,
        "columns": cohort.columns,
        "mapping": cohort.mapping,
        "units": cohort.units,
        "id_column": cohort.id_column,
        "values": cohort.values,
    }


def column_value(match: Match) -> str:
    """What a column answers, as a choice has it; a pair such as 120/80 answers two features."""
    return BESIDE.join(each.feature for each in match.features) or IGNORED


def column_problems(problem: InvalidInput | None) -> dict[str, str]:
    """What is wrong with which column of the mapping."""
    messages: dict[str, str] = {}
    for each in problem.problems if problem else ():
        _, *path = each.pointer.split("/")
        if path[:1] == ["mapping"] and len(path) == 2:
            messages[path[1].replace("~1", "/").replace("~0", "~")] = each.message
    return messages


def option_problems(problem: InvalidInput | None) -> dict[str, str]:
    """What is wrong with the choices above the table, by name; the units' problems are `units`."""
    messages: dict[str, str] = {}
    for each in problem.problems if problem else ():
        _, *path = each.pointer.split("/")
        if path[:1] == ["mapping"] and len(path) == 2:
            continue
        name = path[0] if path else ""
        message = f"{each.field} {each.message}" if name == "units" else each.message
        messages[name] = f"{messages[name]} {message}" if name in messages else message
    return messages
