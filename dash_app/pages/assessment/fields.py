"""Form fields: numbers with units, and choices."""

import dash_mantine_components as dmc
from agelens import charts
from dash import html

from dash_app.content import Component
from dash_app.number_text import Feature
from dash_app.pages.assessment import ids, schema
from dash_app.pages.assessment.schema import Form

UNIT_WIDTH = 124


def field(form: Form, feature: Feature) -> Component:
    """A number with its unit, or one of several answers."""
    typed = form.typed.get(feature["key"], {}).get("value", "")
    if feature["kind"] == "choice":
        return _choice(feature, typed if typed in feature["choices"] else "")
    return _number(form, feature, typed)


def _number(form: Form, feature: Feature, typed: str) -> Component:
    unit = form.unit(feature)
    return dmc.TextInput(
        id=ids.number(feature["key"]),
        label=feature["label"],
        description=schema.hint(feature, unit) or None,
        value=typed,
        required=feature["required"],
        autoComplete="off",
        spellCheck="false",
        inputProps={"inputMode": "decimal"},
        descriptionProps={"title": _source(feature)},
        inputWrapperOrder=["label", "input", "description", "error"],
        rightSection=_unit(feature, unit),
        rightSectionWidth=UNIT_WIDTH,
        rightSectionPointerEvents="all",
        className="assessment-number",
    )


def _unit(feature: Feature, unit: str | None) -> Component:
    if len(feature["units"]) == 1:
        return html.Span(
            charts.printed(unit or ""), className="assessment-unit", **{"aria-hidden": "true"}
        )
    return dmc.Select(
        id=ids.unit(feature["key"]),
        data=[
            {"value": known["unit"], "label": charts.printed(known["unit"])}
            for known in feature["units"]
        ],
        value=unit,
        allowDeselect=False,
        variant="unstyled",
        size="sm",
        withCheckIcon=False,
        rightSectionWidth=28,
        className="assessment-units",
        comboboxProps={"width": "max-content", "position": "bottom-end"},
        **{"aria-label": f"Unit of {feature['label']}"},
    )


def _choice(feature: Feature, typed: str) -> Component:
    return dmc.RadioGroup(
        dmc.Group(
            [dmc.Radio(label=in_words(choice), value=choice) for choice in feature["choices"]],
            gap="md",
            mt=6,
        ),
        id=ids.choice(feature["key"]),
        label=feature["label"],
        value=typed,
        required=feature["required"],
        deselectable=True,
        className="assessment-choice",
    )


def _source(feature: Feature) -> str:
    """Shown by the pointer; the page's end lists the sources for everybody."""
    reference = feature["reference"]
    return str(reference["source"]) if reference else ""


def in_words(choice: str) -> str:
    """A choice as the start of a line."""
    return choice[:1].upper() + choice[1:].replace("_", " ")
