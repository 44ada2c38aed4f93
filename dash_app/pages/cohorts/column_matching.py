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
    shown = _shown(matches, draft.recognised)
    units = {f["key"]: [_named(unit["unit"]) for unit in f["units"]] for f in model.features}
    wrong = column_problems(draft.problem)
    rows = [
        _row(place, matches[place], draft, model, units, wrong.get(matches[place].column))
        for place in shown
    ]
    known: KnownTable = {
        "draw": draft.options.get("draw", 0),
        "places": shown,
        "columns": [matches[place].column for place in shown],
        "values": [column_value(matches[place]) for place in shown],
        "recognised": [_plain(draft.recognised[place]) for place in shown],
        "units": units,
    }
    return [
        html_tables.table(
            COLUMNS,
            rows,
            caption=_("Columns of the file and what they are"),
            className="cohorts-matching",
        ),
        _others(len([name for name in cohort.header if name]) - len(shown)),
        dcc.Store(id="cohorts-known", data=known),
    ]


def _shown(matches: Sequence[Match], recognised: Sequence[Match]) -> list[int]:
    named = [place for place, match in enumerate(matches) if match.column]
    used = [p for p in named if matches[p].features or recognised[p].features]
    return [*used, *(p for p in named if p not in set(used))][:MOST_COLUMNS]


def _mapped(draft: DraftPreview) -> list[Match]:
    """What was asked for and could not be read so."""
    units, mapping = draft.options["units"], draft.options["mapping"]
    found = []
    for match in draft.recognised:
        key = mapping.get(match.column)
        if key is None:
            found.append(match)
        else:
            answers = () if key == IGNORED else (Answered(key, key),)
            found.append(Match(match.column, answers, units.get(key)))
    return found


def _plain(match: Match) -> dict[str, str | None]:
    return {"value": column_value(match), "unit": match.unit}


def _row(
    place: int,
    match: Match,
    draft: DraftPreview,
    model: Model,
    units: Units,
    wrong: str | None,
) -> Component:
    cells = [shortened(row[place] or "–") for row in draft.sample[:SHOWN_CELLS]]
    value = column_value(match)
    cells_of_row = (
        html.Bdi(match.column, className="cohorts-column"),
        html.Bdi(", ".join(cells), className="cohorts-cells"),
        dmc.Select(
            id={"type": "cohorts-feature", "place": place},
            data=choices(model, match, draft.recognised[place]),
            value=value,
            allowDeselect=False,
            searchable=True,
            openOnFocus=False,  # who goes on with Tab would have the list push the field away
            error=wrong,
            **{"aria-label": _("What {column} is", column=match.column)},
        ),
        dmc.Select(
            id={"type": "cohorts-unit", "place": place},
            data=unit_choices(value, match.unit, units),
            value=match.unit,
            allowDeselect=False,
            disabled=not units.get(value),
            style={} if match.unit else {"display": "none"},
            **{"aria-label": _("Unit of {column}", column=match.column)},
        ),
    )
    return html_tables.row(COLUMNS, cells_of_row)


def choices(model: Model, *seen: Match) -> list[Choice]:
    """The clock's features; a pair is a choice only of the column that is known to be one."""
    found = {IGNORED: _("Ignore"), AGE: _("Chronological age")}
    found |= {feature["key"]: feature["label"] for feature in model.features}
    for match in seen:
        if len(match.features) > 1:
            found[column_value(match)] = labels.joined([each.label for each in match.features])
    return [{"value": value, "label": label} for value, label in found.items()]


def unit_choices(value: str, unit: str | None, units: Units) -> list[Choice]:
    """The accepted units of a feature; the one that a column's name says where it answers several."""
    return list(units.get(value) or ([_named(unit)] if unit else []))


def _named(unit: str) -> Choice:
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
