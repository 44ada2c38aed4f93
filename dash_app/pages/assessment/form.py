"""The form of one clock: used features first, unused ones folded away."""

import uuid
from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from dash import dcc, html

from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.assessment import ids, schema
from dash_app.pages.assessment.fields import field
from dash_app.pages.assessment.schema import Form, Typed


def body(
    form: Form,
    *,
    place: str,
    address: str,
    problems: Mapping[str, str],
    offered: Typed | None = None,
    switched: bool = False,
) -> list[Content]:
    """All fields, and what the browser has to know of them.

    `place` is under what name the browser keeps what is typed, `address` where the form is found
    again, `told` problems that are known already. What is `offered` is filled in as if it were
    typed. A form that is `switched` to takes over what stood in the one before.
    """
    age, *features = form.features
    asked = schema.used_features(features)
    rest = [feature for feature in features if feature not in asked]
    known = schema.for_browser(
        form,
        place=place,
        address=address,
        offered=offered or None,
        switched=switched,
        form=uuid.uuid4().hex,
    )
    return [
        dcc.Store(id=ids.SCHEMA, data=known),
        dcc.Store(id=ids.CLOCK, data=form.model.name),
        dcc.Store(
            id=ids.TOLD, data={"problems": dict(problems), "focus": False} if problems else None
        ),
        dmc.Paper(
            [
                _group(form, "About you", [age]),
                *(_group(form, name, members) for name, members in schema.grouped(asked).items()),
            ],
            withBorder=True,
            className="assessment-groups",
        ),
        _optional(form, rest) if rest else None,
        _sources(asked + rest),
    ]


def _group(form: Form, name: str, features: Sequence[Feature], level: int = 2) -> Component:
    return html.Div(
        [
            dmc.Title(name, order=level, className="assessment-group-name"),
            dmc.SimpleGrid(
                [field(form, feature) for feature in features],
                cols={"base": 1, "xs": 2},
                spacing="lg",
                verticalSpacing="md",
            ),
        ],
        className="assessment-group",
        role="group",
        **{"aria-label": name},
    )


def _optional(form: Form, features: Sequence[Feature]) -> Component:
    filled = any(form.typed.get(feature["key"], {}).get("value") for feature in features)
    return html.Details(
        [
            html.Summary("Optional: saved, but not used by this clock"),
            *(_group(form, name, own, 3) for name, own in schema.grouped(features).items()),
        ],
        className="assessment-fold assessment-optional",
        open=filled,
    )


def _sources(features: Sequence[Feature]) -> Component | None:
    """Where the reference ranges come from, for those who cannot point at them."""
    stated = [(f["label"], f["reference"]["source"]) for f in features if f["reference"]]
    if not stated:
        return None
    return html.Details(
        [
            html.Summary("Sources of the reference ranges"),
            html.Ul([html.Li(f"{label}: {source}") for label, source in stated]),
        ],
        className="assessment-fold assessment-sources",
    )
