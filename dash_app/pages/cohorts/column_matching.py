"""Column mapping: which biomarker and unit each column of a file holds."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Answered, Cohort, Match, Model
from agelens.languages import N_, _, ngettext
from dash import dcc, html

from dash_app import html_tables
from dash_app.content import Component, Content
from dash_app.pages.cohorts import labels
from dash_app.pages.cohorts.draft_preview import (
    AGE,
    IGNORED,
    DraftPreview,
    column_problems,
    column_value,
)

COLUMNS = (N_("Column"), N_("First rows"), N_("What it is"), N_("Unit"))
MOST_COLUMNS = 100
SHOWN_CELLS = 3
LONGEST_CELL = 24
Choice = dict[str, str]
Units = Mapping[str, Sequence[Choice]]


class KnownTable(TypedDict):
    """What the browser knows of the table that is drawn; lists go by row."""

    draw: int
    places: list[int]
    columns: list[str]
    values: list[str]
    recognised: list[dict[str, str | None]]
    units: Mapping[str, Sequence[Choice]]


def table(cohort: Cohort, model: Model, draft: DraftPreview) -> list[Content]:
    """The columns that answer something first, then the others, as far as a page can show them."""
    matches = draft.preview.matches if draft.preview else _mapped(draft)
    shown_columns = _shown_columns(matches, draft.recognised)
    units = {f["key"]: [_unit_option(unit["unit"]) for unit in f["units"]] for f in model.features}
    errors = column_problems(draft.problem)
    rows = [
        _row(index, matches[index], draft, model, units, errors.get(matches[index].column))
        for index in shown_columns
    ]
    table_state: KnownTable = {
        "draw": draft.options.get("draw", 0),
        "places": shown_columns,
        "columns": [matches[index].column for index in shown_columns],
        "values": [column_value(matches[index]) for index in shown_columns],
        "recognised": [_as_store_entry(draft.recognised[index]) for index in shown_columns],
        "units": units,
    }
    return [
        html_tables.table(
            COLUMNS,
            rows,
            caption=_("Columns of the file and what they are"),
            className="cohorts-matching",
        ),
        _others(len([name for name in cohort.header if name]) - len(shown_columns)),
        dcc.Store(id="cohorts-known", data=table_state),
    ]


def _shown_columns(matches: Sequence[Match], recognised: Sequence[Match]) -> list[int]:
    with_name = [index for index, match in enumerate(matches) if match.column]
    with_answer = [
        index for index in with_name if matches[index].features or recognised[index].features
    ]
    return [*with_answer, *(index for index in with_name if index not in set(with_answer))][
        :MOST_COLUMNS
    ]


def _mapped(draft: DraftPreview) -> list[Match]:
    """What was asked for and could not be read so."""
    units, mapping = draft.options["units"], draft.options["mapping"]
    matches = []
    for match in draft.recognised:
        key = mapping.get(match.column)
        if key is None:
            matches.append(match)
        else:
            answers = () if key == IGNORED else (Answered(key, key),)
            matches.append(Match(match.column, answers, units.get(key)))
    return matches


def _as_store_entry(match: Match) -> dict[str, str | None]:
    return {"value": column_value(match), "unit": match.unit}


def _row(
    index: int,
    match: Match,
    draft: DraftPreview,
    model: Model,
    units: Units,
    error: str | None,
) -> Component:
    cells = [shortened(row[index] or "–") for row in draft.sample[:SHOWN_CELLS]]
    value = column_value(match)
    cells_of_row = (
        html.Bdi(match.column, className="cohorts-column"),
        html.Bdi(", ".join(cells), className="cohorts-cells"),
        dmc.Select(
            id={"type": "cohorts-feature", "place": index},
            data=choices(model, match, draft.recognised[index]),
            value=value,
            allowDeselect=False,
            searchable=True,
            openOnFocus=False,  # who goes on with Tab would have the list push the field away
            error=error,
            **{"aria-label": _("What {column} is", column=match.column)},
        ),
        dmc.Select(
            id={"type": "cohorts-unit", "place": index},
            data=unit_choices(value, match.unit, units),
            value=match.unit,
            allowDeselect=False,
            disabled=not units.get(value),
            style={} if match.unit else {"display": "none"},
            **{"aria-label": _("Unit of {column}", column=match.column)},
        ),
    )
    return html_tables.row(COLUMNS, cells_of_row)


def choices(model: Model, *matches: Match) -> list[Choice]:
    """The clock's features; a pair is a choice only of the column that is known to be one."""
    labels_by_value = {IGNORED: _("Ignore"), AGE: _("Chronological age")}
    labels_by_value |= {feature["key"]: feature["label"] for feature in model.features}
    for match in matches:
        if len(match.features) > 1:
            labels_by_value[column_value(match)] = labels.joined(
                [each.label for each in match.features]
            )
    return [{"value": value, "label": label} for value, label in labels_by_value.items()]


def unit_choices(value: str, unit: str | None, units: Units) -> list[Choice]:
    """The accepted units of a feature; the one that a column's name says where it answers several."""
    return list(units.get(value) or ([_unit_option(unit)] if unit else []))


def _unit_option(unit: str) -> Choice:
    return {"value": unit, "label": charts.printed(unit)}


def shortened(cell: str) -> str:
    """A cell that fits."""
    return cell if len(cell) <= LONGEST_CELL else f"{cell[: LONGEST_CELL - 1]}…"


def _others(count: int) -> Component | None:
    if count <= 0:
        return None
    return dmc.Text(
        ngettext(
            "{n} more column is ignored. To use it, rename it as in the template.",
            "{n} more columns are ignored. To use one of them, rename it as in the template.",
            count,
            n=charts.count(count),
        ),
        size="sm",
        c="dimmed",
        mt="xs",
    )
