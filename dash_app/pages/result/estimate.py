"""The estimate and its interval."""

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.client import Model, Task
from dash import html

from dash_app import number_text, results, times
from dash_app.content import Component, Content
from dash_app.pages.result.sections import figure, section

NOT_ADVICE = "Not medical advice."
WHY_NOT = (
    "This number comes from a statistical model and is not a diagnosis. "
    "Talk to a doctor about your health."
)

LEAST_NARROWER, MOST_NARROWING = 0.05, 5


def age_of(task: Task) -> float | None:
    """The chronological age, when it was given; old tasks keep it as it was sent."""
    found = number_text.parse_number(str(task.chronological_age))
    return found if isinstance(found, float) else None


def head(task: Task, model: Model | None) -> Component:
    """Which clock answered, and when."""
    when = task.finished_at or task.created_at
    title = model.title if model else task.model.name
    is_age = task.wire["unit"] == "years"
    return html.Div(
        [
            dmc.Title("Your biological age" if is_age else "Your result", order=1),
            dmc.Text(
                [f"{title} ({task.model.name} {task.model.version}) · ", times.local(when)],
                className="result-faint",
            ),
            *(
                [dmc.Text(model.note, size="sm", className="result-faint")]
                if model and model.note
                else []
            ),
        ]
    )


def result_card(task: Task) -> Component:
    """The number, and what it says in a sentence."""
    result, age = task.wire, age_of(task)
    number = charts.number(result["prediction"], result["unit"])
    return dmc.Paper(
        [
            html.Div(
                [
                    html.P(
                        [html.Strong(number, id="result-age"), " ", html.Span(result["unit"])],
                        className="result-number",
                    ),
                    html.P(charts.sentence(result, age), className="result-sentence"),
                    *_risk(result),
                ],
                className="result-hero",
            ),
            html.P([html.Strong(NOT_ADVICE), f" {WHY_NOT}"], className="result-note"),
        ],
        withBorder=True,
        p="lg",
    )


def _risk(result: wire.Result) -> list[Content]:
    words = charts.risk_sentence(result)
    return [html.P(words, className="result-sentence", id="result-risk")] if words else []


def interval_section(task: Task) -> Component:
    """The interval, or why there is none, and what would make it narrower."""
    result = task.wire
    chart = charts.estimate(result, chronological_age=age_of(task))
    return section(
        "How certain is this?",
        html.P(interval_text(task)),
        figure("result-estimate", chart, charts.sentence(result, age_of(task))),
        *narrowing(result),
        *_method(result),
    )


def interval_text(task: Task) -> str:
    """The interval in a sentence; the clock's own reason when it has none."""
    result = task.wire
    interval = result["interval"]
    if interval is None:
        reason = (result["interval_reason"] or "").removeprefix("none: ")
        reason_text = f": {reason}" if reason else ""
        return f"This clock gives no interval{reason_text}."
    level = charts.share(interval["level"])
    return f"The {level} interval is {results.interval(task)} {result['unit']}."


def narrowing(result: wire.Result) -> list[Content]:
    """What to measure next, when the service says so; it comes with the most useful first."""
    found = [
        entry
        for entry in result.get("narrowing") or ()
        if entry["width_now"] - entry["width_expected"] >= LEAST_NARROWER
    ]
    if not found:
        return []
    items = [html.Li(_narrower(entry, result["unit"])) for entry in found[:MOST_NARROWING]]
    return [
        dmc.Title("Tests that would sharpen this estimate", order=3),
        html.P("Measuring any of these would probably narrow the interval:"),
        html.Ul(items),
    ]


def _narrower(entry: wire.ExpectedWidth, unit: str) -> str:
    now, then = (charts.number(entry[key], unit) for key in ("width_now", "width_expected"))
    return f"{entry['label']}: from {now} to about {then} {unit} wide"


def _method(result: wire.Result) -> list[Content]:
    if result["interval"] is None:
        return []
    # in full view: not every interval claims to cover somebody's true age
    return [
        html.P(f"About this interval: {result['interval']['method']}.", className="result-faint")
    ]
