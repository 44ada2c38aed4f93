"""How you compare: the gap from age and its rank among reference people, in detail."""

from collections.abc import Mapping

from agelens import charts
from agelens.client import Task
from agelens.languages import N_, _
from dash import html

from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.result_view.compared import Compared, percentile_of
from dash_app.result_view.estimate import NO_AGE, rank_text
from dash_app.result_view.reference_scale import scale
from dash_app.result_view.sections import section

TITLE = N_("How you compare")
NOT_AN_AGE = N_("This clock does not measure age, so there is no age gap.")
NO_REFERENCE = N_("This clock has no reference group to rank you against.")
CONTEXT = N_("No rank: pregnancy and acute illness change biomarkers for a while.")
INCOMPLETE = N_("No rank: the reference group had every marker measured; yours lacks {names}.")
OTHER_AGES = N_("No rank: the reference group does not include people of your age.")
SHADED = N_("The shaded part is the middle half.")
AGE_AND_SEX = N_(
    "Your result differs from your age of {age} by {raw}; that of a typical person of your age and "
    "sex, by {typical}."
)
AGE_ALONE = N_(
    "Your result differs from your age of {age} by {raw}; that of a typical person of your age, by "
    "{typical}."
)


def comparison_section(task: Task, schema: Mapping[str, Feature], compared: Compared) -> Component:
    """The rank on its scale, what age and sex explain, and who the others are."""
    result, gap = task.wire, task.wire["age_gap"]
    content: list[Content] = [*_rank(task, compared)]
    if gap is None and result["unit"] == "years":
        content.append(html.P(_(NO_AGE)))
    elif gap is None:
        content.append(html.P(_(NOT_AN_AGE)))
    else:
        content += _usual(compared, gap["raw"])
    if not content or (gap and gap["percentile"] is None and not gap.get("percentile_range")):
        content.append(html.P(why_no_rank(task, schema)))
    if compared.curve and compared.curve["reference"]:
        group = _("Reference group: {people}.", people=compared.curve["reference"])
        content.append(html.P(group, className="result-faint"))
    if gap:
        content += [html.P(each, className="result-faint") for each in charts.other_ranks(gap)]
    return section(_(TITLE), *content, kind="compared")


def _rank(task: Task, compared: Compared) -> list[Content]:
    words = rank_text(task, compared)
    percentile = percentile_of(task.wire)
    if not words:
        return []
    scale_parts = [] if percentile is None else [scale(percentile, 25, 75), html.Span(_(SHADED))]
    return [html.P(html.Strong(words)), html.Div(scale_parts, className="result-rank")]


def _usual(compared: Compared, raw: float) -> list[Content]:
    """Why the verdict differs from the plain difference to one's age."""
    if compared.verdict is None or compared.age is None or compared.curve is None:
        return []
    typical = charts.amount(compared.verdict.typical - compared.age)
    text = AGE_AND_SEX if compared.sex else AGE_ALONE
    age = charts.whole(compared.age)
    return [html.P(_(text, age=age, raw=charts.amount(raw), typical=typical))]


def why_no_rank(task: Task, schema: Mapping[str, Feature]) -> str:
    """What keeps the gap from being ranked."""
    result = task.wire
    if not result["age_gap"] or not result["age_gap"]["reference"]:
        return _(NO_REFERENCE)
    if task.context:
        return _(CONTEXT)
    if result["missing"]:
        return _(INCOMPLETE, names=", ".join(label(schema, key) for key in result["missing"]))
    return _(OTHER_AGES)


def label(schema: Mapping[str, Feature], key: str) -> str:
    """A feature's name for people."""
    return str(schema[key]["label"]) if key in schema else key.replace("_", " ").capitalize()
