"""Summary of a scored cohort: charges, statistics, charts."""

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.charts import count
from agelens.client import Cohort
from agelens.languages import N_, _, in_sentence, ngettext
from dash import html

from dash_app import times
from dash_app.content import Component, Content
from dash_app.number_text import credits
from dash_app.pages.cohorts import age_scatter, figures, labels, missing_values

MOST_TOLD = 5
NOT_ADVICE = N_(
    "These are estimates for groups, not medical advice. A factor is not necessarily a cause."
)


def money(cohort: Cohort) -> Component:
    """How many rows were scored, what was charged, and what came back."""
    facts = [
        (
            _("Scored"),
            _("{n} of {rows}", n=count(cohort.rows_scored), rows=labels.rows(cohort.rows)),
        ),
        (_("Not scored"), labels.rows(cohort.rows_failed)),
        (_("Charged"), credits(cohort.charged)),
        (_("Returned"), credits(cohort.price - cohort.charged)),
        (_("Finished"), times.local(cohort.finished_at)),
    ]
    warned = cohort.summary["warned"] if cohort.summary else 0
    if warned:
        facts.insert(2, (_("With a warning"), labels.rows(warned)))
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts],
        className="cohorts-facts",
    )


def section(cohort: Cohort) -> Component:
    """Distribution, gap by age and sex, factors, and what was not measured."""
    summary = cohort.summary
    if not summary or not summary["scored"]:
        nothing = dmc.Alert(_("No rows could be scored."), color="blue", variant="light")
        return html.Section([nothing, missing_values.section(summary) if summary else None])
    return html.Section(
        [
            dmc.Title(_("Summary"), order=2, size="h3", mb="xs"),
            html.Dl(
                [html.Div([html.Dt(n), html.Dd(v)]) for n, v in _numbers(summary)],
                className="cohorts-facts",
            ),
            *_figures(summary),
            age_scatter.section(cohort),
            missing_values.section(summary),
            dmc.Text(_(NOT_ADVICE), size="sm", c="dimmed", mt="md"),
        ]
    )


def _numbers(summary: wire.Summary) -> list[tuple[str, str]]:
    unit, prediction, gap = summary["unit"], summary["prediction"], summary["age_gap"]
    if prediction is None:
        return []

    def shown(value: float) -> str:
        return charts.number(value, unit)

    mean = shown(prediction["mean"])
    spread = mean if prediction["sd"] is None else f"{mean} ± {shown(prediction['sd'])}"
    numbers = [
        (_("Mean ± SD"), charts.quantity(spread, unit)),
        (_("Median"), charts.quantity(shown(prediction["median"]), unit)),
        (_("Middle 90 %"), _range(shown(prediction["p5"]), shown(prediction["p95"]))),
        (
            _("Lowest and highest"),
            _("{low} and {high}", low=shown(prediction["min"]), high=shown(prediction["max"])),
        ),
    ]
    if gap:
        numbers.append((_("Mean age gap"), charts.amount(gap["mean"])))
    return numbers


def _range(low: str, high: str) -> str:
    return _("{low} to {high}", low=low, high=high)


def _figures(summary: wire.Summary) -> list[Content]:
    parts = [(_("Distribution of results"), "cohorts-distribution", charts.distribution, _spread)]
    if summary["age_gap"]:
        parts.append((_("Age gap by age and sex"), "cohorts-gaps", charts.gap_by_age, _gaps))
    parts.append((_("Top factors"), "cohorts-factors", charts.top_factors, _factors))
    return [
        html.Div(
            [
                dmc.Title(title, order=3, size="h4", mt="lg", mb="xs"),
                figures.figure(name, plot(summary), describe(summary)),
            ]
        )
        for title, name, plot, describe in parts
    ]


def _spread(summary: wire.Summary) -> str:
    numbers = ", ".join(f"{in_sentence(name)} {value}" for name, value in _numbers(summary)[:4])
    return ngettext(
        "Histogram of {n} result: {numbers}.",
        "Histogram of {n} results: {numbers}.",
        summary["scored"],
        n=count(summary["scored"]),
        numbers=numbers,
    )


def _gaps(summary: wire.Summary) -> str:
    groups = summary["age_gap"]["groups"] if summary["age_gap"] else []
    means = [
        _(
            "{sex} from {age}: {gap}",
            sex=charts.choice(group["sex"]) if group["sex"] else _("all"),
            age=count(group["age_from"]),
            gap=charts.amount(group["mean"]),
        )
        for group in groups
    ]
    return _("Mean age gap by sex and decade of age. {means}.", means="; ".join(means))


def _factors(summary: wire.Summary) -> str:
    unit = summary["unit"]
    text = [
        f"{each['label']} {charts.number(each['mean_absolute'], unit)}"
        for each in summary["top_factors"][:MOST_TOLD]
        if each["mean_absolute"]
    ]
    return _(
        "Mean absolute effect of each factor in {unit}: {factors}.",
        unit=charts.printed(unit),
        factors=", ".join(text),
    )
