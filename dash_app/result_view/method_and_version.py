"""Method and version: warnings, clock, hashes, date, price."""

import re
from collections.abc import Mapping

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Model, Task
from agelens.languages import N_, _, ngettext
from dash import dcc, html

from dash_app import times
from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.result_view.comparison import label
from dash_app.result_view.sections import section

AGE, AGE_LABEL = "chronological_age", N_("your age")
GONE = N_("This clock is no longer available. Your result stays as it is.")
# a word that begins a warning, or one with underscores anywhere
KEY = re.compile(r"^[a-z][a-z0-9_]*|\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
CARD_HEADING = re.compile(r"^(#+)(?= )", re.MULTILINE)


def warnings(task: Task, schema: Mapping[str, Feature]) -> Component | None:
    """What the clock warns of, and what was not measured; nothing when there is nothing."""
    result = task.wire
    found = [named(text, schema) for text in result["warnings"]]
    if result["missing"]:
        names = ", ".join(label(schema, key) for key in result["missing"])
        found.append(_("Not measured: {names}.", names=names))
    if not found:
        return None
    return section(_("Keep in mind"), html.Ul([html.Li(text) for text in found]), kind="warnings")


def named(text: str, schema: Mapping[str, Feature]) -> str:
    """A warning speaks of features by their keys, of age too: people know their names."""
    sentence = KEY.sub(lambda found: _name(found[0], schema), text)
    return sentence[:1].upper() + sentence[1:] + ("" if sentence.endswith((".", "?")) else ".")


def _name(key: str, schema: Mapping[str, Feature]) -> str:
    if key == AGE:
        return _(AGE_LABEL)
    return label(schema, key) if key in schema else key


def model_and_data(task: Task, model: Model | None) -> Component:
    """Exactly what answered, folded away; anybody can find it again."""
    identity = task.wire["model"]
    when = task.finished_at or task.created_at
    clock = f"{identity['name']} {identity['version']}"
    credits = ngettext("{n} credit", "{n} credits", task.charged, n=charts.count(task.charged))
    facts = [
        (_("Clock"), clock),
        (_("Computed by"), f"AgeLens {identity.get('code_version', '')}".strip()),
        (_("Clock SHA-256"), html.Code(identity["sha256"])),
        (_("Training data SHA-256"), html.Code(identity["data_sha256"])),
        (_("Calculated"), times.local(when)),
        (_("Charged"), credits),
        (_("Result ID"), html.Code(task.id)),
        *_methods(task),
        *([(_("How to cite"), english(model.citation))] if model and model.citation else []),
    ]
    rows = [part for name, value in facts for part in (html.Dt(name), html.Dd(value))]
    identified = html.Details(
        [
            html.Summary(_("Version, hashes and how to cite")),
            html.Dl(rows, className="result-identity"),
        ],
        id="result-method",
    )
    return section(
        _("Method and version"), html.P(clock), identified, *card(model), kind="answered"
    )


def _methods(task: Task) -> list[tuple[str, Content]]:
    """What the bundle says in its own exact words."""
    result = task.wire
    interval = result["interval"]
    method = interval["method"] if interval else None
    if method is None and (reason := result["interval_reason"]):
        method = _("No interval: {reason}.", reason=reason.removeprefix("none: "))
    found: list[tuple[str, Content]] = [(_("Starting point"), result["base_meaning"])]
    return [*found, (_("Likely range"), method)] if method else found


def english(text: str) -> Component:
    """A text that is English in every language, such as a citation."""
    return html.Span(text, lang="en")


def card(model: Model | None) -> list[Content]:
    """The model card of the version that answered, folded; said plainly when it is gone."""
    if model is None:
        return [dmc.Text(_(GONE))]
    text = CARD_HEADING.sub(r"##\1", model.card)
    document = html.Div(dcc.Markdown(text), lang="en")  # cards are English documents
    return [html.Details([html.Summary(_("About this clock")), document])]
