"""The record of a result, for print: everything that was entered, every factor, how it was computed.

On a screen parts of it are folded away or drawn; paper has nothing to unfold.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from agelens import charts, languages, wire
from agelens.client import Model, Task
from agelens.languages import N_, _
from dash import html

from dash_app import number_text, times
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor, factors_of
from dash_app.result_view import reference_scale

DEMONSTRATION = N_(
    "Demonstration: this clock was trained on synthetic data. Its results say nothing about anybody's age."
)
CONTEXTS = {"pregnant": N_("pregnant"), "acutely_ill": N_("acutely ill in the last two weeks")}
BASELINES = {"own_age": N_("people of the same age")}
NONE = "none: "  # begins a reason why there is no interval
HEADS = (N_("Factor"), N_("Entered"), N_("Range in healthy adults"), N_("Effect"))


class Recorded(NamedTuple):
    """A finished task with what says how to show it; see `displayed_factors.schema_of`."""

    task: Task
    model: Model | None
    schema: Mapping[str, number_text.Feature]


def record(results: Sequence[Recorded]) -> Component:
    """What was entered, once, and then a part for each clock that answered."""
    task = results[0].task
    return html.Section(
        [
            html.H2(_("Record")),
            _facts(_panel_facts(task)),
            *(part for each in results for part in _of_clock(each)),
        ],
        className="record",
    )


def _panel_facts(task: Task) -> list[tuple[str, Content]]:
    """What is said of the panel, whatever the clock."""
    context = ", ".join(_(CONTEXTS.get(each, each)) for each in task.context)
    age = task.chronological_age
    return [
        (_("Date of the measurement"), languages.day(task.measured_on) if task.measured_on else ""),
        (_("Age"), charts.plain(float(age)) if isinstance(age, int | float) else str(age or "")),
        (_("At that time"), context),
    ]


def _of_clock(recorded: Recorded) -> list[Content]:
    task, model, schema = recorded
    identity, result = task.wire["model"], task.wire
    title = model.title if model else identity["name"]
    unit = charts.printed(result["unit"])
    estimate = f"{charts.number(result['prediction'], result['unit'])} {unit}"
    demonstration = [html.P(html.Strong(_(DEMONSTRATION)))] if model and model.demonstration else []
    factors = factors_of(task, schema)
    return [
        html.H3(f"{title}: {estimate}"),
        *demonstration,
        _facts(_clock_facts(task, model)),
        _table(task, factors),
        *_without_effect(task, factors, schema),
    ]


def _clock_facts(task: Task, model: Model | None) -> list[tuple[str, Content]]:
    identity, result = task.wire["model"], task.wire
    gap = result["age_gap"]
    baseline = _(BASELINES.get(task.baseline or "", task.baseline or ""))
    return [
        (_("Clock"), f"{identity['name']} {identity['version']}"),
        (_("Computed by"), f"AgeLens {identity.get('code_version') or ''}".strip()),
        (_("Calculated"), _moment(task.finished_at or task.created_at)),
        (_("Starting point"), _starting_point(task)),
        (_("Compared with"), baseline),
        (_("Likely range"), _range(task)),
        (_("Method of the range"), _method(result)),
        (_("Reference group"), gap["reference"] if gap else ""),
        (_("Clock SHA-256"), identity["sha256"]),
        (_("Training data SHA-256"), identity["data_sha256"]),
        (_("Result ID"), task.id),
        (_("How to cite"), html.Span(model.citation, lang="en") if model else ""),
    ]


def _moment(when: datetime) -> Content:
    return times.local(when)


def _starting_point(task: Task) -> str:
    result = task.wire
    number = charts.number(result["base_value"], result["unit"])
    return f"{number} {charts.printed(result['unit'])}, {result['base_meaning']}"


def _method(result: wire.Result) -> str:
    if result["interval"]:
        return str(result["interval"]["method"])
    reason = str(result["interval_reason"]).removeprefix(NONE)
    return _("No interval: {reason}.", reason=reason)


def _range(task: Task) -> str:
    result = task.wire
    interval = result["interval"]
    if interval is None:
        return ""
    return _(
        "{low} to {high} {unit} ({level})",
        low=charts.number(interval["low"], result["unit"]),
        high=charts.number(interval["high"], result["unit"]),
        unit=charts.printed(result["unit"]),
        level=charts.share(interval["level"]),
    )


def _facts(facts: Sequence[tuple[str, Content]]) -> Component:
    rows = [part for name, value in facts if value for part in (html.Dt(name), html.Dd(value))]
    return html.Dl(rows)


def _table(task: Task, factors: Sequence[DisplayedFactor]) -> Component:
    unit = task.wire["unit"]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(_(head), scope="col") for head in HEADS])),
            html.Tbody([_row(factor, unit) for factor in factors]),
        ]
    )


def _row(factor: DisplayedFactor, unit: str) -> Component:
    contribution = factor.contribution
    marks = [_("not measured; a value was assumed")] * bool(contribution["imputed"])
    marks += [_("beyond the training data; counted at its limit")] * bool(contribution["clipped"])
    entered = entered_text(factor)
    usual = any(end is not None for end in factor.usual)
    return html.Tr(
        [
            html.Th(contribution["label"], scope="row"),
            html.Td("; ".join([entered] * (not contribution["imputed"]) + marks)),
            html.Td(reference_scale.range_text(factor) if usual else ""),
            html.Td(charts.amount(contribution["years"], unit)),
        ]
    )


def entered_text(factor: DisplayedFactor) -> str:
    """A value with all the digits that were typed, in the unit that was chosen."""
    if factor.number is None or factor.schema is None or not factor.schema["units"]:
        return factor.text
    digits = number_text.as_typed(factor.schema, factor.number, factor.unit)
    return charts.quantity(digits, factor.unit)


def _without_effect(
    task: Task, factors: Sequence[DisplayedFactor], schema: Mapping[str, number_text.Feature]
) -> list[Content]:
    """Answers that no factor stands for, such as a sex that is part of the starting point."""
    names_in_factors = {factor.contribution["feature"] for factor in factors}
    names_in_factors |= {
        alias["name"]
        for key, feature in schema.items()
        if key in names_in_factors
        for alias in feature.get("aliases", ())
    }
    other_answers = {
        name: answer for name, answer in task.answers.items() if name not in names_in_factors
    }
    if not other_answers:
        return []
    answer_texts = [_answer(name, answer, task, schema) for name, answer in other_answers.items()]
    return [
        html.P(
            _(
                "Entered as well, without an effect of its own: {list}.",
                list="; ".join(answer_texts),
            )
        )
    ]


def _answer(
    name: str, answer: object, task: Task, schema: Mapping[str, number_text.Feature]
) -> str:
    feature = schema.get(name)
    label = feature["label"] if feature else name
    unit = str(task.units.get(name) or (feature["unit"] if feature else ""))
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return f"{label} {charts.quantity(charts.plain(answer), unit)}"
    return f"{label} {charts.choice(str(answer))}"
