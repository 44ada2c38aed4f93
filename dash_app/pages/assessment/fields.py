"""Form fields: numbers with units, choices, and days."""

import dash_mantine_components as dmc
from agelens import charts
from agelens.charts import number_format
from agelens.languages import _
from dash import html

from dash_app.content import Component
from dash_app.number_text import Feature
from dash_app.pages.assessment import ids, schema
from dash_app.pages.assessment.schema import Form

UNIT_WIDTH = 108
ORDER = ["label", "input", "description", "error"]


def field(form: Form, feature: Feature) -> Component:
    """A number with its unit, or one of several answers."""
    value = form.typed.get(feature["key"], {}).get("value", "")
    if feature["kind"] == "choice":
        return _choice(feature, value if value in feature["choices"] else "")
    return _number(form, feature, value)


def day(
    name: str, label: str, value: str, latest: str, *, is_first: bool = False, **more: object
) -> Component:
    """A day, in the browser's own field for one; the first has the focus when the page opens."""
    focused = {"data-first-field": "yes"} if is_first else {}
    return dmc.TextInput(
        id=ids.number(name),
        label=label,
        value=value,
        autoComplete="off",
        inputProps={"type": "date", "max": latest, "min": "1900-01-01", **focused},
        inputWrapperOrder=ORDER,
        className="assessment-number",
        **more,
    )


def _number(form: Form, feature: Feature, value: str) -> Component:
    unit = form.unit(feature)
    return dmc.TextInput(
        id=ids.number(feature["key"]),
        label=feature["label"],
        description=schema.hint(feature, unit) or None,
        value=value,
        autoComplete="off",
        spellCheck="false",
        inputProps={"inputMode": "decimal"},
        descriptionProps={"title": _source(feature)},
        inputWrapperOrder=ORDER,
        rightSection=_unit(feature, unit),
        rightSectionWidth=UNIT_WIDTH,
        rightSectionPointerEvents="all",
        className="assessment-number",
    )


def _unit(feature: Feature, unit: str | None) -> Component:
    """The browser's own list: forty others would make the page slow."""
    if len(feature["units"]) == 1:
        unit_name = _("years") if unit == number_format.YEARS else charts.printed(unit or "")
        return html.Span(unit_name, className="assessment-unit", **{"aria-hidden": "true"})
    return html.Select(
        [
            html.Option(
                charts.printed(accepted_unit["unit"]),
                value=accepted_unit["unit"],
                selected=accepted_unit["unit"] == unit,
            )
            for accepted_unit in feature["units"]
        ],
        id=ids.unit(feature["key"]),
        className="assessment-units",
        **{"aria-label": _("Unit of {biomarker}", biomarker=feature["label"])},
    )


def _choice(feature: Feature, value: str) -> Component:
    return dmc.RadioGroup(
        dmc.Group(
            [dmc.Radio(label=in_words(choice), value=choice) for choice in feature["choices"]],
            gap="md",
            mt=6,
        ),
        id=ids.choice(feature["key"]),
        label=feature["label"],
        value=value,
        deselectable=True,
        className="assessment-choice",
    )


def _source(feature: Feature) -> str:
    """Shown by the pointer; the page's end lists the sources for everybody."""
    reference = feature["reference"]
    return str(reference["source"]) if reference else ""


def in_words(choice: str) -> str:
    """A choice as the start of a line."""
    text = number_format.choice(choice).replace("_", " ")
    return text[:1].upper() + text[1:]
