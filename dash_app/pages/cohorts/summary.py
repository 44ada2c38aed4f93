"""Summary of a scored cohort: charges, statistics, charts."""

import dash_mantine_components as dmc
import plotly.graph_objects as go
from agelens import charts, wire
from agelens.client import Cohort
from dash import dcc, html

from dash_app import times
from dash_app.content import Component, Content
from dash_app.pages.cohorts import labels

MOST_TOLD = 5
NOT_ADVICE = (
    "These are estimates for groups, not medical advice. A factor is not necessarily a cause."
)


def money(cohort: Cohort) -> Component:
    """How many rows were scored, what was charged, and what came back."""
    facts = [
        ("Scored", f"{cohort.rows_scored:,} of {labels.counted(cohort.rows, 'row')}"),
        ("Not scored", labels.counted(cohort.rows_failed, "row")),
        ("Charged", labels.counted(cohort.charged, "credit")),
        ("Returned", labels.counted(cohort.price - cohort.charged, "credit")),
        ("Finished", times.local(cohort.finished_at)),
    ]
    warned = cohort.summary["warned"] if cohort.summary else 0
    if warned:
        facts.insert(2, ("With a warning", labels.counted(warned, "row")))
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts],
        className="cohorts-facts",
    )


def section(cohort: Cohort) -> Component:
    """Distribution, gap by age and sex, factors, and what was not measured."""
    summary = cohort.summary
    if not summary or not summary["scored"]:
        return dmc.Alert("No rows could be scored.", color="blue", variant="light")
    return html.Section(
        [
            dmc.Title("Summary", order=2, size="h3", mb="xs"),
            html.Dl(
                [html.Div([html.Dt(n), html.Dd(v)]) for n, v in _numbers(summary)],
                className="cohorts-facts",
            ),
            *_figures(summary),
            _missing(summary),
            dmc.Text(NOT_ADVICE, size="sm", c="dimmed", mt="md"),
        ]
    )


def _numbers(summary: wire.Summary) -> list[tuple[str, str]]:
    unit, found, gap = summary["unit"], summary["prediction"], summary["age_gap"]
    if found is None:
        return []

    def shown(value: float) -> str:
        return charts.number(value, unit)

    spread = "" if found["sd"] is None else f" ± {shown(found['sd'])}"
    numbers = [
        ("Mean ± SD", f"{shown(found['mean'])}{spread} {unit}"),
        ("Median", f"{shown(found['median'])} {unit}"),
        ("Middle 90 %", f"{shown(found['p5'])} to {shown(found['p95'])}"),
        ("Lowest and highest", f"{shown(found['min'])} and {shown(found['max'])}"),
    ]
    if gap:
        numbers.append(("Mean age gap", charts.amount(gap["mean"])))
    return numbers


def _figures(summary: wire.Summary) -> list[Content]:
    parts = [("Distribution of results", "cohorts-distribution", charts.distribution, _spread)]
    if summary["age_gap"]:
        parts.append(("Age gap by age and sex", "cohorts-gaps", charts.gap_by_age, _gaps))
    parts.append(("Top factors", "cohorts-factors", charts.top_factors, _factors))
    return [
        html.Div(
            [
                dmc.Title(title, order=3, size="h4", mt="lg", mb="xs"),
                figure(name, draw(summary), tell(summary)),
            ]
        )
        for title, name, draw, tell in parts
    ]


def figure(name: str, made: go.Figure, text: str) -> Component:
    """A figure, and the same in words for those who do not see it."""
    return html.Div(
        dcc.Graph(id=name, figure=made, config=charts.CONFIG, style={"height": made.layout.height}),
        role="img",
        className="cohorts-figure",
        **{"aria-label": text},
    )


def _spread(summary: wire.Summary) -> str:
    text = ", ".join(f"{name.lower()} {value}" for name, value in _numbers(summary)[:4])
    return f"Histogram of {labels.counted(summary['scored'], 'result')}: {text}."


def _gaps(summary: wire.Summary) -> str:
    groups = summary["age_gap"]["groups"] if summary["age_gap"] else []
    means = [
        f"{group['sex'] or 'all'} from {group['age_from']:g}: {charts.amount(group['mean'])}"
        for group in groups
    ]
    return f"Mean age gap by sex and decade of age. {'; '.join(means)}."


def _factors(summary: wire.Summary) -> str:
    unit = summary["unit"]
    text = [
        f"{each['label']} {charts.number(each['mean_absolute'], unit)}"
        for each in summary["top_factors"][:MOST_TOLD]
        if each["mean_absolute"]
    ]
    return f"Mean absolute effect of each factor in {unit}: {', '.join(text)}."


def _missing(summary: wire.Summary) -> Component | None:
    if not summary["missing"]:
        return None
    text = [f"{each['label']} ({each['rows']:,})" for each in summary["missing"]]
    return html.P(f"Not measured (number of scored rows): {labels.joined(text)}.")
