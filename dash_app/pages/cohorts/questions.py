"""What only a person can say of a file: units that look wrong, and codes of sex."""

from collections.abc import Sequence
from typing import TypedDict

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Match, Preview, UnitSuggestion, UnknownCodes
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.dependencies import ALL

from dash_app.content import Component, Content
from dash_app.pages.cohorts import labels

MISSING = ""
CODES = {"type": "cohorts-code", "place": ALL}


class KnownCode(TypedDict):
    """A code that is asked about, by the column that has it."""

    column: str
    code: str


def units(preview: Preview | None) -> list[Content]:
    """Columns that look as if they were in another unit; one click each, or one for all."""
    found = preview.suggestions if preview else ()
    if not found:
        return [dcc.Store(id="cohorts-suggested", data=[])]
    taken = [each for each in found if each.suggested_unit]
    names = _labels(preview.matches) if preview else {}
    parts = [_suggestion(place, each, names) for place, each in enumerate(taken)]
    others = [dmc.Text(labels.sentence(each.message)) for each in found if each not in taken]
    every = [_button("Use all suggested units", len(taken), variant="filled")]
    return [
        dmc.Alert(
            [*others, *parts, *(every if len(taken) > 1 else [])],
            title="These units look wrong" if len(found) > 1 else "This unit looks wrong",
            color="blue",
            variant="light",
        ),
        dcc.Store(
            id="cohorts-suggested",
            data=[
                {"column": s.column, "feature": s.feature, "unit": s.suggested_unit} for s in taken
            ],
        ),
    ]


def _labels(matches: Sequence[Match]) -> dict[str, str]:
    return {each.feature: each.label for match in matches for each in match.features}


def _suggestion(place: int, found: UnitSuggestion, names: dict[str, str]) -> Component:
    name = names.get(found.feature, found.column)
    unit = charts.printed(found.suggested_unit or "")
    return html.Div(
        [
            dmc.Text(labels.sentence(found.message)),
            _button(f"Read {labels.inside(name)} as {unit}", place),
        ],
        className="cohorts-question",
    )


def _button(text: str, place: int, variant: str = "default") -> Component:
    return dmc.Button(
        text,
        className="cohorts-accept",
        variant=variant,
        size="xs",
        **{"data-place": str(place)},
    )


def codes(preview: Preview | None) -> list[Content]:
    """Codes in columns of choices, each with what it may stand for."""
    found = preview.codes if preview else ()
    known = asked_codes(preview)
    places = iter(range(len(known)))
    alerts = [
        dmc.Alert(
            [
                dmc.Text(
                    f'The column "{column.column}" has codes. AgeLens does not guess what they mean.',
                    mb="xs",
                ),
                *(_code(next(places), column, place) for place in range(len(column.codes))),
            ],
            title=f"What do the codes of {labels.inside(column.label)} mean?",
            color="blue",
            variant="light",
        )
        for column in found
    ]
    return [*alerts, dcc.Store(id="cohorts-known-codes", data=known)]


def asked_codes(preview: Preview | None) -> list[KnownCode]:
    """The codes in the order of their choices."""
    found = preview.codes if preview else ()
    return [{"column": c.column, "code": each.code} for c in found for each in c.codes]


def _code(number: int, column: UnknownCodes, place: int) -> Component:
    code = column.codes[place]
    options = [{"value": each, "label": each} for each in column.choices]
    return dmc.Select(
        id={"type": "cohorts-code", "place": number},
        label=f"{code.code} ({labels.counted(code.n_rows, 'row')})",
        data=[*options, {"value": MISSING, "label": "not known"}],
        value=code.meaning,
        placeholder="Choose",
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
