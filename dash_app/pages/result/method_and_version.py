"""Method and version: warnings, clock, hashes, date, price."""

import re
from collections.abc import Mapping

import dash_mantine_components as dmc
from agelens.client import Model, Task
from dash import dcc, html

from dash_app import times
from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.result.comparison import label
from dash_app.pages.result.sections import section

AGE, AGE_LABEL = "chronological_age", "Your age"
CARD_HEADING = re.compile(r"^(#+)(?= )", re.MULTILINE)


def warnings(task: Task, schema: Mapping[str, Feature]) -> Component | None:
    """What the clock warns of, and what was not measured; nothing when there is nothing."""
    result = task.wire
    found = [_named(text, schema) for text in result["warnings"]]
    if result["missing"]:
        names = ", ".join(label(schema, key) for key in result["missing"])
        found.append(f"Not measured: {names}.")
    if not found:
        return None
    return section("Keep in mind", html.Ul([html.Li(text) for text in found]), kind="warnings")


def _named(text: str, schema: Mapping[str, Feature]) -> str:
    """A warning speaks of a feature by its key: people know its name."""
    key, _, rest = text.partition(" ")
    name = AGE_LABEL if key == AGE else label(schema, key) if key in schema else key
    sentence = f"{name} {rest}"
    return sentence[:1].upper() + sentence[1:] + ("" if sentence.endswith((".", "?")) else ".")


def model_and_data(task: Task, model: Model | None) -> Component:
    """Exactly what answered, so that anybody can find it again."""
    identity = task.wire["model"]
    when = task.finished_at or task.created_at
    facts = [
        ("Clock", f"{identity['name']} {identity['version']}"),
        ("Computed by", f"AgeLens {identity.get('code_version', '')}".strip()),
        ("Clock SHA-256", html.Code(identity["sha256"])),
        ("Training data SHA-256", html.Code(identity["data_sha256"])),
        ("Calculated", times.local(when)),
        ("Charged", f"{task.charged} credits"),
        ("Result ID", html.Code(task.id)),
        *([("How to cite", model.citation)] if model and model.citation else []),
    ]
    rows = [part for name, value in facts for part in (html.Dt(name), html.Dd(value))]
    identified = html.Dl(rows, className="result-identity")
    return section("Method and version", identified, *card(model), kind="answered")


def card(model: Model | None) -> list[Content]:
    """The model card of the version that answered, folded; said plainly when it is gone."""
    if model is None:
        return [dmc.Text("This clock is no longer available. Your result stays as it is.")]
    text = CARD_HEADING.sub(r"##\1", model.card)
    return [html.Details([html.Summary("About this clock"), dcc.Markdown(text)])]
