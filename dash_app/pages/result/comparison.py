"""How you compare: the age gap and its percentile in the reference group."""

from collections.abc import Mapping

from agelens import charts
from agelens.client import Task
from dash import html

from dash_app import results
from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.result.estimate import age_of
from dash_app.pages.result.reference_scale import scale
from dash_app.pages.result.sections import section

TITLE = "How you compare"


def comparison_section(task: Task, schema: Mapping[str, Feature]) -> Component:
    """The gap as it is, as it is adjusted, and its rank; or why these cannot be said."""
    result = task.wire
    gap = result["age_gap"]
    if gap is None:
        return section(TITLE, html.P(why_no_gap(task)))
    facts = [_fact("Compared with your age", gap["raw"], _raw_text(gap["raw"], age_of(task)))]
    if gap["adjusted"] is not None:
        adjusted = ADJUSTED if KNOWN_SEX in (gap["reference"] or "") else ADJUSTED_BY_AGE
        facts.append(_fact("Compared with similar people", gap["adjusted"], adjusted))
    if gap["percentile"] is not None:
        facts.append(_rank(gap["percentile"], charts.rank_range(gap)))
    content: list[Content] = [html.Div(facts, className="result-facts")]
    if gap["percentile"] is None or gap["adjusted"] is None:
        content.append(html.P(why_no_rank(task, schema)))
    if gap["reference"]:
        content.append(
            html.P(f"Reference group: {gap['reference']}.", className="result-faint"),
        )
    content += [html.P(each, className="result-faint") for each in charts.other_ranks(gap)]
    return section(TITLE, *content)


KNOWN_SEX = "same sex"  # in the name of a reference group
ADJUSTED = "after taking out the average gap for your age and sex"
ADJUSTED_BY_AGE = "after taking out the average gap for your age"


def why_no_gap(task: Task) -> str:
    """An age gap needs an age on both sides."""
    result = task.wire
    if result["unit"] != "years":
        return "This clock does not measure age, so there is no age gap."
    return "No age was entered, so there is nothing to compare with."


def why_no_rank(task: Task, schema: Mapping[str, Feature]) -> str:
    """What keeps the gap from being ranked."""
    result = task.wire
    if not result["age_gap"] or not result["age_gap"]["reference"]:
        return "This clock has no reference group to rank you against."
    if task.context:
        return "No rank: pregnancy and acute illness change biomarkers for a while."
    if result["missing"]:
        names = ", ".join(label(schema, key) for key in result["missing"])
        return f"No rank: the reference group had every marker measured; yours lacks {names}."
    return "No rank: the reference group does not include people of your age."


def label(schema: Mapping[str, Feature], key: str) -> str:
    """A feature's name for people."""
    return str(schema[key]["label"]) if key in schema else key.replace("_", " ")


def _fact(name: str, years: float, explanation: str) -> Component:
    gap = charts.amount(years)
    return html.Div(
        [
            html.Div(name, className="result-faint"),
            html.Div(gap, className=f"result-fact {results.change_class(gap)}"),
            html.Div(explanation),
        ]
    )


def _raw_text(raw: float, age: float | None) -> str:
    own = "your age" + (f" of {age:g}" if age is not None else "")
    word = results.change_class(charts.amount(raw))
    return f"{word} than {own}" if word else f"the same as {own}"


def _rank(percentile: float, bounds: str) -> Component:
    word, part = ("older", percentile) if percentile >= 50 else ("younger", 100 - percentile)
    return html.Div(
        [
            html.Div("Rank for your age", className="result-faint"),
            html.Div(f"{percentile:.0f} of 100", className="result-fact"),
            scale(percentile, 25, 75),
            html.Div(
                f"{word} for your age than {charts.share(round(part) / 100)} of similar people; "
                "the shaded part is the middle half"
            ),
            *([html.Div(f"{bounds}, as markers are missing")] if bounds else []),
        ]
    )
