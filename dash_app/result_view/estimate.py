"""The first screen of a result: the number, its verdict, one sentence, and the person among others."""

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Model, Task
from agelens.languages import N_, _
from dash import html

from dash_app import result_format, times
from dash_app.clock_order import DEMONSTRATION
from dash_app.content import Component, Content
from dash_app.result_view.compared import Compared, percentile_of, rank_bounds
from dash_app.result_view.sections import figure

NOT_ADVICE = N_("Not medical advice.")
WHY_NOT = N_(
    "This number comes from a statistical model and is not a diagnosis. "
    "Talk to a doctor about your health."
)
NO_AGE = N_("No age was entered, so there is nothing to compare with.")
NOBODY = N_("This clock has no reference people of your age to compare with.")
BANDS = {
    "female": N_("Shaded: where half and 90 % of women are. Line: the middle one."),
    "male": N_("Shaded: where half and 90 % of men are. Line: the middle one."),
    None: N_("Shaded: where half and 90 % of people are. Line: the middle one."),
}
DOTTED = N_("Dotted: biological age equals age.")
RANKS = {
    "female": N_("{rank} of 100 women of your age"),
    "male": N_("{rank} of 100 men of your age"),
    None: N_("{rank} of 100 people of your age"),
}
RANGES = {
    "female": N_("{low} to {high} of 100 women of your age, as values are missing"),
    "male": N_("{low} to {high} of 100 men of your age, as values are missing"),
    None: N_("{low} to {high} of 100 people of your age, as values are missing"),
}


def head(task: Task, model: Model | None) -> Component:
    """Which clock answered, and when."""
    when = task.finished_at or task.created_at
    title = model.title if model else task.model.name
    is_age = task.wire["unit"] == "years"
    return html.Div(
        [
            dmc.Title(_("Your biological age") if is_age else _("Your result"), order=1),
            dmc.Text(
                [f"{title} · {task.model.name} {task.model.version} · ", times.local(when)],
                className="result-faint",
            ),
            *demonstration(model),
            *(
                [dmc.Text(model.note, size="sm", className="result-faint")]
                if model and model.note
                else []
            ),
        ],
        className="result-head",
    )


def demonstration(model: Model | None) -> list[Content]:
    """What has to be said where a clock learned from made-up people."""
    if model is None or not model.demonstration:
        return []
    return [html.Div(_(DEMONSTRATION), className="result-demonstration")]


def result_card(task: Task, compared: Compared) -> Component:
    """The first screen."""
    return dmc.Paper(
        [
            html.Div(
                [
                    html.Div(_words(task, compared), className="result-words"),
                    _chart(task, compared),
                ],
                className="result-hero",
            ),
            html.P([html.Strong(_(NOT_ADVICE)), f" {_(WHY_NOT)}"], className="result-note"),
        ],
        withBorder=True,
        p="lg",
    )


def _words(task: Task, compared: Compared) -> list[Content]:
    result = task.wire
    number = charts.number(result["prediction"], result["unit"])
    unit = charts.printed(result["unit"])
    return [
        html.P(
            [html.Strong(number, id="result-age"), " ", html.Span(unit)], className="result-number"
        ),
        *_verdict(compared),
        html.Dl(_facts(task, compared), className="result-facts"),
        *_risk(task),
    ]


def _verdict(compared: Compared) -> list[Content]:
    """The verdict in its colour, and the sentence that says what it rests on."""
    verdict = compared.verdict
    if verdict is None:
        return [html.P(_(NO_AGE if compared.age is None else NOBODY), id="result-verdict")]
    return [
        html.P(verdict.headline, id="result-verdict", className=f"result-verdict {verdict.kind}"),
        html.P(verdict.reason, id="result-sentence", className="result-sentence"),
    ]


def _facts(task: Task, compared: Compared) -> list[Content]:
    """Likely range and rank: name and value."""
    result = task.wire
    facts: list[tuple[str, Content]] = []
    if result["interval"]:
        unit = charts.printed(result["unit"])
        facts.append((_("Likely range"), f"{result_format.interval(task)} {unit}"))
    if rank := rank_text(task, compared):
        from_what = _("counted from the youngest")
        if result["unit"] != "years":
            from_what = _("counted from the lowest")
        facts.append((_("Rank"), [rank, html.Span(f" ({from_what})", className="result-faint")]))
    return [part for name, value in facts for part in (html.Dt(name), html.Dd(value))]


def rank_text(task: Task, compared: Compared) -> str:
    """The rank, or the ranks between which missing markers leave it; "" where nobody can say."""
    percentile = percentile_of(task.wire)
    if bounds := rank_bounds(task.wire):
        low, high = map(charts.ordinal, bounds)
        return _(RANGES[compared.sex], low=low, high=high)
    if percentile is None:
        return ""
    return _(RANKS[compared.sex], rank=charts.ordinal(round(percentile)))


def _risk(task: Task) -> list[Content]:
    words = charts.risk_sentence(task.wire)
    return [html.P(words, className="result-sentence", id="result-risk")] if words else []


def _chart(task: Task, compared: Compared) -> Component:
    """The fan; a number line where no age was given."""
    result, age = task.wire, compared.age
    if age is None:
        return figure("result-estimate", charts.estimate(result), charts.sentence(result))
    plot = charts.fan(result, age, curve=compared.curve, verdict=compared.verdict)
    graph = figure("result-fan", plot, charts.fan_text(result, age, compared.curve))
    return html.Div([graph, html.P(_caption(task, compared), className="result-faint")])


def _caption(task: Task, compared: Compared) -> str:
    parts = [_(BANDS[compared.sex])] if compared.curve else []
    if task.wire["unit"] == "years":
        parts.append(_(DOTTED))
    return " ".join(parts)
