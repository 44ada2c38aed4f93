"""What only a person can say of a file: columns and units that may be meant, and codes of sex."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Match, Preview, UnknownCodes
from agelens.languages import _, in_sentence, ngettext
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.dependencies import ALL

from dash_app.content import Component, Content
from dash_app.pages.cohorts import labels
from dash_app.pages.cohorts.column_matching import shortened

MISSING = ""
CODES = {"type": "cohorts-code", "place": ALL}


class Accepted(NamedTuple):
    """What is said of a column when its suggestion is accepted; without a unit it stays as it is."""

    column: str
    feature: str
    unit: str | None


class KnownCode(TypedDict):
    """A code that is asked about, by the column that has it."""

    column: str
    code: str


def suggestions(preview: Preview | None) -> list[Content]:
    """Columns that may be meant for something, or be in another unit; one click each, or one for all."""
    matches = (
        [Accepted(m.column, m.feature, None) for m in preview.match_suggestions] if preview else []
    )
    units = [
        Accepted(s.column, s.feature, s.suggested_unit)
        for s in (preview.suggestions if preview else ())
        if s.suggested_unit
    ]
    store = dcc.Store(id="cohorts-suggested", data=[each._asdict() for each in (*matches, *units)])
    if preview is None:
        return [store]
    return [*_matches(preview), *_units(preview, len(matches)), store]


def _matches(preview: Preview) -> list[Component]:
    """Columns that answer nothing, and what they may be."""
    suggested = preview.match_suggestions
    if not suggested:
        return []
    parts = [
        _question(
            each.message,
            _(
                "Read {column} as {biomarker}",
                column=shortened(each.column),
                biomarker=in_sentence(each.label),
            ),
            place,
        )
        for place, each in enumerate(suggested)
    ]
    title = ngettext(
        "This column may be a missing biomarker",
        "These columns may be missing biomarkers",
        len(suggested),
    )
    every = _button(_("Use these matches"), *range(len(suggested)), variant="filled")
    return [_alert(title, [*parts, *([every] if len(suggested) > 1 else [])])]


def _units(preview: Preview, first_place: int) -> list[Component]:
    """Columns that look as if they were in another unit."""
    suggested = preview.suggestions
    if not suggested:
        return []
    acceptable = [each for each in suggested if each.suggested_unit]
    names = _labels(preview.matches)
    others = [
        dmc.Text(labels.sentence(each.message)) for each in suggested if each not in acceptable
    ]
    parts = [
        _question(
            each.message,
            _(
                "Read {biomarker} as {unit}",
                biomarker=in_sentence(names.get(each.feature, each.column)),
                unit=charts.printed(each.suggested_unit or ""),
            ),
            first_place + place,
        )
        for place, each in enumerate(acceptable)
    ]
    places = range(first_place, first_place + len(acceptable))
    every = _button(_("Use these units"), *places, variant="filled")
    title = ngettext("This unit looks wrong", "These units look wrong", len(suggested))
    return [_alert(title, [*others, *parts, *([every] if len(acceptable) > 1 else [])])]


def _alert(title: str, parts: list[Component]) -> Component:
    return dmc.Alert(parts, title=title, color="blue", variant="light")


def _labels(matches: Sequence[Match]) -> dict[str, str]:
    return {each.feature: each.label for match in matches for each in match.features}


def _question(message: str, answer: str, place: int) -> Component:
    return html.Div(
        [dmc.Text(labels.sentence(message)), _button(answer, place)], className="cohorts-question"
    )


def _button(text: str, *places: int, variant: str = "default") -> Component:
    """Accepts what stands at these places of what is suggested."""
    return dmc.Button(
        text,
        className="cohorts-accept",
        variant=variant,
        size="xs",
        **{"data-places": " ".join(map(str, places))},
    )


def codes(preview: Preview | None) -> list[Content]:
    """Codes in columns of choices, each with what it may stand for."""
    columns = preview.codes if preview else ()
    known_codes = asked_codes(preview)
    numbers = iter(range(len(known_codes)))
    alerts = [
        dmc.Alert(
            [
                dmc.Text(
                    _(
                        'The column "{column}" has codes. AgeLens does not guess what they mean.',
                        column=column.column,
                    ),
                    mb="xs",
                ),
                *(_code(next(numbers), column, place) for place in range(len(column.codes))),
            ],
            title=_("What do the codes of {biomarker} mean?", biomarker=in_sentence(column.label)),
            color="blue",
            variant="light",
        )
        for column in columns
    ]
    return [*alerts, dcc.Store(id="cohorts-known-codes", data=known_codes)]


def asked_codes(preview: Preview | None) -> list[KnownCode]:
    """The codes in the order of their choices."""
    columns = preview.codes if preview else ()
    return [{"column": c.column, "code": each.code} for c in columns for each in c.codes]


def _code(number: int, column: UnknownCodes, place: int) -> Component:
    code = column.codes[place]
    options = [{"value": each, "label": charts.choice(each)} for each in column.choices]
    return dmc.Select(
        id={"type": "cohorts-code", "place": number},
        label=f"{code.code} ({labels.rows(code.n_rows)})",
        data=[*options, {"value": MISSING, "label": _("not known")}],
        value=code.meaning,
        placeholder=_("Choose"),
        allowDeselect=False,
        maw=260,
        mb="xs",
    )


def register(app: Dash) -> None:
    """The answers become part of what the API is told."""
    app.clientside_callback(
        ClientsideFunction("agelens_cohorts", "accept"),
        Output("cohorts-options", "data", allow_duplicate=True),
        Input("cohorts-taken", "data"),  # not the buttons: a preview draws them anew
        State("cohorts-suggested", "data"),
        State("cohorts-options", "data"),
        State("cohorts-draft", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_cohorts", "decode"),
        Output("cohorts-options", "data", allow_duplicate=True),
        Input(CODES, "value"),
        State("cohorts-known-codes", "data"),
        State("cohorts-options", "data"),
        State("cohorts-draft", "data"),
        prevent_initial_call=True,
    )
